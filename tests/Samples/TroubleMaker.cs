using System.IO.Compression;
using System.Text;

namespace Decryptor.Samples;

/// <summary>A package that ends with one failure code, and what it takes besides to get there.</summary>
/// <param name="Code">The code.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Bytes">What is in it.</param>
/// <param name="Settings">Settings under which it ends so, as JSON; null for those that everybody has.</param>
sealed record Trouble(string Code, string Name, byte[] Bytes, string? Settings = null);

/// <summary>
/// One package for each failure code that a package can end with, and a key ring that opens what it may: so that
/// everybody can see what is said then. What is left of the closed list is about machines and not about packages:
/// NO_INPUT, POISON, DISK_FULL, IO_ERROR, NOT_RUNNING, CANCELLED, INTERNAL.
/// </summary>
sealed class TroubleMaker
{
    const string Password = "swordfish";

    // As many as there may be, and one.
    const int Members = 20_001, Layers = 6, NameBytes = 4097, WindowLog = 28, ScryptLog = 21;

    readonly Random _random;
    readonly KeyPair _ours;
    readonly KeyPair _stranger;
    readonly byte[] _good;

    internal TroubleMaker(int seed)
    {
        _random = new(seed);
        (_ours, _stranger) = (new(_random), new(_random));
        _good = Session(_ours);
    }

    /// <summary>Lines for a key ring.</summary>
    internal IReadOnlyList<string> Ring =>
        [$"xlog {_ours.PrivateHex}", "password not-this-one", $"password {Password}"];

    internal IEnumerable<Trouble> All()
    {
        yield return new("EMPTY", "empty.xlog", []);
        yield return new("UNKNOWN_FORMAT", "noise.bin", Noise(4096));
        yield return new("UNSUPPORTED", "logs.rar", [.. "Rar!\x1A\a\x01\0"u8, .. Noise(200)]);
        yield return new("DAMAGED", "damaged.xlog", Damaged());
        yield return new("TRUNCATED", "cut.log.gz", Gzip(Text(2000))[..^100]);
        yield return new("NOT_AUTHENTIC", "changed.log.age", Changed(Sealed(8)));
        yield return new("UNSAFE_MEMBER", "climbs.zip", Zip(("a.log", Text(3)), ("../../etc/cron.d/evil", Text(3))));
        yield return new("KEY_MISSING", "boot.logan", Logan());
        yield return new("KEY_NO_MATCH", "of-a-stranger.xlog", Session(_stranger));
        yield return new(
            "LIMIT_OUTPUT", "long.log.gz", Gzip(Text(2000)), """{ "limits": { "outputBytesMax": 1000 } }""");
        yield return new("LIMIT_RATIO", "bomb.gz", Gzip(new byte[70 << 20]));
        yield return new("LIMIT_MEMBERS", "crowd.zip", Zip([.. Crowd()]));
        yield return new("LIMIT_DEPTH", "onion.gz", Onion());
        yield return new("LIMIT_NAME", "name.zip", Zip((new string('n', NameBytes), Text(3)), ("a.log", Text(3))));
        yield return new("LIMIT_TIME", "slow.zip", Slow(), """{ "deadlines": { "jobSecondsMin": 2 } }""");
        yield return new("LIMIT_MEMORY", "window.zst", [0x28, 0xB5, 0x2F, 0xFD, 0, (WindowLog - 10) << 3, 1, 0, 0]);
        yield return new("LIMIT_KDF", "dear.age", Dearer());
    }

    /// <summary>Writes each under its code, and the ring.</summary>
    internal void Write(string folder)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var trouble in All())
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, trouble.Code)).FullName;
            File.WriteAllBytes(Path.Combine(own, trouble.Name), trouble.Bytes);
            if (trouble.Settings is { } settings) File.WriteAllText(Path.Combine(own, "settings.json"), settings);
        }

        var keys = Directory.CreateDirectory(Path.Combine(folder, "keys"), owner | UnixFileMode.UserExecute).FullName;
        File.WriteAllLines(Path.Combine(keys, "ring"), Ring);
        File.SetUnixFileMode(Path.Combine(keys, "ring"), owner);
    }

    byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        _random.NextBytes(noise);
        return noise;
    }

    byte[] Damaged()
    {
        var file = _good.ToArray();
        file.AsSpan(file.Length / 2, 300).Fill(0xA5);
        return file;
    }

    static byte[] Changed(byte[] file)
    {
        file[^1] ^= 1;
        return file;
    }

    byte[] Session(KeyPair receiver)
    {
        var file = new MemoryStream();
        var encoder = new XlogEncoder(Compression.Deflate, receiver, _random);
        for (var block = 0; block < 4; block++)
        {
            encoder.Add(Text(100));
            encoder.Flush(file);
        }

        return file.ToArray();
    }

    static byte[] Logan()
    {
        var file = new MemoryStream();
        var encoder = new LoganEncoder("a-key-of-nobody!"u8, "an-iv-of-nobody!"u8);
        encoder.Add(file, "{\"c\":\"shown\",\"f\":2,\"l\":1763888000000,\"n\":\"main\",\"i\":1,\"m\":true}\n"u8);
        encoder.Flush(file);
        return file.ToArray();
    }

    byte[] Sealed(int log) => new AgeEncoder(_random).ForPassword(Password, log).Seal(Text(3));

    // Only the word in the header is dear: nobody should have to do the work to refuse it.
    byte[] Dearer() => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Sealed(8)).Replace(" 8\n", $" {ScryptLog}\n",
        StringComparison.Ordinal));

    // A fiftieth of a second for each try at each of them.
    byte[] Slow()
    {
        var one = Sealed(14);
        return Zip([.. Enumerable.Range(1, 500).Select(number => ($"{number}.age", one))]);
    }

    static byte[] Onion()
    {
        var inner = Text(3);
        for (var layer = 0; layer < Layers; layer++) inner = Gzip(inner);
        return inner;
    }

    static IEnumerable<(string, byte[])> Crowd() =>
        Enumerable.Range(1, Members).Select(number => ($"{number}.log", Array.Empty<byte>()));

    static byte[] Text(int lines) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, lines)
        .Select(line => $"[I][2026-11-24 +0.0 09:00:00.000][7, 7*][tag][, , 0][line {line}\n")));

    static byte[] Gzip(byte[] text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(text);
        return packed.ToArray();
    }

    static byte[] Zip(params (string Name, byte[] Bytes)[] members)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in members)
            {
                using var member = zip.CreateEntry(name).Open();
                member.Write(bytes);
            }
        }

        return packed.ToArray();
    }
}
