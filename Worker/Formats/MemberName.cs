using System.Text;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats;

/// <summary>
/// Names of a package's members. Their bytes are UTF-8 wherever they can be, and otherwise taken for code page 437, in
/// which every byte is a character: no name is lost, and the same bytes always give the same text.
/// </summary>
static class MemberName
{
    const string UpperHalf =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    internal static string Of(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Strict.GetString(bytes) : Wide(bytes);

    /// <summary>Why a member of this name is not opened; null if it may be.</summary>
    /// <param name="name">The name as text.</param>
    /// <param name="bytes">How many bytes it has in the package.</param>
    /// <param name="limits">Holds the longest name that is allowed.</param>
    internal static Refusal? Refused(string name, long bytes, Limits limits)
    {
        if (bytes > limits.NameBytes) return Faults.Name(bytes, limits.NameBytes);
        if (name.StartsWith('/') || name.StartsWith('\\')) return Faults.Unsafe("its name begins at the root");
        if (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
            return Faults.Unsafe("its name begins with a drive");
        return Climbs(name) ? Faults.Unsafe("its name leads out of the package") : null;
    }

    static bool Climbs(ReadOnlySpan<char> name)
    {
        foreach (var part in name.SplitAny('/', '\\'))
            if (name[part] is "..") return true;
        return false;
    }

    static string Wide(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes) text.Append(b < 0x80 ? (char)b : UpperHalf[b - 0x80]);
        return text.ToString();
    }
}
