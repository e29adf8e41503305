using System.Diagnostics;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What people and their enemies hand in: each ends with a named code, and the others go on.</summary>
sealed class BadInputTests
{
    // Where a short header has its length, and where its client key begins.
    const int LengthAt = 5, KeyAt = 9, HeaderBytes = 73;

    readonly Scratch _made = new();

    static IReadOnlyDictionary<string, string?> Expected { get; } = new Dictionary<string, string?>
    {
        ["empty.xlog"] = "EMPTY",
        ["plain.xlog"] = null,
        ["random.xlog"] = "UNKNOWN_FORMAT",
        ["half-a-header.xlog"] = "TRUNCATED",
        ["header-alone.xlog"] = "TRUNCATED",
        ["half-a-block.xlog"] = "TRUNCATED",
        ["length-of-4-gib.xlog"] = "DAMAGED",
        ["key-off-the-curve.xlog"] = "DAMAGED",
        ["sealed-for-somebody-else.xlog"] = "KEY_NO_MATCH",
        ["good.xlog"] = null,
    };

    [OneTimeSetUp]
    public void Make()
    {
        using var samples = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Samples"), [_made.Folder, "--big", "1"])
        {
            RedirectStandardOutput = true,
        })!;
        samples.StandardOutput.ReadToEnd();
        samples.WaitForExit();
        var good = File.ReadAllBytes(_made["boot.xlog"]);
        Directory.CreateDirectory(_made["bad"]);
        foreach (var name in Expected.Keys) File.WriteAllBytes(_made["bad/" + name], Spoilt(name, good));
        File.Copy(_made["sealed-for-somebody-else.xlog"], _made["bad/sealed-for-somebody-else.xlog"], overwrite: true);
    }

    [OneTimeTearDown]
    public void Clear() => _made.Dispose();

    [Test, CancelAfter(60_000)]
    public void Unpack_names_a_code_for_each_and_ends_with_the_worst()
    {
        using var scratch = new Scratch();
        var inputs = Directory.GetFiles(_made["bad"]);
        var ran = Programs.Run(["unpack", .. inputs, "-o", scratch["out"], "--keys", _made["keys"]]);
        Assert.That(ran.ExitCode, Is.EqualTo(77), ran.ToString());
        foreach (var (name, code) in Expected)
            Assert.That(Serving.ReadReport(scratch["out/" + name]).Code, Is.EqualTo(code), name);
        var lines = ran.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.None.Contain("Exception").And.None.Contain("\\u000a"));
        var talk = lines.TakeWhile(line => !line.StartsWith("INPUT ", StringComparison.Ordinal)).ToList();
        Assert.That(talk, Is.Not.Empty.And.All.StartWith("decryptor: "));
        // Then the table: its head, a line an input, the sum.
        Assert.That(lines, Has.Length.EqualTo(talk.Count + inputs.Length + 2));
    }

    [Test, CancelAfter(60_000)]
    public void The_service_names_the_same_codes_and_goes_on()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "2", "--keys", _made["keys"]]);
        service.AwaitReady();
        foreach (var file in Directory.GetFiles(_made["bad"]))
            Serving.Drop(scratch, Path.GetFileName(file), File.ReadAllBytes(file));
        var ended = service.AwaitEnded(Expected.Count);
        foreach (var (name, code) in Expected)
        {
            Assert.That(ended[name].Report.Code, Is.EqualTo(code), name);
            if (ended[name].Report.State != "Failed") continue;
            Assert.That(File.Exists(Path.Combine(ended[name].Folder, "input")), name);
        }

        Assert.That(Proc.ChildrenOf(service.Pid).All(child => child.State != 'Z'));
    }

    [Test, CancelAfter(60_000)]
    public void No_keys_at_all_is_KEY_MISSING()
    {
        var ran = Programs.Run("cat", _made["bad/good.xlog"]);
        Assert.That(ran.ExitCode, Is.EqualTo(77), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("KEY_MISSING").And.Contain("hint: "));
        Assert.That(ran.Stdout, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void A_key_file_that_others_may_read_is_refused_and_leaves_no_spool_behind()
    {
        using var scratch = new Scratch();
        var ring = scratch.Ring("# nothing");
        Directory.CreateDirectory(scratch["tmp"]);
        File.SetUnixFileMode(Path.Combine(ring, "ring"), (UnixFileMode)0b110_100_100);
        foreach (var command in new string[][] { ["serve", "--spool", scratch["spool"]], ["cat", _made["notes.txt"]] })
        {
            var environment = new Dictionary<string, string> { ["TMPDIR"] = scratch["tmp"] };
            var ran = Programs.Run(environment, [.. command, "--keys", ring]);
            Assert.That(ran.ExitCode, Is.EqualTo(78), ran.ToString());
            Assert.That(ran.Stderr, Does.Contain("mode 0644").And.Contain("hint: chmod 600"));
        }

        Assert.That(Directory.GetFileSystemEntries(scratch["tmp"]), Is.Empty);
    }

    static byte[] Spoilt(string name, byte[] good)
    {
        var spoilt = (byte[])good.Clone();
        if (name.StartsWith("length", StringComparison.Ordinal)) spoilt.AsSpan(LengthAt, 4).Fill(0xFF);
        if (name.StartsWith("key-off", StringComparison.Ordinal)) spoilt.AsSpan(KeyAt, 64).Fill(5);
        if (name == "random.xlog") new Random(1).NextBytes(spoilt);
        return name switch
        {
            "empty.xlog" => [],
            "plain.xlog" => "plain text\n"u8.ToArray(),
            "half-a-header.xlog" => good[..(HeaderBytes / 2)],
            "header-alone.xlog" => good[..HeaderBytes],
            "half-a-block.xlog" => good[..1000],
            _ => spoilt,
        };
    }
}
