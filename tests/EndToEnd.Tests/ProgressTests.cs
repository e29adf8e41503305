using System.Text;
using System.Text.RegularExpressions;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// Progress as a person sees it, on a pseudo-terminal and off one. The worker is one that takes two seconds, or waits.
/// </summary>
sealed partial class ProgressTests
{
    [TestCase(80), TestCase(40), CancelAfter(60_000)]
    public void Bars_move_on_a_terminal_and_are_gone_at_the_end(int columns)
    {
        using var scratch = Slow("slow.txt", "slow.log");
        var ran = Terminal.Run(columns, scratch.Folder, $"unpack slow.txt slow.log -o out -j 2 {Fake}");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        var pictures = ran.Text.Split("\e[J");
        Assert.That(pictures, Has.Length.GreaterThan(4));
        Assert.That(pictures[3], Does.Match(@"slow\.txt +[#━]+[.─]* +\d+ %").And.Contain("slow.log ")
            .And.Contain("0/2 inputs"));
        foreach (var line in pictures[..^1].SelectMany(Lines))
            Assert.That(line, Has.Length.LessThan(columns), "it fits, and leaves the last column free");
        Assert.That(Lines(pictures[^1]).First(), Does.StartWith("INPUT "), "below the last picture stands the table");
        Assert.That(pictures[^1], Does.Not.Contain('\e').And.Contain("2 inputs: 2 complete"));
        Assert.That(ran.Text, Does.Not.Contain("?25l"), "the cursor is never hidden");
    }

    [TestCase("> text", true), TestCase("| cat", false), TestCase("--progress never > text", false)]
    [TestCase("--progress always | cat", true), TestCase("", false), CancelAfter(60_000)]
    public void Cat_draws_bars_only_where_they_are_in_nobodys_way(string rest, bool drawn)
    {
        using var scratch = Slow("slow.txt");
        var ran = Terminal.Run(80, scratch.Folder, $"cat slow.txt {Fake} {rest}");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Text.Contains("0/1 input", StringComparison.Ordinal), Is.EqualTo(drawn), ran.Text);
        Assert.That(ran.Text.Contains('\e', StringComparison.Ordinal), Is.EqualTo(drawn));
    }

    [Test, CancelAfter(60_000)]
    public void A_dumb_terminal_is_not_drawn_on()
    {
        using var scratch = Slow("slow.txt");
        var ran = Terminal.Run(80, scratch.Folder, $"unpack slow.txt -o out {Fake}", term: "dumb");
        Assert.That(ran.Text, Does.Not.Contain('\e').And.Contain("slow.txt: complete"));
    }

    [Test, CancelAfter(60_000)]
    public void Off_a_terminal_nothing_is_said_in_two_seconds()
    {
        using var scratch = Slow("slow.txt");
        var ran = Programs.Run(
            "unpack", scratch["slow.txt"], "-o", scratch["out"], "--progress", "always",
            "--worker-program", Programs.FakeWorker);
        Assert.That(ran.Stderr, Is.EqualTo("decryptor: slow.txt: complete, 40 B of text\n"));
    }

    [Test, CancelAfter(60_000)]
    public void Off_a_terminal_progress_is_a_plain_line_in_ten_seconds()
    {
        using var scratch = Slow("half-until-released.txt");
        using var process = Programs.Start([],
            ["cat", scratch["half-until-released.txt"], "--progress", "always",
                "--worker-program", Programs.FakeWorker]);
        var line = process.StandardError.ReadLine();
        File.WriteAllText(scratch["half-until-released.txt.release"], "");
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(line, Does.Match(@"^decryptor: 0/1 input · \d+ % · \d+ B/s · ETA [-\d]+:[-\d]+$"));
    }

    [TestCase("cat"), TestCase("unpack"), CancelAfter(60_000)]
    public void A_signal_asks_how_far_it_is_terminal_or_not(string verb)
    {
        using var scratch = Slow("half-until-released.txt");
        string[] place = verb == "unpack" ? ["-o", scratch["out"]] : [];
        using var process = Programs.Start([], [verb, scratch["half-until-released.txt"], .. place,
            "--progress", "never", "--worker-program", Programs.FakeWorker]);
        while (Proc.ChildrenOf(process.Id).Count == 0) Thread.Yield();
        var said = Ask(process, scratch["half-until-released.txt"]);
        Assert.That(said[0], Does.Match(
            @"^decryptor: half-until-released\.txt: \d+ B of 40 B read · \d+ % · \d+ B of text"));
        Assert.That(said[1], Does.StartWith("decryptor: 0/1 input · "));
    }

    // The first questions may come before a worker has the input in hand.
    static string[] Ask(System.Diagnostics.Process process, string input)
    {
        while (true)
        {
            Proc.Send(process.Id, Proc.SigUsr1);
            var line = process.StandardError.ReadLine()!;
            if (line.StartsWith("decryptor: 0/1", StringComparison.Ordinal)) continue;
            string[] said = [line, process.StandardError.ReadLine()!];
            File.WriteAllText(input + ".release", "");
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return said;
        }
    }

    static string Fake => $"--worker-program '{Programs.FakeWorker}'";

    static Scratch Slow(params string[] names)
    {
        var scratch = new Scratch();
        foreach (var name in names) scratch.Write(name, Encoding.UTF8.GetBytes(new string('x', 39) + "\n"));
        return scratch;
    }

    static IEnumerable<string> Lines(string picture) =>
        Moves().Replace(picture, "").Split('\n').Select(line => line.Trim('\r')).Where(line => line.Length > 0);

    [GeneratedRegex(@"\e\[\d*[AKJ]")]
    private static partial Regex Moves();
}
