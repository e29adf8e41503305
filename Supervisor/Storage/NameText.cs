using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// File names are bytes, and people read text: a name in our program is text in which every byte that is not plain
/// UTF-8 text stands as <c>\xHH</c>. So do the backslash itself, controls, line ends and the marks that turn the
/// direction of writing. Nothing is lost: <see cref="ToBytes"/> gives back exactly the bytes.
/// </summary>
static class NameText
{
    /// <summary>The text of a name.</summary>
    public static string FromBytes(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        while (name.Length > 0)
        {
            var valid = Rune.DecodeFromUtf8(name, out var rune, out var used) == System.Buffers.OperationStatus.Done;
            if (valid && IsPlain(rune)) text.Append(rune.ToString());
            else foreach (var b in name[..used]) text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
            name = name[used..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a name.</summary>
    /// <exception cref="ArgumentException">It holds a zero byte: no file has such a name.</exception>
    public static byte[] ToBytes(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> room = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (text.AsSpan(i).StartsWith("\\x") && i + 4 <= text.Length && IsHex(text.AsSpan(i + 2, 2), out var b))
            {
                bytes.Add(b);
                i += 4;
                continue;
            }

            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used);
            bytes.AddRange(room[..rune.EncodeToUtf8(room)]);
            i += used;
        }

        return bytes.Contains(0) ? throw new ArgumentException("a name with a zero byte", nameof(text)) : [.. bytes];
    }

    /// <summary>Whether a character stands for itself in a name's text.</summary>
    public static bool IsPlain(Rune rune) =>
        rune.Value is not ('\\' or 0x061C or 0x200E or 0x200F or 0x2028 or 0x2029 or (>= 0x202A and <= 0x202E)
            or (>= 0x2066 and <= 0x2069)) && !Rune.IsControl(rune);

    /// <summary>The bytes of a name or path with the zero that ends a C string.</summary>
    internal static byte[] ToPath(string text) => [.. ToBytes(text), 0];

    /// <summary>The text of a C string.</summary>
    internal static unsafe string FromPointer(nint name) =>
        FromBytes(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)name));

    static bool IsHex(ReadOnlySpan<char> digits, out byte value) =>
        byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
