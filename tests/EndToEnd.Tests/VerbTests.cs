using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary>The commands that need no worker, as the program that is shipped has them.</summary>
sealed class VerbTests
{
    [Test, CancelAfter(60_000)]
    public void Explain_tells_of_a_code_in_the_language_of_the_environment()
    {
        var english = Programs.Run(Locale("C"), "explain", "key-no-match");
        Assert.That((english.ExitCode, english.Stderr), Is.EqualTo((0, "")));
        Assert.That(english.Text, Does.StartWith("KEY_NO_MATCH\n").And.Contain("exit code:   77"));
        var chinese = Programs.Run(Locale("zh_CN.UTF-8"), "explain", "KEY_NO_MATCH");
        Assert.That(chinese.Text, Does.Contain("怎么办"));
        Assert.That(Programs.Run("explain", "KEY_NO_MATCH", "--lang", "zh").Text, Is.EqualTo(chinese.Text));
    }

    [TestCase(new[] { "explain", "--json" }, 24, "failureCode")]
    [TestCase(new[] { "explain", "DAMAGED", "--json" }, 1, "failureCode")]
    [TestCase(new[] { "explain", "exit-codes", "--json" }, 16, "exitCode")]
    [TestCase(new[] { "config", "show", "--json" }, 33, "setting")]
    [TestCase(new[] { "--version", "--json" }, 1, "version")]
    [CancelAfter(60_000)]
    public void Json_is_a_line_an_object_with_its_type(string[] call, int count, string type)
    {
        var ran = Programs.Run(call);
        var lines = ran.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(ran.ExitCode, Is.Zero, ran.Stderr);
        Assert.That(lines, Has.Length.EqualTo(count));
        foreach (var line in lines)
        {
            using var parsed = JsonDocument.Parse(line);
            Assert.That(parsed.RootElement.GetProperty("type").GetString(), Is.EqualTo(type));
        }
    }

