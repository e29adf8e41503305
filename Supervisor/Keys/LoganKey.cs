using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Decryptor.Supervisor.Keys;

/// <summary>The shared AES-128 key and initialisation vector of a Logan client.</summary>
sealed class LoganKey : RingKey
{
    /// <summary>The word that begins its line.</summary>
    public const string Word = "logan";

    const int PartLength = 16;

    readonly byte[] _secret;

    LoganKey(string name, byte[] secret) : base(Word, name, secret) => _secret = secret;

    public override string Question => Word;

    // What Logan's own server and its examples have for both.
    public override bool IsPublished => _secret.AsSpan().SequenceEqual("01234567890123450123456789012345"u8);

    /// <summary>
    /// Key (16), then iv (16): the format has nothing but this shared secret, so the secret itself must travel.
    /// </summary>
    public override IEnumerable<byte[]> Answer(AskedHeader header) => header.Bytes.IsEmpty ? [_secret] : [];

    /// <summary>Reads <c>key iv</c>; a reason that does not repeat them when they are none.</summary>
    public static bool TryRead(string name, string text, [NotNullWhen(true)] out LoganKey? key, out string reason)
    {
        var parts = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        key = parts is [var first, var second] && Part(first) is { } bytes && Part(second) is { } iv
            ? new(name, [.. bytes, .. iv]) : null;
        reason = key is null ? "a logan key is a key and an iv, each of 16 characters or 32 hexadecimal digits" : "";
        return key is not null;
    }

    static byte[]? Part(string text)
    {
        if (text.Length == 2 * PartLength && text.All(char.IsAsciiHexDigit)) return Convert.FromHexString(text);
        return text.Length == PartLength && text.All(char.IsAscii) ? Encoding.ASCII.GetBytes(text) : null;
    }
}
