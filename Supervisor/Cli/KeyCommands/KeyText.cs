using System.Text;
using System.Text.RegularExpressions;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Supervisor.Cli.KeyCommands;

/// <summary>
/// What a person hands over as a secret, in the form in which a ring has it. Besides the ring's own forms it knows a
/// bare xlog key, and what Mars' key maker prints; where the kind is said, the text alone will do.
/// </summary>
static partial class KeyText
{
    /// <summary>The kinds whose secret has no form of its own.</summary>
    public static readonly string[] Kinds = [XlogKey.Word, LoganKey.Word, PasswordKey.Word];

    /// <summary>The file for the ring, and the keys in it.</summary>
    /// <exception cref="UsageException">It is no key, or has lines that are none. It is never repeated.</exception>
    public static (byte[] File, IReadOnlyList<RingKey> Keys) Read(string name, byte[] secret, string? kind)
    {
        var file = InRingForm(secret, kind);
        var reader = new KeyReader();
        reader.Read(name, file);
        reader.Unlock();
        if (reader.Warnings.Count > 0) throw Refused(reader.Warnings[0]);
        if (reader.Keys.Count == 0) throw Refused("there is nothing in it");
        return (file, reader.Keys);
    }

    static byte[] InRingForm(byte[] secret, string? kind)
    {
        var text = Encoding.UTF8.GetString(secret).TrimStart('\uFEFF');
        var bare = text.TrimEnd('\r', '\n');
        if (kind is not null) return bare.Contains('\n')
            ? throw Refused($"a {kind} secret is one line")
            : Encoding.UTF8.GetBytes($"{kind} {bare}\n");
        if (bare.Trim() is { Length: >= 48 and <= 128 } digits && digits.All(char.IsAsciiHexDigit))
            return Encoding.UTF8.GetBytes($"{XlogKey.Word} {digits}\n");
        return OfKeyMaker(text) is { } found ? Encoding.UTF8.GetBytes($"{XlogKey.Word} {found}\n") : secret;
    }

    // gen_key.py of Mars prints both halves among words; a slip between the two must not become a key.
    static string? OfKeyMaker(string text)
    {
        var (own, whole) = (PrivateLine().Match(text), PublicLine().Match(text));
        if (!own.Success || !whole.Success) return null;
        var digits = own.Groups[1].Value;
        return XlogKey.TryRead("", digits, out var key, out _)
            && key.PublicPart.Equals(whole.Groups[1].Value, StringComparison.OrdinalIgnoreCase)
                ? digits
                : throw Refused("the private key and the public key in it do not belong together");
    }

    static UsageException Refused(string why) => new(
        $"this is no key: {why}", "a file of the ring, a bare xlog key, or --kind for a secret alone")
    {
        ExitCode = 65,
    };

    [GeneratedRegex(@"^save private key\s+b?'?([0-9a-fA-F]{1,64})'?\s*$", RegexOptions.Multiline)]
    private static partial Regex PrivateLine();

    [GeneratedRegex(@"^b?'?([0-9a-fA-F]{128})'?\s*$", RegexOptions.Multiline)]
    private static partial Regex PublicLine();
}
