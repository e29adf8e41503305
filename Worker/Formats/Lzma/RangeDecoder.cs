using System.Runtime.CompilerServices;

namespace Decryptor.Worker.Formats.Lzma;

/// <summary>
/// The range decoder of LZMA over a lookahead. It consumes what it used when <see cref="Leave"/> is called, and never
/// more than it was allowed.
/// </summary>
ref struct RangeDecoder
{
    internal const int HeadBytes = 5;

    const int Look = 64 * 1024, ProbabilityBits = 11, MoveBits = 5;
    const uint Top = 1 << 24;

    readonly Lookahead _outer;
    ReadOnlySpan<byte> _some;
    int _at;
    long _left;
    uint _range;
    uint _code;

    /// <param name="outer">Where the bytes are.</param>
    /// <param name="state">Where another one left off.</param>
    /// <param name="left">How many bytes belong to it.</param>
    internal RangeDecoder(Lookahead outer, (uint Range, uint Code) state, long left)
    {
        _outer = outer;
        (_range, _code) = state;
        _left = left;
    }

    /// <summary>The bytes ended; whatever was decoded since makes no sense.</summary>
    internal bool Starved { get; private set; }

    /// <summary>Whether it stands where an encoder ends.</summary>
    internal readonly bool IsAtEnd => _code == 0;

    /// <summary>Consumes what was used; gives where to go on, and how many bytes are left.</summary>
    internal ((uint Range, uint Code) State, long Left) Leave()
    {
        _outer.Skip(_at);
        _some = default;
        _at = 0;
        return ((_range, _code), _left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Normalize()
    {
        if (_range >= Top) return;
        _range <<= 8;
        _code = _code << 8 | Next();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Bit(ref ushort probability)
    {
        Normalize();
        var bound = (_range >> ProbabilityBits) * probability;
        if (_code < bound)
        {
            _range = bound;
            probability += (ushort)(((1 << ProbabilityBits) - probability) >> MoveBits);
            return 0;
        }

        _range -= bound;
        _code -= bound;
        probability -= (ushort)(probability >> MoveBits);
        return 1;
    }

    /// <summary>Bits that are as often set as not.</summary>
    internal uint Direct(int count)
    {
        var value = 0u;
        for (; count > 0; count--)
        {
            Normalize();
            _range >>= 1;
            var isSet = _code >= _range;
            if (isSet) _code -= _range;
            value = value << 1 | (isSet ? 1u : 0);
        }

        return value;
    }

    /// <summary>A number of <paramref name="bits"/> bits, the highest first.</summary>
    internal int Tree(Span<ushort> probabilities, int bits)
    {
        var node = 1;
        for (var i = 0; i < bits; i++) node = node << 1 | Bit(ref probabilities[node]);
        return node - (1 << bits);
    }

    /// <summary>The same, the lowest first.</summary>
    internal uint Reverse(Span<ushort> probabilities, int bits)
    {
        var (node, value) = (1, 0u);
        for (var i = 0; i < bits; i++)
        {
            var bit = Bit(ref probabilities[node]);
            node = node << 1 | bit;
            value |= (uint)bit << i;
        }

        return value;
    }

    byte Next()
    {
        if (_at == _some.Length && !Refill())
        {
            Starved = true;
            return 0;
        }

        _left--;
        return _some[_at++];
    }

    bool Refill()
    {
        _outer.Skip(_at);
        _some = _outer.Peek((int)Math.Min(Look, _left));
        _at = 0;
        return _some.Length > 0;
    }
}
