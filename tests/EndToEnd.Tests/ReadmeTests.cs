using System.Text.RegularExpressions;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// A newcomer's five minutes, as the README tells them: each command is run, and says what is printed there. A lone
/// <c>…</c> stands for any lines, and within a line for anything.
/// </summary>
sealed class ReadmeTests
{
    [Test, CancelAfter(120_000)]
    public void The_first_five_minutes_go_as_they_are_told()
    {
        using var scratch = new Scratch();
        var here = Directory.CreateDirectory(scratch["clone"]).FullName;
        foreach (var name in new[] { "out", "tests" })
            Directory.CreateSymbolicLink(Path.Combine(here, name), Path.Combine(Programs.Root, name));
        if (!Directory.Exists(Path.Combine(Programs.Root, "out"))) Assert.Ignore("scripts/build has not been run");
        var steps = Steps().ToList();
        Assert.That(steps, Has.Count.GreaterThan(4));
        foreach (var (command, told) in steps)
        {
            var said = Shell.Run($"cd \"$1\" && {command} 2>&1", here).Text;
            Assert.That(said, Does.Match(Pattern(told)), $"$ {command}\n{said}");
        }
    }

    // To build is a test of its own.
    static IEnumerable<(string Command, string Told)> Steps() =>
        from block in Section("## Five minutes").Split("```console\n").Skip(1)
        from step in block.Split("\n```")[0].Split("$ ", StringSplitOptions.RemoveEmptyEntries)
        let line = step.IndexOf('\n', StringComparison.Ordinal)
        let command = line < 0 ? step : step[..line]
        where !command.StartsWith("scripts/", StringComparison.Ordinal)
        select (command, line < 0 ? "" : step[(line + 1)..].TrimEnd('\n'));

    static string Section(string title)
    {
        var readme = File.ReadAllText(Path.Combine(Programs.Root, "README.md"));
        return readme.Split(title + "\n")[1].Split("\n## ")[0];
    }

    static string Pattern(string told)
    {
        var lines = told.Split('\n').Select(line =>
            line == "…" ? "(.*\n)*" : Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal) + "\n");
        return $"^{string.Concat(lines)}$";
    }
}
