using System.Buffers.Binary;
using System.Numerics;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats;

/// <summary>What the blocks of one file show, counted up block by block.</summary>
sealed class BlockEvidence
{
    readonly Dictionary<UInt128, ClientSeen> _clients = [];
    readonly List<ClientSeen> _inOrder = [];
    readonly List<Gap> _breaks = [];
    ClientSeen? _latest;
    long _clientsLeftOut;
    long _breaksLeftOut;
    uint _hours;
    int _firstHour = -1;
    int _lastHour;

    internal long Framed { get; set; }

    internal long Sealed { get; set; }

    internal long Plain { get; set; }

    internal long KeyedPlain { get; set; }

    internal long Async { get; set; }

    internal long Sync { get; set; }

    internal long Deflate { get; set; }

    internal long Zstd { get; set; }

    internal long Shut { get; set; }

    internal long PassedOver { get; set; }

    internal long Cut { get; set; }

    internal long Damaged { get; set; }

    /// <summary>The hours of a header, each 0 to 23.</summary>
    internal void Hours(byte begin, byte end)
    {
        if (_firstHour < 0) _firstHour = begin;
        _lastHour = end;
        _hours |= 1u << begin | 1u << end;
    }

    /// <summary>A sealed block of the client with this key of 64 bytes.</summary>
    internal void Client(ReadOnlySpan<byte> key, bool opened)
    {
        if (_latest is null || !key.SequenceEqual(_latest.Key)) _latest = Find(key);
        if (_latest is null) _clientsLeftOut++;
        else _latest.Count(opened);
    }

    /// <summary>One frame does not follow the other.</summary>
    internal void Break(long offset, long length, string why)
    {
        if (_breaks.Count < BlockFacts.BreaksMax) _breaks.Add(new(offset, length, why));
        else _breaksLeftOut++;
    }

    internal BlockFacts Told() => new()
    {
        Framed = Framed,
        Sealed = Sealed,
        Plain = Plain,
        KeyedPlain = KeyedPlain,
        Async = Async,
        Sync = Sync,
        Deflate = Deflate,
        Zstd = Zstd,
        Shut = Shut,
        PassedOver = PassedOver,
        Cut = Cut,
        Damaged = Damaged,
        Hours = _firstHour < 0 ? null : new(_firstHour, _lastHour, HoursInOrder()),
        ClientKeys = _inOrder.Count > 0 ? [.. _inOrder.Select(client => client.Told())] : null,
        ClientKeysLeftOut = _clientsLeftOut,
        Breaks = _breaks.Count > 0 ? [.. _breaks] : null,
        BreaksLeftOut = _breaksLeftOut,
    };

    // Where two keys begin alike, which chance does not bring about, only the first is told of.
    ClientSeen? Find(ReadOnlySpan<byte> key)
    {
        var front = BinaryPrimitives.ReadUInt128BigEndian(key);
        if (_clients.TryGetValue(front, out var known)) return key.SequenceEqual(known.Key) ? known : null;
        if (_clients.Count == BlockFacts.ClientKeysMax) return null;
        var found = new ClientSeen(key.ToArray());
        _clients.Add(front, found);
        _inOrder.Add(found);
        return found;
    }

    List<int> HoursInOrder()
    {
        var hours = new List<int>(BitOperations.PopCount(_hours));
        for (var hour = 0; hour < 24; hour++)
            if ((_hours & 1u << hour) != 0) hours.Add(hour);
        return hours;
    }

    sealed class ClientSeen(byte[] key)
    {
        long _blocks;
        long _opened;

        internal ReadOnlySpan<byte> Key => key;

        internal void Count(bool opened)
        {
            _blocks++;
            if (opened) _opened++;
        }

        internal ClientKeySeen Told() => new(Convert.ToHexStringLower(key), _blocks, _opened);
    }
}
