using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

sealed class UnpackTests
{
    const string KeyA = "xlog 4c269abe1751bb73126f268d3062fed3d234fe2e032afe5a9400ea401f4a9e96";
    const string KeyS = "xlog 9bef0c45fe9e1f898fbbb4cbf0684d4b1698026fa725fa73b5687f7e4edbe7";

    [Test, CancelAfter(120_000)]
    public void Every_good_file_of_the_corpus_becomes_its_text_byte_for_byte()
    {
        var good = Programs.NeedCorpus("xlog/good");
        using var scratch = new Scratch();
        var files = Programs.PackagesIn(good);
        var ran = Programs.Run(["unpack", .. files, "-o", scratch["out"], "--keys", scratch.Ring(KeyA, KeyS)]);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(files, Has.Length.GreaterThan(20));
        foreach (var file in files) AssertText(file, Path.Combine(scratch["out"], Path.GetFileName(file)));
    }

    static void AssertText(string file, string folder)
    {
        var report = Serving.ReadReport(folder);
        var text = File.ReadAllBytes(Path.Combine(folder, report.Files.Single().Path!));
        Assert.That(text.AsSpan().SequenceEqual(Programs.ExpectedTextOf(file)), $"{file} decodes otherwise");
        Assert.That(report.Outcome, Is.EqualTo("complete"), file);
        Assert.That(report.Files.Single().Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(text))), file);
    }

    [Test, CancelAfter(60_000)]
    public void Each_input_has_a_folder_of_its_own_and_a_taken_name_gets_a_number()
    {
        using var scratch = new Scratch();
        var first = scratch.Write("a/boot.txt", "first\n"u8.ToArray());
        var second = scratch.Write("b/boot.txt", "second\n"u8.ToArray());
        var inside = scratch.Write("out/inside.txt", "inside\n"u8.ToArray());
        var ran = Programs.Run("unpack", first, second, inside, "-o", scratch["out"]);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(Directory.GetDirectories(scratch["out"]).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "boot.txt", "boot.txt-2", "inside.txt-2" }), "and nothing is left behind");
        Assert.That(TextOf(scratch["out/boot.txt-2"]), Is.EqualTo("second\n"));
        Assert.That(File.Exists(inside), "the person's own file stays where it is");
    }

    [Test, CancelAfter(60_000)]
    public void Json_lines_say_the_same_as_the_reports_and_the_exit_code_is_the_worst_of_all()
    {
        using var scratch = new Scratch();
        var good = scratch.Write("good.txt", "good\n"u8.ToArray());
        var empty = scratch.Write("empty.xlog", []);
        var ran = Programs.Run("unpack", good, empty, scratch["absent.xlog"], "-o", scratch["out"], "--json");
        var lines = ran.Text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var sources = lines.Select(line => line.GetProperty("source").GetString());
        Assert.That(sources, Is.EqualTo(new[] { "good.txt", "empty.xlog", "absent.xlog" }));
        var codes = lines.Select(line => line.TryGetProperty("code", out var code) ? code.GetString() : "");
        Assert.That(codes, Is.EqualTo(new[] { "", "EMPTY", "NO_INPUT" }));
        Assert.That(ran.ExitCode, Is.EqualTo(65), "65 comes after 66 in the contract's order");
    }

    [TestCase("empty.xlog", "EMPTY", 65)]
    [TestCase("random.bin", "UNKNOWN_FORMAT", 65)]
    [TestCase("absent.xlog", "NO_INPUT", 66)]
    [CancelAfter(60_000)]
    public void Bad_input_ends_in_its_code(string name, string code, int exitCode)
    {
        using var scratch = new Scratch();
        if (name == "empty.xlog") scratch.Write(name, []);
        if (name == "random.bin") scratch.Write(name, Seeded(100_000));
        var ran = Programs.Run("unpack", scratch[name], "-o", scratch["out"]);
        Assert.That(ran.ExitCode, Is.EqualTo(exitCode), ran.ToString());
        Assert.That(Serving.ReadReport(scratch["out/" + name]).Code, Is.EqualTo(code));
        Assert.That(ran.Stderr, Does.Contain(code));
    }

    [Test, CancelAfter(60_000)]
    public void A_sealed_file_says_which_kind_of_key_it_misses_or_that_none_fits()
    {
        var file = Path.Combine(Programs.NeedCorpus("xlog/good"), "async-zlib-crypt-4k.xlog");
        using var scratch = new Scratch();
        var without = Programs.Run("unpack", file, "-o", scratch["out"]);
        Assert.That(without.ExitCode, Is.EqualTo(77), without.ToString());
        Assert.That(without.Stderr, Does.Contain("KEY_MISSING"));
        var ring = scratch.Ring("xlog 516f18c1472236a08ddd5ad3c21071e6cb5cff34d8301b8cb0dcb64e003692e6");
        var wrong = Programs.Run("unpack", file, "-o", scratch["out"], "--keys", ring);
        Assert.That(wrong.ExitCode, Is.EqualTo(77), wrong.ToString());
        Assert.That(wrong.Stderr, Does.Contain("KEY_NO_MATCH"));
    }

    [Test, CancelAfter(60_000)]
    public void A_bomb_stops_at_its_limit()
    {
        var file = Path.Combine(Programs.NeedCorpus("xlog/damaged"), "hostile-bomb-zlib.xlog");
        using var scratch = new Scratch();
        var ran = Programs.Run("unpack", file, "-o", scratch["out"]);
        Assert.That(ran.ExitCode, Is.EqualTo(76), ran.ToString());
        Assert.That(Serving.ReadReport(scratch["out/hostile-bomb-zlib.xlog"]).Code, Is.EqualTo("LIMIT_RATIO"));
    }

    [Test, CancelAfter(60_000)]
    public void A_ring_that_others_may_read_is_refused_before_anything_starts()
    {
        using var scratch = new Scratch();
        var ring = scratch.Ring(KeyA);
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;
        File.SetUnixFileMode(Path.Combine(ring, "ring"), open);
        var file = scratch.Write("a.txt", "a\n"u8.ToArray());
        var ran = Programs.Run("unpack", file, "-o", scratch["out"], "--keys", ring);
        Assert.That(ran.ExitCode, Is.EqualTo(78), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("ring").And.Contain("hint:").And.Contain("chmod"));
        Assert.That(ran.Stderr, Does.Not.Contain(KeyA[5..]));
    }

    [Test, CancelAfter(60_000)]
    public void Usage_errors_are_one_line_and_a_hint_and_exit_2()
    {
        var ran = Programs.Run("unpack", "x", "--no-such-option", "-o", "y");
        Assert.That(ran.ExitCode, Is.EqualTo(2));
        Assert.That(ran.Stderr.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(2).And.All.StartsWith("decryptor: "));
    }

    static string TextOf(string folder)
    {
        var text = Serving.ReadReport(folder).Files.Single().Path!;
        return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, text)));
    }

    static byte[] Seeded(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
