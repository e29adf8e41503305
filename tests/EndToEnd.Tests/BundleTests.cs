using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What a bundle for the public holds, and above all what it does not.</summary>
sealed class BundleTests
{
    const string FileWord = "Bratkartoffel", FolderWord = "Apfelwein", MemberWord = "Handkaese";
    const string KeyName = "Rindswurst", Password = "Gruenesosse-0815";

    [Test, CancelAfter(60_000)]
    public void Nothing_secret_stands_in_it_in_any_encoding_and_the_damage_still_does()
    {
        using var scratch = new Scratch();
        var log = Sealed.Xlog(blocks: 6);
        var at = Sealed.StartOf(log, 2);
        var client = Convert.ToHexStringLower(log.AsSpan(9, 64));
        var stray = Encoding.UTF8.GetBytes($"{Sealed.Word} is here in clear {FileWord}");
        byte[] torn = [.. log[..at], .. stray, .. log[at..]];
        var bundle = scratch["evidence.json"];
        var ran = Programs.Run("doctor", scratch.Write($"{FolderWord}/{FileWord}.{MemberWord}.xlog", torn),
            scratch.Write($"a/{FileWord}.{MemberWord}", Zipped(torn)), "--keys", Ring(scratch), "--report", bundle);
        Assert.That(ran.ExitCode, Is.EqualTo(3), ran.ToString());
        var text = File.ReadAllText(bundle);
        foreach (var word in (string[])[Sealed.Word, FileWord, FolderWord, MemberWord, KeyName, Password,
            Path.GetFileName(scratch.Folder), Environment.UserName + "/", scratch.Folder])
            AssertAbsent(text, Encoding.UTF8.GetBytes(word));
        foreach (var hex in (string[])[Sealed.KeyHex, client, PublicHex])
        {
            AssertAbsent(text, Convert.FromHexString(hex)[..4]);
            AssertAbsent(text, Encoding.ASCII.GetBytes(hex[..8]));
        }

        using var json = JsonDocument.Parse(text);
        var damage = json.RootElement.GetProperty("inputs")[0].GetProperty("files")[0].GetProperty("damage")[0];
        Assert.That(damage.GetProperty("offset").GetInt64(), Is.EqualTo(at));
        Assert.That(damage.GetProperty("length").GetInt64(), Is.EqualTo(stray.Length));
    }

