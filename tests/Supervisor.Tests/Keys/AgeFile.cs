using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Decryptor.Supervisor.Tests.Keys;

/// <summary>
/// The header of an age file as a worker sees it, read without care: the stanzas, and whether a file key is the one.
/// </summary>
sealed class AgeFile
{
    readonly string _header;
    readonly byte[] _mac;

    internal AgeFile(byte[] file)
    {
        var text = Encoding.Latin1.GetString(file);
        var end = text.IndexOf("\n--- ", StringComparison.Ordinal) + 1;
        _header = text[..(end + 3)];
        _mac = Bytes(text.Substring(end + 4, 43));
        foreach (var stanza in text[..end].Split("\n-> ")[1..])
        {
            var lines = stanza.TrimEnd('\n').Split('\n');
            Stanzas.Add((lines[0].Split(' '), Bytes(string.Concat(lines[1..]))));
        }
    }

    internal List<(string[] Arguments, byte[] Body)> Stanzas { get; } = [];

    /// <summary>The question for all stanzas of a kind: their arguments and their body, one after another.</summary>
    internal byte[] Question(string kind) =>
        [.. Stanzas.Where(stanza => stanza.Arguments[0] == kind)
            .SelectMany(stanza => stanza.Arguments[1..].SelectMany(Bytes).Concat(stanza.Body))];

    internal bool IsOpenedBy(ReadOnlySpan<byte> fileKey)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey.ToArray(), 32, [], "header"u8.ToArray());
        return HMACSHA256.HashData(key, Encoding.Latin1.GetBytes(_header)).AsSpan().SequenceEqual(_mac);
    }

    /// <summary>A folder of the corpus; ignores the test when there is none.</summary>
    internal static string Corpus(string folder)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Directory.Exists($"{at.FullName}/shared/corpus")) return $"{at.FullName}/shared/corpus/{folder}";
        Assert.Ignore("the corpus of real files (shared/corpus) is not here");
        return "";
    }

    internal static string Recipient(string name)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes($"{Corpus("age")}/manifest.json"));
        return manifest.RootElement.GetProperty("public").GetProperty(name).GetString()!;
    }

    static byte[] Bytes(string text) => Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
}
