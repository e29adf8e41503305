using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Tar;

/// <summary>
/// What a header stands for, together with the headers before it that only say something of the next: long names (GNU
/// types L and K) and extended headers (pax types x and g).
/// </summary>
sealed class TarNames(Limits limits, Findings findings)
{
    /// <summary>The longest header of that kind that is read; a longer one can only hold a name too long.</summary>
    internal const int ExtensionMax = 1024 * 1024;

    PaxRecords _all = PaxRecords.None;
    PaxRecords? _next;
    byte[]? _longName;
    long _tooLong;

    internal static bool IsExtension(TarHeader header) => header.Type is 'x' or 'X' or 'g' or 'L' or 'K';

    /// <summary>How many bytes follow a header. Links and devices have none, whatever they claim.</summary>
    internal long SizeOf(TarHeader header)
    {
        if (IsExtension(header)) return header.Size;
        var size = Records.Size ?? header.Size;
        return header.Type is >= '1' and <= '6' ? 0 : Math.Min(size, long.MaxValue - TarHeader.Block);
    }

    /// <summary>Takes in what is said of the next member; false when it cannot be read.</summary>
    internal bool Extend(char type, ReadOnlySpan<byte> text)
    {
        if (type is 'L') _longName = text.TrimEnd((byte)0).ToArray();
        if (type is 'L' or 'K') return true;
        var records = PaxRecords.Read(text, type == 'g' ? _all : Records);
        if (records is null) return false;
        if (type == 'g') _all = records;
        else _next = records;
        return true;
    }

    /// <summary>Something of so many bytes was said of the next member, and not read.</summary>
    internal void TooLong(long bytes) => _tooLong = bytes;

    /// <summary>What was said is not of the member that comes next.</summary>
    internal void Forget() => (_next, _longName, _tooLong) = (null, null, 0);

    /// <summary>The member; null for a folder and for what is none.</summary>
    internal Member? MemberOf(TarHeader header, Func<Findings, Stream> open)
    {
        var bytes = Records.Path ?? _longName ?? header.NameBytes;
        var (name, tooLong, sparse) = (MemberName.Of(bytes), _tooLong, Records.IsSparse);
        Forget();
        if (IsNoMember(header, bytes)) return null;
        if (tooLong > 0) return Member.Not(name, Faults.Name(tooLong, limits.NameBytes));
        var refused = MemberName.Refused(name, bytes.Length, limits) ?? Refused(header.Type, sparse);
        return refused is null ? new(name, open) : Member.Not(name, refused);
    }

    PaxRecords Records => _next ?? _all;

    // Folders, GNU's lists of what was in one, and the label of a tape.
    bool IsNoMember(TarHeader header, byte[] name)
    {
        if (header.Type == 'V') findings.Warn($"the archive is labelled '{MemberName.Of(name)}'");
        return header.Type is '5' or 'D' or 'V'
            || (header.Type is '0' or '\0' && header.Size == 0 && name.AsSpan().EndsWith("/"u8));
    }

    static Refusal? Refused(char type, bool sparse) => type switch
    {
        '0' or '\0' or '7' when sparse => Faults.Unsupported("a sparse tar member"),
        '0' or '\0' or '7' => null,
        '1' => Faults.Unsafe("it is a hard link"),
        '2' => Faults.Unsafe("it is a symbolic link"),
        '3' or '4' => Faults.Unsafe("it is a device"),
        '6' => Faults.Unsafe("it is a named pipe"),
        'S' => Faults.Unsupported("a sparse tar member"),
        'M' => Faults.Unsupported("the rest of a file that began on another volume"),
        _ => Faults.Unsupported($"a tar member of a kind unknown here ({Shown(type)})"),
    };

    static string Shown(char type) => char.IsAsciiLetterOrDigit(type) ? $"'{type}'" : $"number {(int)type}";
}