    [Test, CancelAfter(60_000)]
    public void It_tells_versions_extensions_formats_and_counts_of_keys()
    {
        using var scratch = new Scratch();
        var bundle = scratch["evidence.json"];
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 4));
        Programs.Run("doctor", file, "--keys", Ring(scratch), "--report", bundle);
        using var json = JsonDocument.Parse(File.ReadAllText(bundle));
        var input = json.RootElement.GetProperty("inputs")[0];
        Assert.That(json.RootElement.GetProperty("decryptor").GetString(), Is.Not.Empty);
        Assert.That(input.GetProperty("extension").GetString(), Is.EqualTo(".xlog"));
        Assert.That(input.GetProperty("files")[0].GetProperty("format").GetString(), Is.EqualTo("xlog"));
        Assert.That(input.GetProperty("keys").EnumerateArray().Select(kind => (kind.GetProperty("kind").GetString(),
            kind.GetProperty("tried").GetInt32(), kind.GetProperty("opened").GetInt32())),
            Is.EqualTo(new[] { ("xlog", 1, 1), ("password", 1, 0) }));
    }

    [Test, CancelAfter(60_000)]
    public void One_client_is_the_same_within_a_bundle_and_another_in_each()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 2));
        string[] Hashes(string name)
        {
            Programs.Run("doctor", file, file, "--keys", Ring(scratch), "--report", scratch[name]);
            using var json = JsonDocument.Parse(File.ReadAllText(scratch[name]));
            return [.. json.RootElement.GetProperty("inputs").EnumerateArray().Select(input =>
                input.GetProperty("files")[0].GetProperty("clients")[0].GetProperty("hash").GetString()!)];
        }

        var (first, second) = (Hashes("1.json"), Hashes("2.json"));
        Assert.That(first, Has.Length.EqualTo(2).And.All.EqualTo(first[0]));
        Assert.That(second[0], Is.Not.EqualTo(first[0]));
    }

    [Test, CancelAfter(60_000)]
    public void What_is_there_is_not_written_over()
    {
        using var scratch = new Scratch();
        var bundle = scratch.Write("evidence.json", "mine\n"u8.ToArray());
        var file = scratch.Write("a.txt", "hello\n"u8.ToArray());
        var ran = Programs.Run("doctor", file, "--report", bundle);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((73, "")), ran.Stderr);
        Assert.That(File.ReadAllText(bundle), Is.EqualTo("mine\n"));
        Assert.That(Programs.Run("doctor", file, "--report", scratch["no/such/place"]).ExitCode, Is.EqualTo(73));
    }

    [Test]
    public void A_secret_is_found_in_each_of_the_encodings()
    {
        var word = Encoding.UTF8.GetBytes(FileWord);
        string[] hidden =
        [
            $"x{FileWord}y", FileWord.ToUpperInvariant(), Convert.ToHexString(word), Convert.ToBase64String(word),
            Convert.ToBase64String([1, .. word]), Convert.ToBase64String([1, 2, .. word]),
            Encoding.Unicode.GetString([0x41, .. Encoding.Latin1.GetBytes(FileWord)]),
            Convert.ToBase64String(Gzipped(word)), Convert.ToHexString(Encoding.Unicode.GetBytes(FileWord)),
        ];
        foreach (var text in hidden) Assert.That(Holds(text, word), text);
        Assert.That(Holds("{\"offset\": 4711}", word), Is.False);
    }

    static string PublicHex => Convert.ToHexStringLower(new KeyPair(new Random(41)).Public);

    static string Ring(Scratch scratch)
    {
        var ring = scratch.Ring(Sealed.KeyLine, $"password {Password}");
        if (File.Exists(Path.Combine(ring, KeyName))) File.Delete(Path.Combine(ring, KeyName));
        File.Move(Path.Combine(ring, "ring"), Path.Combine(ring, KeyName));
        return ring;
    }

    static byte[] Zipped(byte[] log)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create))
        using (var member = archive.CreateEntry($"{MemberWord}/{FileWord}.log").Open())
            member.Write(log);
        return zip.ToArray();
    }

    static byte[] Gzipped(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(bytes);
        return packed.ToArray();
    }

    static void AssertAbsent(string text, byte[] secret) =>
        Assert.That(Holds(text, secret), Is.False, $"{Encoding.Latin1.GetString(secret)} is in {text}");

    // The text itself, and what its long words are when they are read as base64 or as hexadecimal digits; each raw and
    // unpacked, in UTF-8 and in both orders of UTF-16.
    static bool Holds(string text, byte[] secret)
    {
        var readings = text.Split([' ', '"', '\n', ',', ':'], StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(Readings).Prepend(Encoding.UTF8.GetBytes(text)).Prepend(Encoding.Unicode.GetBytes(text));
        return readings.SelectMany(bytes => (byte[][])[bytes, Unpacked(bytes)]).Any(bytes => Forms(secret)
            .Any(form => Lower(bytes).AsSpan().IndexOf(Lower(form)) >= 0));
    }

    static IEnumerable<byte[]> Forms(byte[] secret)
    {
        yield return secret;
        yield return [.. secret.SelectMany(b => (byte[])[b, 0])];
        yield return [.. secret.SelectMany(b => (byte[])[0, b])];
    }

    static IEnumerable<byte[]> Readings(string word)
    {
        if (word.Length >= 8 && word.Length % 2 == 0 && word.All(char.IsAsciiHexDigit))
            yield return Convert.FromHexString(word);
        var buffer = new byte[word.Length];
        var padded = word.PadRight((word.Length + 3) & ~3, '=');
        if (word.Length >= 8 && Convert.TryFromBase64String(padded, buffer, out var count))
            yield return buffer[..count];
    }

    static byte[] Unpacked(byte[] bytes)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var text = new MemoryStream();
            gzip.CopyTo(text);
            return text.ToArray();
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    static byte[] Lower(byte[] bytes) =>
        [.. bytes.Select(b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 32) : b)];
}
