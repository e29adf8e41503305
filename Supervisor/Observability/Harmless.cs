using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// Names and words come from strangers, and go to terminals and logs: what would move the cursor, end the line or turn
/// the direction of reading is made visible instead.
/// </summary>
static class Harmless
{
    public static string Text(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (MayBeShown(rune)) safe.Append(rune);
            else safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }

        return safe.ToString();
    }

    /// <summary>Whether a terminal only draws it.</summary>
    public static bool MayBeShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate);
}
