using System.Globalization;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>
/// Reads a play: lines of events in the journal's notation, then <c>----</c>, then the turn that must follow. All
/// events above one line of dashes are one step. <c>wait 5s</c> lets time pass before it; <c>policy</c> lines come
/// first.
/// </summary>
sealed class Play
{
    static readonly DateTimeOffset _curtain = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    readonly List<Job> _failed = [];
    Policy _policy = new() { Workers = 1 };
    Scheduler? _scheduler;
    DateTimeOffset _now = _curtain;

    /// <summary>The play with what really follows below each line of dashes.</summary>
    public static string Perform(string script)
    {
        var play = new Play();
        var performed = new StringBuilder();
        foreach (var scene in script.ReplaceLineEndings("\n").Split("\n\n"))
        {
            if (performed.Length > 0) performed.Append("\n\n");
            performed.Append(play.Scene(scene.TrimEnd('\n')));
        }

        return performed.Append('\n').ToString();
    }

    string Scene(string scene)
    {
        var dashes = scene.IndexOf("----", StringComparison.Ordinal);
        if (dashes < 0)
        {
            foreach (var line in scene.Split('\n').Where(line => line.StartsWith("policy ", StringComparison.Ordinal)))
                SetPolicy(line.Split(' '));
            return scene;
        }

        var events = new List<Event>();
        foreach (var line in scene[..dashes].Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
            if (Read(line) is { } happened) events.Add(happened);
        _scheduler ??= new(_policy, new());
        return scene[..dashes] + "----\n" + Text(_scheduler.Step(_now, events));
    }

    string Text(Turn turn)
    {
        _failed.AddRange(
            turn.Rows.OfType<Row.JobIs>().Select(row => row.Job).Where(job => job.State == JobState.Failed));
        var lines = Notation.Lines(turn).Select(line => "  " + line).ToList();
        if (turn.WakeAt is { } at)
        {
            var pause = Math.Max(0, (at - _now).TotalSeconds);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  wake   {pause:0.###}s"));
        }

        return string.Join('\n', lines.DefaultIfEmpty("  nothing"));
    }

    void SetPolicy(string[] words) => _policy = words[1] switch
    {
        "workers" => _policy with { Workers = Number(words[2]) },
        "questions" => _policy with { Limits = _policy.Limits with { Questions = Number(words[2]) } },
        _ => throw new FormatException($"no policy {words[1]}"),
    };

    Event? Read(string line)
    {
        var words = line.Split(' ');
        switch (words[0])
        {
            case "wait":
                _now += TimeSpan.FromSeconds(double.Parse(words[1].TrimEnd('s'), CultureInfo.InvariantCulture));
                return null;
            case "arrive":
                var tenant = words.Contains("tenant") ? words[4] : "";
                return new Event.JobArrived(words[1], words[1], tenant, Number(words[2]), words.Contains("outside"));
            case "stop": return new Event.StopAsked(words.Length > 1);
            case "roll": return new Event.RollAsked();
            case "resize": return new Event.ResizeAsked(int.Parse(words[1], CultureInfo.InvariantCulture));
            case "input": return new Event.InputGone(Number(words[2]));
            case "answered": return new Event.KeysAnswered(AttemptOf(words[1]));
            case "keys": return new Event.KeysChanged([.. words[2..].Select(Failed)]);
            default: return OfWorker(words, line);
        }
    }

    Job Failed(string id) => _failed.Last(job => job.Id == Number(id));

    static Event OfWorker(string[] words, string line)
    {
        if (!Incarnation.TryParse(words[0], out var worker)) throw new FormatException($"not a line of a play: {line}");
        var rest = string.Join(' ', words[2..]);
        return words[1] switch
        {
            "gone" => new Event.WorkerGone(worker, rest),
            "broken" => new Event.WorkerBroken(worker, rest),
            _ => new Event.WorkerSaid(worker, Said(words, worker), !words.Contains("no-report")),
        };
    }

    static Message Said(string[] words, Incarnation worker) => words[1] switch
    {
        "hello" => new Hello(words.Length > 2 ? Number(words[2]) : Message.Version, worker, "0.1.0", "jit", ""),
        "progress" => new Progress(AttemptOf(words[2], worker), Number(words[4]), Number(words[6]), Number(words[8])),
        "asks" => new KeyRequest(AttemptOf(words[2], worker), Number(words[3]), "xlog", new byte[64]),
        "finished" => new Finished(AttemptOf(words[2], worker), Enum.Parse<Outcome>(words[3], true),
            words.Length > 4 && words[4] != "no-report" ? words[4] : "", "", "", 0, 0, default),
        _ => throw new FormatException($"a worker cannot say {words[1]}"),
    };

    static Attempt AttemptOf(string text, Incarnation worker = default)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && !Incarnation.TryParse(text.AsSpan(at + 1), out worker))
            throw new FormatException($"no attempt: {text}");
        var parts = (at < 0 ? text : text[..at]).Split('-');
        return new(Number(parts[0]), Number(parts[1]), worker);
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
