using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// Reads the lines that <see cref="Notation"/> writes of events: what it reads is decided alike. (Left out are words
/// that decide nothing: a worker's build and confinement, and the header that a key is asked for with.) It remembers
/// the jobs that it has been told of, and the policy that its lines have set.
/// </summary>
sealed class NotationReader
{
    readonly Dictionary<long, Job> _known = [];

    public Policy Policy { get; set; } = new() { Workers = 1 };

    /// <summary>A job as it is from now on, for events that name it.</summary>
    public void Learn(Job job) => _known[job.Id] = job;

    /// <summary>
    /// Reads a line; null for one that only tells something: <c>known {…}</c>, a job; <c>policy {…}</c> or
    /// <c>policy name value</c>.
    /// </summary>
    /// <exception cref="FormatException">It is not such a line.</exception>
    public Event? Read(string line)
    {
        var words = new Words(line);
        if (words.Take("known"))
        {
            Learn(NotedJson.JobFrom(words.Rest()));
            return null;
        }

        if (!line.StartsWith("policy changed", StringComparison.Ordinal) && words.Take("policy"))
        {
            Policy = PolicyFrom(words);
            return null;
        }

        var happened = EventFrom(words);
        words.End();
        return happened;
    }

    Policy PolicyFrom(Words words) =>
        words.Ahead is ['{', ..]
            ? NotedJson.PolicyFrom(words.Rest())
            : NotedJson.With(Policy, words.Word("a name"), words.Rest());

    Event EventFrom(Words words) =>
        words.Take("arrive") ? Arrived(words)
        : words.Take("input") ? Gone(words)
        : words.Take("answered") ? new Event.KeysAnswered(words.Attempt())
        : words.Take("stop") ? Stop(words)
        : words.Take("overslept") ? new Event.Overslept(Script.TimeFrom(words.Word("a time")))
        : words.Take("resize") ? new Event.ResizeAsked(words.Small("a number of workers"))
        : words.Take("roll") ? new Event.RollAsked()
        : words.Take("keys") ? KeysChanged(words)
        : words.Take("measured") ? new Event.Measured(Sizes(words))
        : words.Take("operator") ? Asked(words)
        : words.Take("policy") ? Changed(words)
        : words.Ahead is ['w', ..] ? OfWorker(words)
        : throw new FormatException($"nothing happens that is called {words.Rest()}");

    static Event.JobArrived Arrived(Words words)
    {
        var source = words.Word("a name");
        var bytes = words.Count("a length");
        var tenant = words.Take("tenant") ? words.Word("a tenant") : "";
        var place = words.Take("from") ? words.Word("a place") : source;
        var outside = words.Take("outside");
        return new(place, source, tenant, bytes, outside)
        {
            Ticket = words.Take("ticket") ? words.Count("a ticket") : null,
        };
    }

    static Event.InputGone Gone(Words words)
    {
        words.Need("gone");
        return new(words.Count("a job"));
    }

    static Event.StopAsked Stop(Words words)
    {
        if (!words.Take("at")) return new(false);
        words.Need("once");
        return new(true);
    }

    Event.KeysChanged KeysChanged(Words words)
    {
        var isMore = words.Take("more");
        if (!isMore) words.Need("changed");
        var starved = new List<Job>();
        while (!words.AtEnd) starved.Add(Known(words.Count("a job")));
        return new(starved, isMore);
    }

    Event.OperatorAsked Asked(Words words)
    {
        var word = words.Word("an act");
        if (!Enum.TryParse<OperatorAct>(word, ignoreCase: true, out var act) || !Enum.IsDefined(act))
            throw new FormatException($"no operator can ask for {word}");
        var job = Known(words.Count("a job"));
        words.Need("ticket");
        var ticket = words.Count("a ticket");
        var hasInput = !words.Take("no-input");
        words.Need("by");
        return new(act, job, words.Text(), ticket, hasInput);
    }

