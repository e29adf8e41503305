using System.IO.Compression;
using System.Text;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>Packages of several files, through the commands and the service that are shipped.</summary>
sealed class PackageTests
{
    static readonly AgePair Ours = new(new Random(11));
    static readonly KeyPair Phone = new(new Random(12));

    [Test, CancelAfter(60_000)]
    public void A_package_is_printed_in_its_order_and_what_is_missing_is_told()
    {
        using var scratch = new Scratch();
        var cut = Gzip("you will not read all of this\n"u8)[..^6];
        var file = scratch.Write("report.zip", Zip(
            ("z/last.log", "first\n"u8.ToArray()), ("a/cut.log.gz", cut), ("m.log", "third\n"u8.ToArray()),
            ("../../evil.log", "never\n"u8.ToArray())));
        var ran = Programs.Run("cat", file);
        Assert.That(ran.ExitCode, Is.EqualTo(3), ran.ToString());
        Assert.That(ran.Text, Does.StartWith("first\n").And.EndsWith("third\n"));
        Assert.That(ran.Stderr, Does.Contain("2 of 4 files are not whole"));
        Assert.That(ran.Stderr, Does.Contain("a/cut.log.gz: ").And.Contains("(TRUNCATED, partial)"));
        Assert.That(ran.Stderr, Does.Contain("../../evil.log: ").And.Contains("(UNSAFE_MEMBER, failed)"));
    }

