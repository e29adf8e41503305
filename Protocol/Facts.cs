namespace Decryptor.Protocol;

/// <summary>
/// What a decoder saw of one file beside its text: how it is framed and sealed, as far as that shows without a key.
/// Nothing in it is text of the log. Every list has a limit, and what is beyond it is counted.
/// </summary>
public sealed record Facts
{
    /// <summary>The most kinds of recipients that are listed.</summary>
    public const int RecipientsMax = 8;

    /// <summary>The longest name of a kind of recipients that is repeated, in characters.</summary>
    public const int RecipientNameMax = 32;

    /// <summary>
    /// Bytes of the stream that the innermost format was read from; null where it was not read to an end.
    /// </summary>
    public long? Length { get; init; }

    /// <summary>
    /// How the member is encrypted in its zip package: <c>ZipCrypto</c>, <c>AES-128</c>, <c>AES-192</c> or
    /// <c>AES-256</c>; null for not at all.
    /// </summary>
    public string? Encryption { get; init; }

    /// <summary>For whom an age file is sealed, by kind, in the order of the header; null for other formats.</summary>
    public IReadOnlyList<Recipients>? Recipients { get; init; }

    /// <summary>Recipients of kinds that are not listed.</summary>
    public long? RecipientsLeftOut { get; init; }

    /// <summary>The work factor that the sender of a scrypt stanza claims: 2 to that power steps.</summary>
    public int? WorkFactor { get; init; }

    /// <summary>What the blocks show; null for formats without blocks.</summary>
    public BlockFacts? Blocks { get; init; }

    /// <summary>Marks of what was done to the file on its way; null for none.</summary>
    public IReadOnlyList<TraceFound>? Traces { get; init; }
}

/// <summary>Recipients of one kind.</summary>
/// <param name="Kind">The stanza's type, as the sender wrote it, shortened.</param>
/// <param name="Count">How many there are.</param>
public sealed record Recipients(string Kind, long Count);

/// <summary>What the blocks of one file show. Counts are of blocks whose header is believed.</summary>
public sealed record BlockFacts
{
    /// <summary>The most client keys that are listed.</summary>
    public const int ClientKeysMax = 64;

    /// <summary>The most breaks that are listed.</summary>
    public const int BreaksMax = 100;

    /// <summary>Blocks whose whole frame agrees: header, length and end.</summary>
    public long Framed { get; init; }

    /// <summary>Blocks that are encrypted.</summary>
    public long Sealed { get; init; }

    /// <summary>Blocks of plain text.</summary>
    public long Plain { get; init; }

    /// <summary>Of these, the ones of an app that has a key, which its logger leaves open in sync mode.</summary>
    public long KeyedPlain { get; init; }

    /// <summary>Blocks of an async logger, which counts them.</summary>
    public long Async { get; init; }

    /// <summary>Blocks of a sync logger, a line each.</summary>
    public long Sync { get; init; }

    /// <summary>Blocks of deflate.</summary>
    public long Deflate { get; init; }

    /// <summary>Blocks of zstd.</summary>
    public long Zstd { get; init; }

    /// <summary>Blocks that no key opened.</summary>
    public long Shut { get; init; }

    /// <summary>Blocks that were not opened because nobody wanted what was written in their hours.</summary>
    public long PassedOver { get; init; }

    /// <summary>Blocks that the end of the file cuts.</summary>
    public long Cut { get; init; }

    /// <summary>Blocks in which something is wrong besides.</summary>
    public long Damaged { get; init; }

    /// <summary>The hours of day of the headers; null where the format has none.</summary>
    public HoursSeen? Hours { get; init; }

    /// <summary>The apps' sessions whose blocks are sealed, in the order of the file; null for none.</summary>
    public IReadOnlyList<ClientKeySeen>? ClientKeys { get; init; }

    /// <summary>Blocks of sessions that are not listed.</summary>
    public long ClientKeysLeftOut { get; init; }

    /// <summary>Where one frame does not follow the other; null for nowhere.</summary>
    public IReadOnlyList<Gap>? Breaks { get; init; }

    /// <summary>Breaks that are not listed.</summary>
    public long BreaksLeftOut { get; init; }
}

/// <summary>The local hours of day in the headers of blocks, 0 to 23.</summary>
/// <param name="First">When the first block was opened.</param>
/// <param name="Last">When the last block was written.</param>
/// <param name="Seen">Every hour that any of them names, in order; at most 24.</param>
public sealed record HoursSeen(int First, int Last, IReadOnlyList<int> Seen);

/// <summary>A session of an app, by the public key that it made for itself.</summary>
/// <param name="Key">64 bytes, X and Y on secp256k1, in lower-case hexadecimal digits.</param>
/// <param name="Blocks">Its sealed blocks.</param>
/// <param name="Opened">Those of them that a key opened.</param>
public sealed record ClientKeySeen(string Key, long Blocks, long Opened);

/// <summary>A mark of what was done to a file on its way.</summary>
/// <param name="Name">One of <see cref="Trace"/>.</param>
/// <param name="Offset">Where it begins, or where it was seen first.</param>
/// <param name="Count">How many times it was seen, or how many bytes it is long, as the trace says.</param>
public sealed record TraceFound(string Name, long Offset, long Count);

/// <summary>The closed list of traces. Each is proven by the bytes; what is only likely is not among them.</summary>
public static class Trace
{
    /// <summary>Sent as text: 0D was put before every 0A. Counts those, 0 where they are not undone.</summary>
    public const string TextMode = "textMode";

    /// <summary>Read as UTF-8 and written again: what was none is U+FFFD. Counts those near the front.</summary>
    public const string Reencoded = "reencoded";

    /// <summary>It is base64 of something known. Counts the bytes looked at.</summary>
    public const string Base64 = "base64";

    /// <summary>Zeros from the offset to the end, as a preallocated file has after a crash. Counts them.</summary>
    public const string ZeroTail = "zeroTail";

    /// <summary>Zeros where a block, or a part of one, should be. Counts the holes.</summary>
    public const string ZeroHole = "zeroHole";

    /// <summary>Nothing but zeros. Counts them.</summary>
    public const string AllZeros = "allZeros";

    /// <summary>The buffer file in which an app keeps what it has not written yet. Counts 1.</summary>
    public const string BufferFile = "bufferFile";

    /// <summary>A block stands in the file more than once. Counts the repeats.</summary>
    public const string Repeated = "repeated";

    /// <summary>A block begins inside another: two writers had the file. Counts them.</summary>
    public const string Overlap = "overlap";

    /// <summary>A second file begins where a format allows only one. Counts 1.</summary>
    public const string Joined = "joined";

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } =
        [TextMode, Reencoded, Base64, ZeroTail, ZeroHole, AllZeros, BufferFile, Repeated, Overlap, Joined];
}
