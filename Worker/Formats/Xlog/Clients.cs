using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// One logger of the app, from its opening to its end: all its blocks bear the same 64 bytes, sealed or not.
/// </summary>
/// <param name="key">What its headers hold; empty for the nameless one of blocks that have no such field.</param>
/// <param name="number">Which of the file's clients it is.</param>
sealed class Client(byte[] key, int number)
{
    internal ReadOnlySpan<byte> Key => key;

    internal int Number => number;

    /// <summary>The magic of its counted blocks; 0 while none was seen.</summary>
    internal byte Counted { get; private set; }

    /// <summary>The last number that it gave to a block; 0 while none was seen.</summary>
    internal ushort Sequence { get; set; }

    internal void Saw(BlockHeader header)
    {
        if (header.IsCounted) Counted = header.Magic;
        else if (Counted == 0) Counted = BlockHeader.CountedBeside(header.Magic);
    }
}

/// <summary>
/// The clients whose blocks gave text. Their keys are the surest mark of a header that there is: 64 bytes that nothing
/// but another block of the same session repeats. A header of which other bytes are damaged is mended by it.
/// </summary>
sealed class Clients
{
    const int Max = 4096;
    const int BytesThatName = 16;
    const int BytesThatMark = 16;
    const int BytesThatResemble = 44;
    const int BytesBefore = BlockHeader.Least + BlockHeader.KeyBytes / 2;
    const int PointsFree = 1024;
    const int BytesForAPoint = 1024;

    readonly Dictionary<ulong, Client> _known = [];
    long _points;

    /// <summary>The client of blocks that have no key field, or an empty one.</summary>
    internal Client Nameless { get; } = new([], 0);

    /// <summary>The one whose block was decoded last; null before the first.</summary>
    internal Client? Latest { get; private set; }

    /// <summary>The client that this key field names; null for none that is known.</summary>
    internal Client? Find(ReadOnlySpan<byte> field) =>
        _known.TryGetValue(Mark(field), out var client) && field.SequenceEqual(client.Key) ? client : null;

    /// <summary>The latest client, if the field is its key but for a few bytes.</summary>
    internal Client? FindNear(ReadOnlySpan<byte> field)
    {
        if (Latest is not { } client) return null;
        var same = 0;
        for (var i = 0; i < field.Length; i++)
            if (field[i] == client.Key[i]) same++;
        return same >= BytesThatResemble ? client : null;
    }

    /// <summary>Remembers the client of a block that was decoded.</summary>
    internal Client Learn(BlockHeader header, ReadOnlySpan<byte> field)
    {
        var client = field.IsEmpty || field.Length - field.Count((byte)0) < BytesThatName ? Nameless
            : Find(field) ?? Add(field);
        client.Saw(header);
        if (client != Nameless) Latest = client;
        return client;
    }

    /// <summary>
    /// Whether the field may be the key of a client not seen before. That costs some microseconds, so it is asked once
    /// for each KiB of the file and a thousand times besides; beyond that the answer is no.
    /// </summary>
    internal bool MayBeNew(ReadOnlySpan<byte> field, long position) =>
        _points < PointsFree + position / BytesForAPoint && ++_points > 0 && Curve.Holds(field);

    /// <summary>
    /// Where a header lies by the second half of the latest client's key alone, from <paramref name="from"/> and before
    /// <paramref name="to"/>; -1 for none.
    /// </summary>
    internal int FindHeader(ReadOnlySpan<byte> rest, int from, int to)
    {
        if (Latest is not { } client) return -1;
        var end = Math.Min(rest.Length, to + BlockHeader.Longest - 1);
        if (from + BytesBefore >= end) return -1;
        var found = rest[(from + BytesBefore)..end].IndexOf(client.Key[(BlockHeader.KeyBytes / 2)..]);
        return found < 0 ? -1 : from + found;
    }

    Client Add(ReadOnlySpan<byte> field)
    {
        var client = new Client(field.ToArray(), _known.Count + 1);
        if (_known.Count >= Max || !_known.TryAdd(Mark(field), client)) return Nameless;
        return client;
    }

    // The middle: a field that is not a point often begins with zeros, or with a text that many sessions share.
    static ulong Mark(ReadOnlySpan<byte> field) => BinaryPrimitives.ReadUInt64LittleEndian(field)
        ^ BinaryPrimitives.ReadUInt64LittleEndian(field[BytesThatMark..])
        ^ BinaryPrimitives.ReadUInt64LittleEndian(field[(2 * BytesThatMark)..]);
}
