using System.Buffers.Text;

namespace Decryptor.Worker.Formats.Tar;

/// <summary>
/// What an extended header (POSIX.1-2001 pax, types x and g) says of the member behind it, or of all that follow:
/// lines of <c>length key=value</c>. Only what changes which bytes are delivered under which name is kept.
/// </summary>
/// <param name="Path">The name that counts; null for the header's own.</param>
/// <param name="Size">The size that counts; null for the header's own.</param>
/// <param name="IsSparse">Whether the bytes are those between holes.</param>
sealed record PaxRecords(byte[]? Path, long? Size, bool IsSparse)
{
    internal static PaxRecords None => new(null, null, false);

    /// <summary>
    /// Reads records on top of those that are valid already; null when they are damaged. An empty value takes back.
    /// </summary>
    internal static PaxRecords? Read(ReadOnlySpan<byte> text, PaxRecords before)
    {
        var all = before;
        while (!text.IsEmpty && text[0] != 0)
        {
            if (!Utf8Parser.TryParse(text, out int length, out var digits)) return null;
            if (length <= digits + 2 || length > text.Length || text[digits] != ' ' || text[length - 1] != '\n')
                return null;
            if (all.With(text[(digits + 1)..(length - 1)]) is not { } more) return null;
            all = more;
            text = text[length..];
        }

        return all;
    }

    PaxRecords? With(ReadOnlySpan<byte> record)
    {
        var equals = record.IndexOf((byte)'=');
        if (equals <= 0) return null;
        var key = record[..equals];
        var value = record[(equals + 1)..];
        if (key.SequenceEqual("size"u8)) return Sized(value);
        if (key.SequenceEqual("path"u8) || key.SequenceEqual("GNU.sparse.name"u8))
            return this with { Path = value.IsEmpty ? null : value.ToArray() };
        return key.StartsWith("GNU.sparse."u8) ? this with { IsSparse = true } : this;
    }

    PaxRecords? Sized(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return this with { Size = null };
        return Utf8Parser.TryParse(value, out long size, out var used) && used == value.Length && size >= 0
            ? this with { Size = size }
            : null;
    }
}
