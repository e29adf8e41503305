using System.Security.Cryptography;
using System.Text;

namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// The header of an age file (C2SP, age-encryption.org/v1): a line that names the version, the file key sealed for each
/// recipient, and a seal over all of it. It is read as strictly as it is specified, since whoever may bend it may also
/// make two programs see two files in one.
/// </summary>
sealed class AgeHeader
{
    /// <summary>The longest header that is read, and the most stanzas in one.</summary>
    internal const int LengthMax = 64 * 1024, StanzasMax = 256;

    const int Columns = 64, MacBytes = 32;

    readonly List<Stanza> _stanzas = [];
    byte[] _sealed = [];
    byte[] _mac = [];

    AgeHeader()
    {
    }

    /// <summary>How every version begins.</summary>
    internal static ReadOnlySpan<byte> Mark => "age-encryption.org/"u8;

    internal IReadOnlyList<Stanza> Stanzas => _stanzas;

    /// <summary>Reads the header and leaves the stream behind it.</summary>
    /// <exception cref="Refusal">There is none, it breaks the rules, or the stream ends in it.</exception>
    internal static AgeHeader Read(Lookahead source)
    {
        var header = new AgeHeader();
        var bytes = source.Peek(LengthMax + 1);
        var lines = new HeaderLines(bytes[..Math.Min(LengthMax, bytes.Length)], source.Position);
        if (!header.ReadLines(ref lines))
            throw bytes.Length > LengthMax
                ? AgeFaults.TooLarge(Faults.Bytes(LengthMax))
                : source.BrokenOff("age header");
        source.Skip(lines.Taken);
        return header;
    }

    /// <summary>Whether this is the file key that the header was sealed with.</summary>
    internal bool IsSealedWith(ReadOnlySpan<byte> fileKey)
    {
        Span<byte> key = stackalloc byte[MacBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key, [], "header"u8);
        return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, _sealed), _mac);
    }

    // False where the bytes end before the header does.
    bool ReadLines(ref HeaderLines lines)
    {
        if (!lines.TryTake(out var version)) return false;
        CheckVersion(version, lines.At);
        if (!lines.TryTake(out var line)) return false;
        while (!line.StartsWith("---"u8))
        {
            if (_stanzas.Count == StanzasMax) throw AgeFaults.TooLarge($"{StanzasMax} recipients");
            if (!ReadStanza(line, ref lines) || !lines.TryTake(out line)) return false;
        }

        if (_stanzas.Count == 0) throw AgeFaults.Header("it has no recipient", lines.At);
        ReadEnd(line, ref lines);
        return true;
    }

    static void CheckVersion(ReadOnlySpan<byte> line, long at)
    {
        if (!line.StartsWith(Mark)) throw AgeFaults.Header("it does not begin as an age file", at);
        var version = line[Mark.Length..];
        if (version.SequenceEqual("v1"u8)) return;
        const int shown = 16;
        if (version.IsEmpty || version.Length > shown || version.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            throw AgeFaults.Header("it names no version", at);
        throw AgeFaults.Version(Encoding.ASCII.GetString(version));
    }

    bool ReadStanza(ReadOnlySpan<byte> line, ref HeaderLines lines)
    {
        var at = lines.At;
        if (!line.StartsWith("-> "u8)) throw AgeFaults.Header("neither a recipient nor the end begins here", at);
        var arguments = Arguments(line[3..], at);
        var body = new MemoryStream();
        ReadOnlySpan<byte> part;
        do
        {
            if (!lines.TryTake(out part)) return false;
            if (part.Length > Columns)
                throw AgeFaults.Header($"a line has more than {Columns} columns", lines.At);
            body.Write(part);
        }
        while (part.Length == Columns);

        var bytes = RawBase64.Decode(body.GetBuffer().AsSpan(0, (int)body.Length))
            ?? throw AgeFaults.Header("the body of a recipient is not canonical base64", at);
        _stanzas.Add(new(arguments[0], arguments[1..], bytes, at));
        return true;
    }

    static string[] Arguments(ReadOnlySpan<byte> text, long at)
    {
        var arguments = Encoding.Latin1.GetString(text).Split(' ');
        foreach (var argument in arguments)
            if (argument.Length == 0 || argument.AsSpan().ContainsAnyExceptInRange('!', '~'))
                throw AgeFaults.Header("a recipient has an argument that is empty or not ASCII", at);
        return arguments;
    }

    void ReadEnd(ReadOnlySpan<byte> line, ref HeaderLines lines)
    {
        var mac = line.StartsWith("--- "u8) ? RawBase64.Decode(line[4..]) : null;
        if (mac is not { Length: MacBytes })
            throw AgeFaults.Header("the seal is not 32 bytes in canonical base64", lines.At);
        _mac = mac;
        _sealed = [.. lines.Before, .. "---"u8];
    }
}
