namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Tells blocks that stand in a file twice, as they do when the app's buffer was rolled back: same client, same number,
/// same length and same checksum of the payload. The last 16,384 blocks are remembered, in memory that is taken once.
/// </summary>
sealed class Doubles
{
    const int Remembered = 16 * 1024;

    readonly Seen[] _seen = new Seen[Remembered];

    /// <summary>Where a block with this payload was read before; -1 for nowhere.</summary>
    internal long Find(Client client, BlockHeader header, uint checksum)
    {
        var seen = _seen[Slot(client, header)];
        return seen.Length == header.Length + 1 && seen.Checksum == checksum && seen.Client == client.Number
            && seen.Sequence == header.Sequence ? seen.Offset : -1;
    }

    /// <summary>Remembers a block that was decoded whole.</summary>
    internal void Remember(Client client, BlockHeader header, uint checksum, long offset) =>
        _seen[Slot(client, header)] = new(client.Number, header.Sequence, header.Length + 1, checksum, offset);

    static int Slot(Client client, BlockHeader header) => (header.Sequence + client.Number * 4099) % Remembered;

    // A length of 0 is that of an empty slot, so one more is kept.
    readonly record struct Seen(int Client, ushort Sequence, uint Length, uint Checksum, long Offset);
}
