namespace Decryptor.Protocol;

/// <summary>Who has to do something before the same input can succeed.</summary>
public enum Mover
{
    /// <summary>Whoever made or sent the file.</summary>
    Sender,

    /// <summary>Whoever runs this service, or this command.</summary>
    Operator,

    /// <summary>Whoever holds the private keys.</summary>
    KeyOwner,

    /// <summary>The makers of Decryptor.</summary>
    Us,
}

/// <summary>
/// A reason for failure. The list is closed: the same codes stand in reports, on the command line, in the ledger, in
/// metrics and in the journal. Extending it changes a contract.
/// </summary>
/// <param name="Name">The code, in capitals, as it is written everywhere.</param>
/// <param name="ExitCode">
/// What the command line returns for it (the numbers of <c>sysexits.h</c> where they fit).
/// </param>
/// <param name="Mover">Whose move it is.</param>
/// <param name="RetryHelps">Whether the same input may succeed later without anybody changing it.</param>
/// <param name="Sentence">What it means, for a person.</param>
public sealed record FailureCode(string Name, int ExitCode, Mover Mover, bool RetryHelps, string Sentence)
{
    /// <summary>Nothing was uploaded.</summary>
    public static readonly FailureCode Empty =
        new("EMPTY", 65, Mover.Sender, false, "the file has no bytes in it");

    /// <summary>Not a format we know, and not text.</summary>
    public static readonly FailureCode UnknownFormat =
        new("UNKNOWN_FORMAT", 65, Mover.Sender, false, "the file is in no format known here and is not text");

    /// <summary>A format we know by sight only.</summary>
    public static readonly FailureCode Unsupported =
        new("UNSUPPORTED", 65, Mover.Us, false, "the format is recognised but cannot be opened by this version");

    /// <summary>Bytes are wrong.</summary>
    public static readonly FailureCode Damaged =
        new("DAMAGED", 65, Mover.Sender, false, "bytes of the file are wrong, so that parts of it cannot be decoded");

    /// <summary>Bytes are missing at the end.</summary>
    public static readonly FailureCode Truncated =
        new("TRUNCATED", 65, Mover.Sender, false, "the file ends before its contents do");

    /// <summary>A seal is broken.</summary>
    public static readonly FailureCode NotAuthentic =
        new("NOT_AUTHENTIC", 65, Mover.Sender, false, "the file was changed after it was sealed");

    /// <summary>A member of a package tries to leave it.</summary>
    public static readonly FailureCode UnsafeMember =
        new("UNSAFE_MEMBER", 65, Mover.Sender, false, "a member of the package is a link, a device or points outside");

    /// <summary>The input is not there or may not be read.</summary>
    public static readonly FailureCode NoInput =
        new("NO_INPUT", 66, Mover.Operator, false, "the input is not there or may not be read");

    /// <summary>No key of the needed kind.</summary>
    public static readonly FailureCode KeyMissing =
        new("KEY_MISSING", 77, Mover.KeyOwner, true, "the file needs a key and the ring has none of that kind");

    /// <summary>No key fits.</summary>
    public static readonly FailureCode KeyNoMatch =
        new("KEY_NO_MATCH", 77, Mover.KeyOwner, true, "the file is sealed and no key in the ring opens it");

    /// <summary>Too much text.</summary>
    public static readonly FailureCode LimitOutput =
        new("LIMIT_OUTPUT", 76, Mover.Operator, false, "the text grew past the output limit");

    /// <summary>Too much text for so few bytes.</summary>
    public static readonly FailureCode LimitRatio =
        new("LIMIT_RATIO", 76, Mover.Operator, false, "the text grew past what so small a file may become");

    /// <summary>Too many members.</summary>
    public static readonly FailureCode LimitMembers =
        new("LIMIT_MEMBERS", 76, Mover.Operator, false, "the package has more members than the limit");

    /// <summary>Too many layers.</summary>
    public static readonly FailureCode LimitDepth =
        new("LIMIT_DEPTH", 76, Mover.Operator, false, "packages are nested deeper than the limit");

    /// <summary>A name is too long.</summary>
    public static readonly FailureCode LimitName =
        new("LIMIT_NAME", 76, Mover.Sender, false, "a name in the package is longer than the limit");

    /// <summary>Too slow.</summary>
    public static readonly FailureCode LimitTime =
        new("LIMIT_TIME", 76, Mover.Operator, true, "decoding took longer than the limit for a file of this size");

    /// <summary>Too much memory.</summary>
    public static readonly FailureCode LimitMemory =
        new("LIMIT_MEMORY", 76, Mover.Operator, false, "the file asks for more memory than the limit");

    /// <summary>A key derivation that is too dear.</summary>
    public static readonly FailureCode LimitKdf =
        new("LIMIT_KDF", 76, Mover.Operator, false, "the password derivation asks for more work than the limit");

    /// <summary>It kills workers.</summary>
    public static readonly FailureCode Poison =
        new("POISON", 75, Mover.Us, false, "the file killed every worker that tried it and is held in quarantine");

    /// <summary>No room.</summary>
    public static readonly FailureCode DiskFull =
        new("DISK_FULL", 73, Mover.Operator, true, "there is no room left for the text");

    /// <summary>The disk or file system refused.</summary>
    public static readonly FailureCode IoError =
        new("IO_ERROR", 74, Mover.Operator, true, "reading the file or writing the text failed");

    /// <summary>No service answers.</summary>
    public static readonly FailureCode NotRunning =
        new("NOT_RUNNING", 69, Mover.Operator, true, "no service answers on this spool");

    /// <summary>Somebody asked for it.</summary>
    public static readonly FailureCode Cancelled =
        new("CANCELLED", 130, Mover.Operator, true, "the job was cancelled");

    /// <summary>Our mistake.</summary>
    public static readonly FailureCode Internal =
        new("INTERNAL", 70, Mover.Us, true, "Decryptor made a mistake of its own");

    /// <summary>Every code, in the order of the contract.</summary>
    public static IReadOnlyList<FailureCode> All { get; } =
    [
        Empty, UnknownFormat, Unsupported, Damaged, Truncated, NotAuthentic, UnsafeMember, NoInput, KeyMissing,
        KeyNoMatch, LimitOutput, LimitRatio, LimitMembers, LimitDepth, LimitName, LimitTime, LimitMemory, LimitKdf,
        Poison, DiskFull, IoError, NotRunning, Cancelled, Internal,
    ];

    /// <summary>The code of that name, or null.</summary>
    public static FailureCode? Find(string name) => All.FirstOrDefault(code => code.Name == name);

    /// <summary>The name alone.</summary>
    public override string ToString() => Name;
}
