using System.CommandLine;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor replay FILE</c>: an incident, as the flight recorder keeps them, through the scheduler of this program.
/// What is printed is a play: what happened, and the turn that follows. Where the file holds turns already, those that
/// come out otherwise are told on stderr, and the exit code is 1.
/// </summary>
static class ReplayCommand
{
    const long FileMax = 256L << 20;
    const int LineMax = 32 << 20;
    const int DifferencesShown = 10;

    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "a segment of SPOOL/run/flight, or a play" };
        var all = new Option<bool>("--all") { Description = "print the steps too in which only time passes" };
        var last = new Option<long?>("--last") { Description = "print the last N steps alone", HelpName = "N" };
        last.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() < 1) result.AddError("--last takes a number from 1 on");
        });
        var command = new Command("replay", "show what the scheduler decided in an incident, step by step")
        {
            file, last, all,
        };
        command.SetAction(parsed => Replay(parsed.GetValue(file)!, parsed.GetValue(last), parsed.GetValue(all)));
        return command;
    }

    static int Replay(string path, long? last, bool all)
    {
        if (Directory.Exists(path))
            return Talk.Error($"{path} is a directory", "name one of the files in it", FailureCode.NoInput.ExitCode);
        if (!File.Exists(path)) return Talk.Error($"there is no file {path}", "", FailureCode.NoInput.ExitCode);
        if (new FileInfo(path).Length > FileMax)
            return Talk.Error(
                $"{path} is larger than {StatusText.Size(FileMax)}",
                "it may be cut at an empty line above a line that begins with at", FailureCode.LimitOutput.ExitCode);
        using var stdout = new StreamWriter(new StandardStream(1), new UTF8Encoding(false), 1 << 16);
        var first = last is { } steps ? Math.Max(0, StepsIn(path) - steps) : 0;
        var script = new Script(stdout) { LeaveOutQuiet = !all, LeaveOutFirst = first };
        var failed = Perform(script, path);
        stdout.Flush();
        if (failed is not null)
            return Talk.Error($"{path}, line {failed.Line}: {failed.Message}", "", FailureCode.Damaged.ExitCode);
        return Compare(path, script);
    }

    // As far as it goes: what stops it is told when it is printed.
    static long StepsIn(string path)
    {
        var counted = new Script(TextWriter.Null);
        _ = Perform(counted, path);
        return counted.Steps;
    }

    static ScriptException? Perform(Script script, string path)
    {
        try
        {
            script.Perform(ReplayLines.Of(path, LineMax));
            return null;
        }
        catch (ScriptException e)
        {
            return e;
        }
    }

    static int Compare(string path, Script script)
    {
        foreach (var difference in script.Differences.Take(DifferencesShown))
        {
            Talk.Say($"{path}, line {difference.Line}: another turn follows than is written there");
            foreach (var line in difference.Written.Except(difference.Follows)) Talk.Say($"  written: {line.Trim()}");
            foreach (var line in difference.Follows.Except(difference.Written)) Talk.Say($"  follows: {line.Trim()}");
        }

        if (script.Differences.Count > DifferencesShown)
            Talk.Say($"… and {script.Differences.Count - DifferencesShown} more");
        return script.Differences.Count > 0 ? 1 : 0;
    }
}

/// <summary>The lines of a file that may be anything, none of them too long.</summary>
static class ReplayLines
{
    /// <exception cref="ScriptException">A line is too long, or no text.</exception>
    public static IEnumerable<string> Of(string path, int lengthMax)
    {
        using var text = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true), false);
        var line = new StringBuilder();
        var buffer = new char[1 << 14];
        var number = 1;
        while (Read(text, buffer, number) is > 0 and var count)
        {
            var rest = buffer.AsMemory(0, count);
            for (int end; (end = rest.Span.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
            {
                line.Append(rest[..end]);
                yield return Taken(line);
                number++;
            }

            line.Append(rest);
            if (line.Length > lengthMax) throw new ScriptException(number, $"it has more than {lengthMax} characters");
        }

        // Who was killed while writing leaves half a line, which says nothing.
    }

    static int Read(StreamReader text, char[] buffer, int line)
    {
        try
        {
            return text.Read(buffer);
        }
        catch (DecoderFallbackException e)
        {
            throw new ScriptException(line, "it is no text in UTF-8, or one of the lines behind it is not", e);
        }
    }

    static string Taken(StringBuilder line)
    {
        var taken = line.ToString();
        line.Clear();
        return taken.TrimEnd('\r');
    }
}
