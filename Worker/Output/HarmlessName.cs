using System.Globalization;
using System.Text;

namespace Decryptor.Worker.Output;

/// <summary>
/// Turns what a sender called a file into a name that harms nobody: one path part, no controls, no marks that turn the
/// direction of text, no dot or dash in front, at most 200 bytes of UTF-8 and never empty. It always ends in the
/// extension asked for, so that it can never be one of the names that the folder keeps for itself.
/// </summary>
static class HarmlessName
{
    const int BytesMax = 200;
    const int ExtensionMax = 4;

    /// <summary>
    /// <c>boot.xlog</c> becomes <c>boot.log</c>, and so do <c>boot.log.gz</c> and <c>boot.log</c>; a name of which
    /// nothing is left, <c>text.log</c>.
    /// </summary>
    internal static string For(string source, string extension)
    {
        var name = source[(source.LastIndexOfAny(['/', '\\']) + 1)..];
        var inner = WithoutExtension(name);
        if (inner.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) inner = WithoutExtension(inner);
        var stem = Cut(Clean(inner)).TrimEnd(' ', '.');
        return (stem.Length == 0 ? "text" : stem) + extension;
    }

    static string WithoutExtension(string name) =>
        name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : name;

    static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(IsHarmless(rune) ? rune.ToString() : "_");
        return clean.ToString().TrimStart(' ', '.', '-');
    }

    static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    static string Cut(string text)
    {
        var room = BytesMax - ExtensionMax;
        var kept = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0) break;
            kept += rune.Utf16SequenceLength;
        }

        return text[..kept];
    }
}
