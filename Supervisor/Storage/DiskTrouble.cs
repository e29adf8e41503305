using Decryptor.Protocol;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// What the disk's refusal means for whoever started us: whether room is all that is wanting, and the exit code. It
/// asks the error's number, since its words differ from one language to the next.
/// </summary>
static class DiskTrouble
{
    const int NoSpaceLeft = 28, OverQuota = 122;

    /// <summary>What to do where room is wanting.</summary>
    public const string MakeRoom = "make room on the disk, then start again: nothing that was accepted is lost";

    /// <summary>Whether the disk or the quota is full.</summary>
    public static bool IsFull(Exception refusal) => refusal switch
    {
        LedgerException ledger => ledger.IsFull,
        IOException => (refusal.HResult & 0xffff) is NoSpaceLeft or OverQuota,
        _ => false,
    };

    /// <summary>73 where room is wanting, else 74.</summary>
    public static int ExitCodeOf(Exception refusal) =>
        (IsFull(refusal) ? FailureCode.DiskFull : FailureCode.IoError).ExitCode;
}
