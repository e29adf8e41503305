using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// How text of strangers stands in a line of the notation: what would end the word or the line, act on a terminal, or
/// not survive as UTF-8 is spelled out, <c>\xHH</c> or <c>\uHHHH</c> for each UTF-16 unit; so is the backslash itself.
/// Nothing is lost: <see cref="Read"/> gives back exactly the text.
/// </summary>
static class Spelling
{
    const string Empty = @"\e";

    /// <summary>One word, without a space in it. That of an empty text is <c>\e</c>.</summary>
    public static string Word(string text) => text.Length > 0 ? Spelled(text, (_, _) => false) : Empty;

    /// <summary>The rest of a line: spaces stay, but for the first and the last.</summary>
    public static string Text(string text) =>
        Spelled(text, (place, length) => place > 0 && place < length - 1);

    /// <summary>The text that was spelled.</summary>
    /// <exception cref="FormatException">A backslash begins nothing that we write.</exception>
    public static string Read(ReadOnlySpan<char> spelled)
    {
        if (spelled.SequenceEqual(Empty)) return "";
        var text = new StringBuilder(spelled.Length);
        while (spelled.Length > 0)
        {
            var plain = spelled.IndexOf('\\');
            text.Append(plain < 0 ? spelled : spelled[..plain]);
            if (plain < 0) break;
            spelled = spelled[plain..];
            text.Append(UnitOf(spelled, out var used));
            spelled = spelled[used..];
        }

        return text.ToString();
    }

    static char UnitOf(ReadOnlySpan<char> escape, out int used)
    {
        used = escape.Length > 1 && escape[1] == 'x' ? 4 : 6;
        var known = escape.Length >= used && escape[1] is 'x' or 'u';
        return known && ushort.TryParse(escape[2..used], NumberStyles.AllowHexSpecifier, null, out var unit)
            ? (char)unit
            : throw new FormatException($@"no character is spelled {escape[..Math.Min(6, escape.Length)]}");
    }

    static string Spelled(string text, Func<int, int, bool> maySpaceStay)
    {
        var spelled = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var whole = Rune.TryGetRuneAt(text, i, out var rune);
            var length = whole ? rune.Utf16SequenceLength : 1;
            var stays = whole && (rune.Value == ' ' ? maySpaceStay(i, text.Length) : IsPlain(rune));
            if (stays) spelled.Append(text, i, length);
            else foreach (var unit in text.AsSpan(i, length)) Escape(spelled, unit);
            i += length;
        }

        return spelled.ToString();
    }

    static void Escape(StringBuilder spelled, char unit)
    {
        var form = unit <= 0xff ? @"\x" : @"\u";
        spelled.Append(form).Append(((int)unit).ToString(unit <= 0xff ? "x2" : "x4", CultureInfo.InvariantCulture));
    }

    static bool IsPlain(Rune rune) => rune.Value != '\\' && !Rune.IsWhiteSpace(rune) && Harmless.MayBeShown(rune);
}
