namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>One text of an input: what a worker wrote into a file.</summary>
/// <param name="Input">The input as the person named it.</param>
/// <param name="Name">What the text is called in the job's folder.</param>
sealed record TextFile(string Input, string Name)
{
    /// <summary>Where it lies in the end; empty while its job runs.</summary>
    public string Path { get; set; } = "";
}

/// <summary>
/// A head line with the lines that belong to it; or a further piece of one that is too long to be held whole.
/// </summary>
/// <param name="Bytes">Its bytes with the line feeds; good until the next entry is asked for.</param>
/// <param name="Offset">Where it begins in its text, in bytes.</param>
/// <param name="Head">What its first line says; for a further piece, that of its first.</param>
/// <param name="When">Its time; where it has none, that of the entry before it.</param>
/// <param name="Part">Which piece it is.</param>
readonly record struct Entry(
    ReadOnlyMemory<byte> Bytes, long Offset, EntryHead Head, EntryTime When, EntryPart Part);

/// <summary>Which piece of an entry it is.</summary>
[Flags]
enum EntryPart : byte
{
    Whole = 0,

    /// <summary>More of the same entry may follow.</summary>
    Cut = 1,

    /// <summary>Its beginning was given out before.</summary>
    Rest = 2,
}
