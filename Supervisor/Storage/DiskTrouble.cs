using Decryptor.Protocol;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// What the disk's refusal means for whoever started us: whether room is all that is wanting, and the exit code. It
/// asks the error's number, since its words differ from one language to the next.
/// </summary>
static class DiskTrouble
{
    const int NoSpaceLeft = 28, OverQuota = 122;
    const int IoError = 5, TooManyHere = 24, TooManyEverywhere = 23, ReadOnly = 30;

    /// <summary>What to do where room is wanting.</summary>
    public const string MakeRoom = "make room on the disk, then start again: nothing that was accepted is lost";

    /// <summary>Whether the disk or the quota is full.</summary>
    public static bool IsFull(Exception refusal) => refusal switch
    {
        LedgerException ledger => ledger.IsFull,
        IOException => NumberOf(refusal) is NoSpaceLeft or OverQuota,
        _ => false,
    };

    /// <summary>
    /// Whether the same may go well later: the cause lies with the disk or the machine, and can go away.
    /// </summary>
    public static bool MayPass(Exception refusal) => refusal switch
    {
        LedgerException ledger => ledger.MayPass,
        IOException => IsFull(refusal)
            || NumberOf(refusal) is IoError or TooManyHere or TooManyEverywhere or ReadOnly,
        _ => false,
    };

    /// <summary>What ends the trouble while the service runs; it goes on by itself then.</summary>
    public static string Cure(Exception refusal) => refusal switch
    {
        _ when IsFull(refusal) => "make room on the disk",
        LedgerException ledger => ledger.Hint,
        _ => NumberOf(refusal) switch
        {
            ReadOnly => "mount the disk for writing again; the kernel's log says why it is not",
            TooManyHere or TooManyEverywhere => "raise the limit of open files (LimitNOFILE), or end what holds them",
            _ => "check the disk and the kernel's log",
        },
    };

    /// <summary>73 where room is wanting, else 74.</summary>
    public static int ExitCodeOf(Exception refusal) =>
        (IsFull(refusal) ? FailureCode.DiskFull : FailureCode.IoError).ExitCode;

    static int NumberOf(Exception refusal) => refusal.HResult & 0xffff;
}