    [TestCase(new[] { "explain", "DAMAGD" }, "did you mean DAMAGED?")]
    [TestCase(new[] { "explian", "DAMAGED" }, "did you mean decryptor explain?")]
    [TestCase(new[] { "cat", "a", "--keyz", "b" }, "did you mean --keys?")]
    [TestCase(new[] { "a.xlog", "--keyz=b" }, "did you mean --keys?")]
    [TestCase(new[] { "jobs", "--spol", "b" }, "did you mean --spool?")]
    [TestCase(new[] { "keys", "lsit" }, "did you mean list?")]
    [TestCase(new[] { "help", "keis" }, "did you mean keys?")]
    [TestCase(new[] { "keys" }, "decryptor keys --help")]
    [CancelAfter(60_000)]
    public void A_slip_of_the_pen_is_told_with_what_was_meant(string[] call, string hint)
    {
        var ran = Programs.Run(call);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((2, "")), ran.Stderr);
        Assert.That(ran.Stderr.Split('\n')[1], Does.StartWith("decryptor: hint: ").And.Contain(hint));
    }

    [Test, CancelAfter(60_000)]
    public void A_file_with_a_name_near_to_a_command_is_printed()
    {
        using var scratch = new Scratch();
        scratch.Write("explian", "hello\n"u8.ToArray());
        var ran = Shell.Run("cd \"$1\" && \"$2\" explian", scratch.Folder, Programs.Supervisor);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((0, "hello\n")), ran.Stderr);
    }

    [Test, CancelAfter(60_000)]
    public void Version_tells_what_was_built_and_the_worker_answers_for_itself()
    {
        var ran = Programs.Run("--version");
        var lines = ran.Text.TrimEnd('\n').Split('\n');
        Assert.That(ran.ExitCode, Is.Zero, ran.Stderr);
        Assert.That(lines.Select(line => line.Split(' ')[0]),
            Is.EqualTo(new[] { "decryptor", "commit", "runtime", "system", "worker", "secp256k1" }));
        Assert.That(lines[4],
            Does.Match(@"\d+\.\d+\.\d+ for (x86-64|x86-64-v3|jit), protocol \d+, .*decryptor-worker"));
    }

    [Test, CancelAfter(60_000)]
    public void Config_check_returns_78_with_file_line_and_setting()
    {
        using var scratch = new Scratch();
        var wrong = scratch.Write("wrong.json", "{\n  \"limits\": { \"ratioMx\": 3 }\n}"u8.ToArray());
        var ran = Programs.Run("config", "check", wrong);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((78, "")));
        Assert.That(ran.Stderr, Does.Contain($"{wrong} line 2: there is no setting limits.ratioMx")
            .And.Contain("did you mean limits.ratioMax?"));
        var outside = scratch.Write("outside.json", "{ \"workers\": 257 }"u8.ToArray());
        Assert.That(Programs.Run("config", "check", outside).Stderr,
            Does.Contain($"{outside}: workers is 257; 1 to 256 is allowed"));
        Assert.That(Programs.Run("config", "check", outside, "--json").ExitCode, Is.EqualTo(78));
        var right = scratch.Write("right.json", "{ \"workers\": 256 }"u8.ToArray());
        Assert.That(Programs.Run("config", "check", right).ExitCode, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void Config_show_tells_where_each_value_comes_from()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("c.json", "{ \"workers\": 3, \"limits\": { \"depthMax\": 7 } }"u8.ToArray());
        var ring = new Dictionary<string, string> { ["DECRYPTOR_KEYS"] = "/srv/ring" };
        var ran = Programs.Run(ring, "config", "show", file);
        Assert.That(ran.Text, Does.Match($@"(?m)^workers +3 +file {file}$").And.Match(@"(?m)^limits\.depthMax +7 +file")
            .And.Match("(?m)^keys +/srv/ring +environment DECRYPTOR_KEYS$")
            .And.Match(@"(?m)^limits\.ratioMax +200 +default$"));
    }

    [Test, CancelAfter(60_000)]
    public void Manual_pages_are_sound_and_fit_80_columns()
    {
        if (Shell.Run("command -v groff").ExitCode != 0) Assert.Ignore("groff is not installed");
        using var scratch = new Scratch();
        Assert.That(Programs.Run("man", scratch["man"]).ExitCode, Is.Zero);
        foreach (var page in Directory.GetFiles(scratch["man"]))
        {
            var ran = Shell.Run("groff -man -ww -Tutf8 -rLL=78n -P-cbou \"$1\"", page);
            Assert.That((ran.ExitCode, ran.Stderr), Is.EqualTo((0, "")), page);
            Assert.That(ran.Text.Split('\n'), Has.All.Length.LessThanOrEqualTo(80), page);
        }
    }

    [Test, CancelAfter(60_000)]
    public void Colour_is_for_terminals_and_for_whom_it_was_asked()
    {
        Assert.That(Programs.Run("explain", "DAMAGED").Text, Does.Not.Contain('\e'));
        Assert.That(Programs.Run("--color=always", "explain", "DAMAGED").Text, Does.Contain("\e[1mDAMAGED\e[0m"));
        Assert.That(Programs.Run("explain", "DAMAGED", "--color=always").Text, Does.Contain('\e'));
        const string onTerminal = "TERM=xterm script -qec \"$1 explain DAMAGED\" /dev/null";
        Assert.That(Shell.Run(onTerminal, Programs.Supervisor).Text, Does.Contain('\e'));
        Assert.That(Shell.Run("TERM=dumb script -qec \"$1 explain DAMAGED\" /dev/null", Programs.Supervisor).Text,
            Does.Not.Contain('\e'));
        Assert.That(Shell.Run($"NO_COLOR=1 {onTerminal}", Programs.Supervisor).Text, Does.Not.Match("\e\\[[0-9]+m"));
    }

    static Dictionary<string, string> Locale(string name) => new() { ["LC_ALL"] = name };
}