    [Test, CancelAfter(60_000)]
    public void Sealed_files_of_every_kind_in_one_package_are_opened_by_one_ring()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("all.zip", Zip(
            ("app.age", new AgeEncoder(new Random(1)).For(Ours.Public).Seal("by age\n"u8.ToArray())),
            ("pass.age", new AgeEncoder(new Random(2)).ForPassword("swordfish", 8).Seal("by a password\n"u8.ToArray())),
            ("1767225600000", Logan("{\"c\":\"by Logan\"}\n")), ("boot.xlog", Xlog("by Mars\n"))));
        var ring = scratch.Ring(Ours.Identity, "password swordfish", "logan K9#mZ2!qLp7$xW4& iv-of-16-bytes!!",
            $"xlog {Phone.PrivateHex}");
        var ran = Programs.Run("cat", file, "--keys", ring);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Text, Is.EqualTo("by age\nby a password\n{\"c\":\"by Logan\"}\nby Mars\n"));
        Assert.That(ran.Stderr, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void Without_keys_each_file_says_what_it_wants_and_nothing_is_printed()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("all.zip", Zip(
            ("app.age", new AgeEncoder(new Random(1)).For(Ours.Public).Seal("by age\n"u8.ToArray())),
            ("1767225600000", Logan("{\"c\":\"by Logan\"}\n")), ("boot.xlog", Xlog("by Mars\n"))));
        var ran = Programs.Run("cat", file);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((77, "")), ran.ToString());
        Assert.That(ran.Stderr.Split("(KEY_MISSING, failed)"), Has.Length.EqualTo(5), ran.Stderr);
    }

    [Test, CancelAfter(60_000)]
    public void Unpack_writes_a_file_for_each_member_under_names_that_harm_nobody()
    {
        using var scratch = new Scratch();
        var inner = Zip(("app.log", "inner\n"u8.ToArray()));
        var file = scratch.Write("deep.zip", Zip(("app.log", "one\n"u8.ToArray()), ("APP.LOG", "two\n"u8.ToArray()),
            ("in.zip", inner), ("shot.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1])));
        var ran = Programs.Run("unpack", file, "-o", scratch["out"]);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        var report = Serving.ReadReport(scratch["out/deep.zip"]);
        Assert.That(report.Files.Select(one => (one.Source, one.Path)), Is.EqualTo(new[]
        {
            ("app.log", "app.log"), ("APP.LOG", "APP-2.log"), ("in.zip/app.log", "app-3.log"), ("shot.png", "shot.bin"),
        }));
        Assert.That(Directory.GetFileSystemEntries(scratch["out/deep.zip"]), Has.Length.EqualTo(5));
        Assert.That(ran.Stderr, Does.Contain("NOT_TEXT: looks like a PNG image"));
    }

    [Test, CancelAfter(60_000)]
    public void The_service_keeps_a_package_of_which_a_part_wants_a_key()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        var package = Zip(("a.log", "open\n"u8.ToArray()), ("boot.xlog", Xlog("sealed\n")));
        Serving.Drop(scratch, "all.zip", package);
        var (folder, report) = service.AwaitEnded(1)["all.zip"];
        Assert.That((report.State, report.Outcome, report.Code), Is.EqualTo(("Completed", "partial", "KEY_MISSING")));
        Assert.That(File.ReadAllText(Path.Combine(folder, "a.log")), Is.EqualTo("open\n"));
        service.Until(() => File.Exists(Path.Combine(folder, "input")), "the input is kept");
        Assert.That(File.ReadAllBytes(Path.Combine(folder, "input")), Is.EqualTo(package));
    }

    [Test, CancelAfter(60_000)]
    public void Bytes_that_are_no_text_are_printed_only_where_they_are_all_there_is_and_whole()
    {
        using var scratch = new Scratch();
        byte[] picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1];
        scratch.Write("settings.json", """{ "limits": { "ratioFloorBytes": 1000, "ratioMax": 2 } }"""u8.ToArray());
        string Printed(byte[] file, params string[] more) =>
            Convert.ToHexString(Programs.Run(["cat", scratch.Write("it", file), .. more]).Stdout);
        Assert.That(Printed(Gzip(picture)), Is.EqualTo(Convert.ToHexString(picture)));
        Assert.That(Printed(Zip(("shot.png", picture), ("a.log", "a\n"u8.ToArray()))), Is.EqualTo("610A"));
        Assert.That(Printed(Gzip(new byte[100_000]), "--config", scratch["settings.json"]), Is.Empty);
    }

    [TestCase("outputBytesMax", "1000", "LIMIT_OUTPUT")]
    [TestCase("ratioFloorBytes", "1000", "LIMIT_RATIO")]
    [TestCase("membersMax", "1", "LIMIT_MEMBERS")]
    [TestCase("depthMax", "1", "LIMIT_DEPTH")]
    [TestCase("nameBytesMax", "5", "LIMIT_NAME")]
    [TestCase("scryptLogMax", "7", "LIMIT_KDF")]
    [CancelAfter(60_000)]
    public void A_limit_is_a_setting_and_has_its_code(string setting, string value, string code)
    {
        using var scratch = new Scratch();
        var sealedBy = new AgeEncoder(new Random(2)).ForPassword("swordfish", 8).Seal("by a password\n"u8.ToArray());
        var file = scratch.Write("p.zip", Zip(("a.log", "a\n"u8.ToArray()), ("b.gz", Gzip(new byte[20_000])),
            ("long-name.age", sealedBy)));
        var settings = $$"""{ "limits": { "{{setting}}": {{value}}, "ratioMax": 2 } }""";
        scratch.Write("settings.json", Encoding.UTF8.GetBytes(settings));
        var ran = Programs.Run(
            "unpack", file, "-o", scratch["out"], "--config", scratch["settings.json"],
            "--keys", scratch.Ring("password swordfish"));
        Assert.That(ran.ExitCode, Is.EqualTo(3), ran.ToString());
        Assert.That(Serving.ReadReport(scratch["out/p.zip"]).Code, Is.EqualTo(code), ran.Stderr);
        Assert.That(File.ReadAllText(scratch["out/p.zip/a.log"]), Is.EqualTo("a\n"), "what is good is kept");
    }

    static byte[] Logan(string line)
    {
        var file = new MemoryStream();
        var encoder = new LoganEncoder("K9#mZ2!qLp7$xW4&"u8, "iv-of-16-bytes!!"u8);
        encoder.Add(file, Encoding.UTF8.GetBytes(line));
        encoder.Flush(file);
        return file.ToArray();
    }

    static byte[] Xlog(string line)
    {
        var file = new MemoryStream();
        var encoder = new XlogEncoder(Compression.Zstd, Phone, new Random(5));
        encoder.Add(Encoding.UTF8.GetBytes(line));
        encoder.Flush(file);
        return file.ToArray();
    }

    static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    static byte[] Zip(params (string Name, byte[] Bytes)[] members)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in members)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(bytes);
            }

        return packed.ToArray();
    }
}
