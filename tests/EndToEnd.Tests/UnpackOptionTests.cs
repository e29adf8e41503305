using System.Text;

namespace Decryptor.EndToEnd.Tests;

/// <summary>Where <c>unpack</c> puts what, and what it may spend.</summary>
sealed class UnpackOptionTests
{
    [Test, CancelAfter(60_000)]
    public void Overwrite_replaces_what_an_earlier_run_has_delivered()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("boot.txt", "first\n"u8.ToArray());
        Programs.Run("unpack", file, "-o", scratch["out"]);
        File.WriteAllText(scratch["out/boot.txt/note"], "mine");
        File.WriteAllText(file, "second\n");
        var ran = Programs.Run("unpack", file, "-o", scratch["out"], "--overwrite");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(Directory.GetFileSystemEntries(scratch["out"]), Is.EqualTo(new[] { scratch["out/boot.txt"] }));
        Assert.That(File.ReadAllText(scratch["out/boot.txt/boot.log"]), Is.EqualTo("second\n"));
        Assert.That(File.Exists(scratch["out/boot.txt/note"]), Is.False);
    }

    [TestCase("a folder that is no report's"), TestCase("a file"), TestCase("a link"), TestCase("the input's own")]
    [CancelAfter(60_000)]
    public void Overwrite_leaves_alone_what_it_did_not_deliver(string there)
    {
        using var scratch = new Scratch();
        var isOwn = there == "the input's own";
        var file = scratch.Write(isOwn ? "out/boot.txt/boot.txt" : "boot.txt", "text\n"u8.ToArray());
        Directory.CreateDirectory(scratch["out"]);
        if (there == "a file") scratch.Write("out/boot.txt", "mine"u8.ToArray());
        else if (there == "a link")
        {
            scratch.Write("elsewhere/report.json", "mine"u8.ToArray());
            Directory.CreateSymbolicLink(scratch["out/boot.txt"], scratch["elsewhere"]);
        }
        else scratch.Write($"out/boot.txt/{(isOwn ? "report.json" : "mine")}", "mine"u8.ToArray());
        var before = Everything(scratch["out/boot.txt"]);
        var ran = Programs.Run("unpack", file, "-o", scratch["out"], "--overwrite");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(File.ReadAllText(scratch["out/boot.txt-2/boot.log"]), Is.EqualTo("text\n"));
        Assert.That(Everything(scratch["out/boot.txt"]), Is.EqualTo(before));
    }

    [Test, CancelAfter(60_000)]
    public void Overwrite_keeps_both_of_two_inputs_of_one_name()
    {
        using var scratch = new Scratch();
        var one = scratch.Write("a/boot.txt", "a\n"u8.ToArray());
        var other = scratch.Write("b/boot.txt", "b\n"u8.ToArray());
        foreach (var _ in new[] { 1, 2 })
            Programs.Run("unpack", one, other, "-o", scratch["out"], "--overwrite");
        Assert.That(File.ReadAllText(scratch["out/boot.txt/boot.log"]), Is.EqualTo("a\n"));
        Assert.That(File.ReadAllText(scratch["out/boot.txt-2/boot.log"]), Is.EqualTo("b\n"));
    }

    [TestCase("cat"), TestCase("unpack"), CancelAfter(60_000)]
    public void A_limit_is_an_option_and_the_hint_names_it(string verb)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", Encoding.UTF8.GetBytes(new string('x', 2000)));
        string[] place = verb == "unpack" ? ["-o", scratch["out"]] : [];
        var ran = Programs.Run([verb, file, .. place, "--limit-output", "1K"]);
        Assert.That(ran.ExitCode, Is.EqualTo(76), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("LIMIT_OUTPUT").And.Contain("hint: ").And.Contain("--limit-output"));
        Assert.That(Programs.Run([verb, file, .. place, "--limit-output", "2k"]).ExitCode, Is.Zero);
    }

    [TestCase("--limit-output", "much"), TestCase("--limit-output", "0"), TestCase("--limit-ratio", "0")]
    [TestCase("--limit-members", "-1"), TestCase("--limit-depth", "65"), TestCase("--limit-name", "65537")]
    [TestCase("--limit-memory", "1023"), TestCase("--limit-kdf", "23"), TestCase("--limit-time", "86401")]
    [TestCase("--limit-time", "0"), CancelAfter(60_000)]
    public void A_limit_that_cannot_be_is_refused_by_its_name(string option, string value)
    {
        using var scratch = new Scratch();
        var ran = Programs.Run("cat", scratch.Write("a.txt", "a\n"u8.ToArray()), option, value);
        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.ToString());
        Assert.That(ran.Stderr, Does.StartWith($"decryptor: {option}: ").And.Contain("\ndecryptor: hint: "));
    }

    [Test, CancelAfter(60_000)]
    public void The_time_for_a_package_is_what_was_asked_for()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("spin.txt", "a\n"u8.ToArray());
        var ran = Programs.Run("cat", file, "--limit-time", "1", "--worker-program", Programs.FakeWorker);
        Assert.That(ran.ExitCode, Is.EqualTo(75), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("POISON"));
    }

    static string[] Everything(string path) => File.Exists(path) ? [File.ReadAllText(path)]
        : [.. Directory.GetFiles(path).Order().Select(file => $"{Path.GetFileName(file)}: {File.ReadAllText(file)}")];
}
