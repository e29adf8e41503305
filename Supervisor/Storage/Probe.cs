namespace Decryptor.Supervisor.Storage;

/// <summary>
/// An input of our own that harms no worker: one block of xlog, deflated, in clear. A worker that cannot read it is
/// broken; where it can, those that died had it from their jobs.
/// </summary>
static class Probe
{
    /// <summary>What it is called in a worker's <c>in/</c>; no job's input has such a name.</summary>
    public const string Name = "probe";

    /// <summary>The block: a header of 73 bytes with sequence 1 and no key, the deflated text, the end byte.</summary>
    public static ReadOnlySpan<byte> Bytes => _bytes;

    static readonly byte[] _bytes =
    [
        0x09, 0x01, 0x00, 0x09, 0x09, 0x47, 0x00, 0x00, 0x00, .. new byte[64], .. Convert.FromBase64String(
            "3MzBDYAgEETRu1VMHXYDsgmEZJcMY8TupQ5v/11+sYvvUBCDke1EwhPsRqgmQTd97mwTzRWQLWHDQ8iMbn6UXxw+AAAA//8A"),
    ];
}
