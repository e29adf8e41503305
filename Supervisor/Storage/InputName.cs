using System.Globalization;
using System.Text;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The name of an input in <c>queue/</c> and <c>work/</c>, <c>17~tenant~boot.xlog</c>: one rename carries all that
/// <see cref="Recovery"/> needs. What a name cannot hold stands as <c>%HH</c>; what does not fit 255 bytes is cut and
/// ends in <c>…</c>. The name of what a name says is that name again, so a job that was recovered keeps its file.
/// </summary>
/// <param name="Job">The job's number.</param>
/// <param name="Tenant">Whose upload it is; empty for none.</param>
/// <param name="Source">What the sender called it.</param>
readonly record struct InputName(long Job, string Tenant, string Source)
{
    /// <summary>The longest name of a file, in bytes.</summary>
    public const int BytesMax = 255;

    /// <summary>The most of it that the tenant may take.</summary>
    public const int TenantMax = 100;

    // A job's number comes from a count of uploads; a name that claims more was not made here, and is not counted on.
    const long JobMax = 1_000_000_000_000_000;

    const string CutMark = "…";

    /// <summary>The name of a job's input.</summary>
    public static string Of(Job job) => new InputName(job.Id, job.Tenant, job.Source).ToString();

    /// <summary>Reads a name; false for one that was not made here.</summary>
    public static bool TryParse(string name, out InputName parsed)
    {
        parsed = default;
        var parts = name.Split('~');
        if (parts.Length != 3) return false;
        if (!TryParseJob(parts[0], out var job)) return false;
        parsed = new(job, Unescape(parts[1]), Unescape(parts[2]));
        return parsed.ToString() == name;
    }

    /// <summary>Reads a job's number as it stands in names.</summary>
    public static bool TryParseJob(ReadOnlySpan<char> text, out long job) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out job) && job is > 0 and <= JobMax;

    /// <summary><c>17~tenant~boot.xlog</c></summary>
    public override string ToString()
    {
        var id = Job.ToString(CultureInfo.InvariantCulture);
        var tenant = Escape(Tenant, TenantMax);
        return $"{id}~{tenant}~{Escape(Source, BytesMax - id.Length - 2 - Encoding.UTF8.GetByteCount(tenant))}";
    }

    static string Escape(string text, int max)
    {
        var escaped = new StringBuilder();
        var (bytes, cutAt) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = Escape(rune);
            bytes += Encoding.UTF8.GetByteCount(piece);
            if (bytes > max) return escaped.ToString(0, cutAt) + CutMark;
            escaped.Append(piece);
            if (bytes <= max - Encoding.UTF8.GetByteCount(CutMark)) cutAt = escaped.Length;
        }

        return escaped.ToString();
    }

    static string Escape(Rune rune)
    {
        if (NameText.IsPlain(rune) && rune.Value is not ('%' or '~' or '/')) return rune.ToString();
        Span<byte> bytes = stackalloc byte[4];
        var hex = Convert.ToHexString(bytes[..rune.EncodeToUtf8(bytes)]);
        return string.Concat(hex.Chunk(2).Select(pair => $"%{pair[0]}{pair[1]}"));
    }

    static string Unescape(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && TryHex(text.AsSpan(i + 1, 2), out var b))
            {
                bytes.Add(b);
                i += 2;
                continue;
            }

            var pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
            bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, pair)));
            i += pair - 1;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    static bool TryHex(ReadOnlySpan<char> digits, out byte value) =>
        byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
