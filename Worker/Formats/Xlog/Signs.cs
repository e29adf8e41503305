using System.Buffers;
using System.Text.Unicode;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>What speaks against a text. None is a proof but NUL, which the logger cannot write.</summary>
[Flags]
enum Sign
{
    None = 0,
    Nul = 1,
    Control = 2,
    NotUtf8 = 4,
    Beginning = 8,
}

/// <summary>
/// There is no checksum, so a flipped bit may go through every decoder and come out as text that nobody wrote. This
/// looks at the text of each block for what the app's logger does not write, and names the blocks that are unlike the
/// others of their file: an app may well log in another encoding, but then all its blocks show it.
/// </summary>
sealed class Signs
{
    /// <summary>A longer line may be cut, and in the middle of a character.</summary>
    const int CutLine = 12_000;

    const int SuspectsMax = 1000;
    const int OneIn = 4;

    // All but what text uses: tab, line feed, carriage return, form feed, back space, vertical tab and escape.
    static readonly byte[] Strange = [1, 2, 3, 4, 5, 6, 7, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
        0x18, 0x19, 0x1A, 0x1C, 0x1D, 0x1E, 0x1F, 0x7F];
    static readonly SearchValues<byte> ControlsButNul = SearchValues.Create(Strange);
    static readonly SearchValues<byte> Controls = SearchValues.Create([0, .. Strange]);

    readonly List<(long Offset, Sign Found)> _suspects = [];
    readonly Dictionary<Sign, long> _counts = [];
    long _blocks;
    Sign _found;
    bool _begun;

    /// <summary>Lines that the app's logger dropped because its buffer was full, and said so.</summary>
    internal long Dropped { get; private set; }

    /// <summary>The text of another block begins.</summary>
    internal void Begin() => (_found, _begun) = (Sign.None, false);

    /// <summary>Looks at whole lines of the block at hand.</summary>
    internal void Look(ReadOnlySpan<byte> lines)
    {
        if (!_begun) LookAtBeginning(lines);
        LookForControls(lines);
        if ((_found & Sign.NotUtf8) == 0 && HasBadLine(lines)) _found |= Sign.NotUtf8;
        CountDropped(lines);
    }

    /// <summary>The block at <paramref name="offset"/> is done.</summary>
    internal void End(long offset)
    {
        if (!_begun) return;
        _blocks++;
        if (_found == Sign.None) return;
        foreach (var sign in Each(_found)) _counts[sign] = _counts.GetValueOrDefault(sign) + 1;
        if (_suspects.Count < SuspectsMax) _suspects.Add((offset, _found));
    }

    /// <summary>
    /// The blocks whose text may be wrong, why, and whether that is as good as proven: by NUL, or by two signs.
    /// </summary>
    internal IEnumerable<(long Offset, string Why, bool Proven)> Suspects()
    {
        foreach (var (offset, found) in _suspects)
        {
            var signs = Each(found).Where(IsRare).ToArray();
            if (signs.Length == 0) continue;
            yield return (offset, string.Join(", ", signs.Select(Word)), signs.Length > 1 || signs[0] == Sign.Nul);
        }
    }

    // A sign that many blocks show is the app's own way of writing, not damage.
    bool IsRare(Sign sign) => sign == Sign.Nul || _counts[sign] * OneIn <= _blocks;

    static IEnumerable<Sign> Each(Sign found) =>
        Enum.GetValues<Sign>().Where(one => one != Sign.None && (found & one) != 0);

    static string Word(Sign sign) => sign switch
    {
        Sign.Nul => "it holds NUL",
        Sign.Control => "it holds control characters",
        Sign.NotUtf8 => "it is not UTF-8",
        _ => "it does not begin like a line",
    };

    // What the logger writes by itself has no head but a few fixed words.
    void LookAtBeginning(ReadOnlySpan<byte> lines)
    {
        _begun = true;
        var first = lines.IsEmpty ? (byte)0 : lines[0];
        var own = first is (byte)'[' or (byte)'^' or (byte)'$' or (byte)'~'
            || lines.StartsWith("MARS_"u8) || lines.StartsWith("log "u8) || lines.StartsWith("get mmap"u8);
        if (!own) _found |= Sign.Beginning;
    }

    void LookForControls(ReadOnlySpan<byte> lines)
    {
        const Sign both = Sign.Nul | Sign.Control;
        if ((_found & both) == both) return;
        var first = lines.IndexOfAny(Controls);
        if (first < 0) return;
        lines = lines[first..];
        if (lines.Contains((byte)0)) _found |= Sign.Nul;
        if (lines.ContainsAny(ControlsButNul)) _found |= Sign.Control;
    }

    // Only the lines around what is wrong are looked at one by one: a file may have a long line in every block.
    static bool HasBadLine(ReadOnlySpan<byte> lines)
    {
        while (Utf8Text.FirstWrong(lines) is { } wrong)
        {
            var (at, length) = wrong.GetOffsetAndLength(lines.Length);
            var begin = lines[..at].LastIndexOf((byte)'\n') + 1;
            var rest = lines[(at + length)..].IndexOf((byte)'\n');
            var end = rest < 0 ? lines.Length : at + length + rest + 1;
            if (HasBad(lines[begin..end])) return true;
            lines = lines[end..];
        }

        return false;
    }

    static bool HasBad(ReadOnlySpan<byte> lines)
    {
        foreach (var range in lines.Split((byte)'\n'))
            if (lines[range].Length < CutLine && !Utf8.IsValid(lines[range])) return true;
        return false;
    }

    void CountDropped(ReadOnlySpan<byte> lines)
    {
        // The end of what the logger writes then; it begins with a letter that few lines have, so the search is fast.
        var mark = ">= BUFFER_BLOCK_LENTH*4/5, len: "u8;
        for (int found; (found = lines.IndexOf(mark)) >= 0; lines = lines[(found + mark.Length)..]) Dropped++;
    }
}