    Event.PolicyChanged Changed(Words words)
    {
        words.Need("changed");
        if (!words.AtEnd) Policy = NotedJson.PolicyFrom(words.Rest());
        return new(Policy);
    }

    Job Known(long id) => _known.TryGetValue(id, out var job)
        ? job
        : throw new FormatException($"nothing is known of job {id}; a line known {{…}} would tell it");

    static List<WorkerSize> Sizes(Words words)
    {
        var sizes = new List<WorkerSize>();
        while (!words.AtEnd) sizes.Add(new(words.Worker(), words.Count("a number of bytes")));
        return sizes;
    }

    static Event OfWorker(Words words)
    {
        var worker = words.Worker();
        if (words.Take("gone")) return new Event.WorkerGone(worker, words.Text());
        if (words.Take("broken")) return new Event.WorkerBroken(worker, words.Text());
        return words.Take("finished") ? Finished(words, worker) : new Event.WorkerSaid(worker, Said(words, worker));
    }

    static Message Said(Words words, Incarnation worker) =>
        words.Take("hello") ? Hello(words, worker)
        : words.Take("progress") ? Progress(words, worker)
        : words.Take("asks") ? Asks(words, worker)
        : words.Take("fingerprint") ? new Fingerprint(words.Attempt(worker), Hash(words))
        : throw new FormatException($"a worker cannot say {words.Rest()}");

    static Hello Hello(Words words, Incarnation worker)
    {
        var version = words.Ahead is [>= '0' and <= '9', ..] ? words.Small("a version") : Message.Version;
        var named = version == Message.Version ? worker : default;
        return new(version, words.Take("as") ? words.Worker() : named, "", "", "");
    }

    static Progress Progress(Words words, Incarnation worker)
    {
        var attempt = words.Attempt(worker);
        words.Need("in");
        var bytesIn = words.Count("bytes");
        words.Need("out");
        var bytesOut = words.Count("bytes");
        words.Need("cpu");
        return new(attempt, bytesIn, bytesOut, words.Count("microseconds")) { Blocks = Blocks(words) };
    }

    static BlockCount Blocks(Words words)
    {
        if (!words.Take("blocks")) return default;
        var total = words.Count("blocks");
        words.Need("ok");
        var ok = words.Count("blocks");
        words.Need("bad");
        return new(total, ok, words.Count("blocks"));
    }

    static KeyRequest Asks(Words words, Incarnation worker)
    {
        var attempt = words.Attempt(worker);
        var question = words.Small("a question");
        return new(attempt, question, words.AtEnd ? "" : words.Word("a format"), default);
    }

    static byte[] Hash(Words words)
    {
        var hash = words.Word("a hash");
        return hash.Length % 2 == 0 && hash.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hash)
            : throw new FormatException($"a hash is written in hexadecimal, not {hash}");
    }

    static Event.WorkerSaid Finished(Words words, Incarnation worker)
    {
        var attempt = words.Attempt(worker);
        var outcome = OutcomeFrom(words.Word("an outcome"));
        var code = words.Ahead is [>= 'A' and <= 'Z', ..] ? words.Word("a code") : "";
        var hasReport = !words.Take("no-report");
        var bytesIn = words.Take("in") ? words.Count("bytes") : 0;
        var bytesOut = words.Take("out") ? words.Count("bytes") : 0;
        var blocks = words.Take("blocks")
            ? new BlockCount(words.Count("all"), words.Count("good ones"), words.Count("bad ones"))
            : default;
        var hint = words.Take("hint") ? words.Word("a hint") : "";
        var text = words.Take("text") ? words.Text() : "";
        return new(worker, new Finished(attempt, outcome, code, text, hint, bytesIn, bytesOut, blocks), hasReport);
    }

    static Outcome OutcomeFrom(string word)
    {
        foreach (var outcome in Enum.GetValues<Outcome>())
            if (Report.Word(outcome) == word) return outcome;
        throw new FormatException($"no outcome is called {word}");
    }
}
