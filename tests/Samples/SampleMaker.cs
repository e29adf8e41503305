using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Decryptor.Samples;

/// <summary>
/// The packages of the demo: three good ones, a cut one, a damaged one, one that nobody here can open, plain text, a
/// zip of all sorts, and one that takes long enough for a worker to be killed in the middle.
/// </summary>
sealed class SampleMaker
{
    /// <summary>A block is flushed when it is this large, as the real logger does at a third of its buffer.</summary>
    const int FlushAt = 51_200;

    const string LoganKey = "demo-key-of-app!";
    const string LoganIv = "demo-iv-of-app!!";

    const string Crash =
        """
        [E][2026-11-23 +1.0 09:12:04.310][7012, 7012*][Boot][boot.cc:88, Crash][IllegalStateException: no session
            at com.example.chat.Session.require(Session.kt:41)
            at com.example.chat.ChatView.open(ChatView.kt:118)
        Caused by: java.net.SocketTimeoutException: timeout
            at com.example.net.Http.read(Http.kt:203)
        [I][2026-11-23 +1.0 09:12:04.955][7012, 7012*][Boot][boot.cc:12, Start][started again after a crash

        """;

    static readonly DateTime Morning = new(2026, 11, 23, 9, 12, 0, DateTimeKind.Unspecified);

    readonly string _folder;
    readonly Random _random;
    readonly KeyPair _production;
    readonly KeyPair _stranger;
    readonly AgePair _support;

    internal SampleMaker(string folder, int seed)
    {
        _folder = folder;
        _random = new(seed);
        _production = new(_random);
        _stranger = new(_random);
        _support = new(_random);
    }

    /// <summary>Writes everything and returns the names, the big one last.</summary>
    internal IReadOnlyList<string> Write(int bigMebibytes)
    {
        Directory.CreateDirectory(_folder);
        WriteKeys();
        var cut = Session(Compression.Zstd, _production, 1200);
        var damaged = Session(Compression.Deflate, _production, 2500);
        damaged.AsSpan(damaged.Length / 2, 300).Fill(0xA5);
        Save("boot.xlog", Session(Compression.Deflate, _production, 900));
        Save("crash-of-user-4711.xlog",
            [.. Session(Compression.Zstd, _production, 400), .. Session(Compression.Deflate, _production, 700)]);
        Save("crash-of-user-4711.mmap3", Buffered(60));
        Save("cut-upload.xlog", cut[..^(cut.Length / 5)]);
        Save("damaged-on-the-way.xlog", damaged);
        Save("sealed-for-somebody-else.xlog", Session(Compression.Zstd, _stranger, 300));
        Save("notes.txt", Text(200));
        Save("all-of-user-4711.zip", Package());
        WriteBig("long-day.xlog", bigMebibytes);
        return ["boot.xlog", "crash-of-user-4711.xlog", "crash-of-user-4711.mmap3", "cut-upload.xlog",
            "damaged-on-the-way.xlog", "sealed-for-somebody-else.xlog", "notes.txt", "all-of-user-4711.zip",
            "long-day.xlog"];
    }

    /// <summary>Writes the package that newcomers open: small, and nearly all of it needs no key.</summary>
    internal void WriteFirst()
    {
        Directory.CreateDirectory(_folder);
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            Put(zip, "logs/boot.xlog", Session(Compression.Zstd, null, 60));
            Put(zip, "logs/net.log.gz", Gzipped(Text(40)));
            Put(zip, "crash/trace.log", Encoding.UTF8.GetBytes(Crash));
            Put(zip, "logs/payments.xlog", Session(Compression.Deflate, _stranger, 20));
        }

        Save("feedback-4711.zip", packed.ToArray());
    }

    void WriteKeys()
    {
        var keys = Path.Combine(_folder, "keys");
        Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var ring = Path.Combine(keys, "prod-2026");
        File.WriteAllText(ring, $"# made for the demo; guards nothing\nxlog {_production.PrivateHex}\n"
            + $"logan {LoganKey} {LoganIv}\n{_support.Identity}\n");
        File.SetUnixFileMode(ring, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    void Save(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(_folder, name), bytes);

    IEnumerable<byte[]> Lines(int count) => new LogLines(_random, Morning).Take(count);

    byte[] Session(Compression compression, KeyPair? receiver, int lines)
    {
        var file = new MemoryStream();
        var encoder = new XlogEncoder(compression, receiver, _random);
        var log = new LogLines(_random, Morning);
        encoder.Add(Encoding.UTF8.GetBytes(log.SessionStart()));
        foreach (var line in log.Take(lines))
        {
            encoder.Add(line);
            if (encoder.Pending >= FlushAt / 4) encoder.Flush(file);
        }

        encoder.Flush(file);
        return file.ToArray();
    }

    // What a support form sends: an xlog, a Logan file named by its day, a text that age sealed, one in gzip.
    byte[] Package()
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            Put(zip, "logs/boot.xlog", Session(Compression.Zstd, _production, 300));
            Put(zip, "logs/1763856000000", Logan(200));
            Put(zip, "crash/trace.log.age", new AgeEncoder(_random).For(_support.Public).Seal(Text(80)));
            Put(zip, "logs/net.log.gz", Gzipped(Text(120)));
        }

        return packed.ToArray();
    }

    static void Put(ZipArchive zip, string name, byte[] bytes)
    {
        var entry = zip.CreateEntry(name);
        entry.LastWriteTime = new(Morning, TimeSpan.Zero);
        using var stream = entry.Open();
        stream.Write(bytes);
    }

    byte[] Logan(int lines)
    {
        var file = new MemoryStream();
        var encoder = new LoganEncoder(Encoding.ASCII.GetBytes(LoganKey), Encoding.ASCII.GetBytes(LoganIv));
        for (var i = 0; i < lines; i++)
            encoder.Add(file, Encoding.UTF8.GetBytes($"{{\"c\":\"screen {_random.Next(40)} shown\",\"f\":2,\"l\":"
                + $"{1_763_888_000_000 + i * 977},\"n\":\"main\",\"i\":1,\"m\":true}}\n"));
        encoder.Flush(file);
        return file.ToArray();
    }

    static byte[] Gzipped(byte[] text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(text);
        return packed.ToArray();
    }

    byte[] Text(int lines) => [.. Lines(lines).SelectMany(line => line)];

    byte[] Buffered(int lines)
    {
        var encoder = new XlogEncoder(Compression.Zstd, _production, _random);
        foreach (var line in Lines(lines)) encoder.Add(line);
        return encoder.BufferFile();
    }

    // A few blocks are packed and then repeated under new numbers: a day's log of any size in no time, and every block
    // as real as the first.
    void WriteBig(string name, int mebibytes)
    {
        var blocks = new List<byte[]>();
        var encoder = new XlogEncoder(Compression.Deflate, _production, _random);
        var text = 0L;
        foreach (var line in Lines(4000))
        {
            encoder.Add(line);
            text += line.Length;
            if (encoder.Pending >= FlushAt) blocks.Add(Flushed(encoder));
        }

        blocks.Add(Flushed(encoder));
        using var file = File.Create(Path.Combine(_folder, name));
        var rounds = ((long)mebibytes << 20) / text + 1;
        for (var number = 0; number < rounds * blocks.Count; number++)
        {
            var block = blocks[number % blocks.Count];
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(1), (ushort)(number % ushort.MaxValue + 1));
            file.Write(block);
        }
    }

    static byte[] Flushed(XlogEncoder encoder)
    {
        var block = new MemoryStream();
        encoder.Flush(block);
        return block.ToArray();
    }
}
