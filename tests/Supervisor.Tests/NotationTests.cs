using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests;

/// <summary>What the notation writes of events is read again, and decided alike.</summary>
sealed class NotationTests
{
    static readonly string[] _odd =
        ["", " ", "a b", "  two  ", "line\nbreak", "tab\t", @"back\slash", @"\e", @"\x41", "#", "----", "日志 📦.xlog",
            "\u001b[2J", "gnp.\u202Egolx", "half \ud800", "\udc00\ud800", "no-report", "tenant", "from", "outside",
            "text", "\u00a0", "\u2028", "{}", "e\u0301"];

    static IEnumerable<string> OddTexts()
    {
        foreach (var text in _odd) yield return text;
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
            yield return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4) switch
            {
                0 => (char)random.Next(0x20, 0x7f),
                1 => (char)random.Next(0, 0x10000),
                2 => ' ',
                _ => (char)random.Next(0, 0x100),
            }));
    }

    [Test]
    public void Any_text_is_one_word_of_one_line_and_is_read_again()
    {
        foreach (var text in OddTexts())
        {
            var word = Spelling.Word(text);
            Assert.That(word.Any(char.IsWhiteSpace), Is.False, word);
            Assert.That(Harmless.Text(word), Is.EqualTo(word));
            Assert.That(Spelling.Read(word), Is.EqualTo(text));
        }
    }

    [Test]
    public void Any_text_is_the_end_of_one_line_and_is_read_again()
    {
        foreach (var text in OddTexts())
        {
            var spelled = Spelling.Text(text);
            Assert.That(spelled, Is.EqualTo(spelled.Trim()));
            Assert.That(spelled.Where(c => char.IsWhiteSpace(c) && c != ' '), Is.Empty);
            Assert.That(Spelling.Read(spelled), Is.EqualTo(text));
        }
    }

    // Half characters come from nowhere: all that is in a job was UTF-8.
    static string Whole(string text) => string.Concat(text.Where(unit => !char.IsSurrogate(unit)));

    static Job SomeJob(Random random, string text) => SomeJobCalled(random, Whole(text));

    static Job SomeJobCalled(Random random, string text) => new()
    {
        Id = random.Next(1, 1000),
        Source = text,
        Tenant = text,
        Outside = random.Next(2) == 0 ? null : text,
        Bytes = random.NextInt64(),
        State = JobState.Failed,
        Attempts = random.Next(3),
        Deaths = random.Next(3),
        Outages = random.Next(3),
        Worker = random.Next(2) == 0 ? null : new(1, random.Next(1, 9)),
        Sha256 = random.Next(2) == 0 ? "" : new string('a', 64),
        Arrived = SomeTime(random),
        Started = random.Next(2) == 0 ? null : SomeTime(random),
        Ended = SomeTime(random),
        Outcome = Outcome.Failed,
        Code = "KEY_MISSING",
        Text = text,
        Hint = text,
        BytesOut = random.Next(5),
        Blocks = new(3, 2, 1),
    };

    static DateTimeOffset SomeTime(Random random) => new(random.NextInt64(1L << 59, 1L << 60), TimeSpan.Zero);

    static IEnumerable<Message> Messages(Random random, string text)
    {
        var attempt = new Attempt(random.Next(1, 99), random.Next(1, 4), new(random.Next(1, 3), random.Next(1, 9)));
        yield return new Hello(Message.Version, attempt.Worker, "", "", "");
        yield return new Hello(Message.Version + 1, default, "", "", "");
        yield return new Progress(attempt, random.NextInt64(), 0, random.Next());
        yield return new Progress(attempt, 1, 2, 3) { Blocks = new(random.Next(1, 99), random.Next(), 2) };
        yield return new KeyRequest(attempt, random.Next(), text, default);
        yield return new Fingerprint(attempt, new byte[] { 0xab, 1, (byte)random.Next(256) });
        yield return new Finished(attempt, Outcome.Complete, "", "", "", 0, 0, default);
        yield return new Finished(attempt, Outcome.Partial, "DAMAGED", text, text, 5, random.Next(), new(9, 8, 1));
        yield return new Finished(attempt, Outcome.Failed, "EMPTY", text, "", 0, 7, default);
    }

    static IEnumerable<Event> Events(Random random, string text)
    {
        var worker = new Incarnation(random.Next(1, 3), random.Next(1, 9));
        yield return new Event.JobArrived(text, text, text, random.NextInt64(), random.Next(2) == 0);
        yield return new Event.JobArrived("t/" + text, text, "t", 0, false);
        yield return new Event.JobArrived(text, text, "", 1, false) { Ticket = random.Next(1, 99) };
        yield return new Event.InputGone(random.NextInt64());
        foreach (var message in Messages(random, text))
            yield return new Event.WorkerSaid(worker, message, message is Finished && random.Next(2) == 0);
        yield return new Event.KeysAnswered(new(3, 1, worker));
        yield return new Event.WorkerBroken(worker, text);
        yield return new Event.WorkerGone(worker, text);
        yield return new Event.StopAsked(false);
        yield return new Event.StopAsked(true);
        yield return new Event.Measured([new(worker, random.NextInt64()), new(new(9, 9), 0)]);
        yield return new Event.Measured([]);
        yield return new Event.OperatorAsked(
            (OperatorAct)random.Next(3), SomeJob(random, text), text, random.NextInt64(), random.Next(2) == 0);
        yield return new Event.PolicyChanged(new()
        {
            Workers = 7,
            PenaltyTime = TimeSpan.FromTicks(random.NextInt64(1L << 50)),
            Weights = new Dictionary<string, int> { [Whole(text)] = 3 },
            Limits = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        });
        yield return new Event.ResizeAsked(random.Next(-5, 5));
        yield return new Event.RollAsked();
        yield return new Event.Overslept(TimeSpan.FromTicks(random.NextInt64(1L << 40)));
        yield return new Event.KeysChanged([]);
        yield return new Event.KeysChanged([SomeJob(random, text)]);
        yield return new Event.KeysChanged([SomeJob(random, text)], IsMore: true);
    }

    [Test]
    public void Every_event_is_read_as_it_was_written()
    {
        var random = new Random(3);
        foreach (var text in OddTexts().Where(text => text.Length < 40))
            foreach (var happened in Events(random, text)) AssertReadAgain(happened);
    }

    static void AssertReadAgain(Event happened)
    {
        var reader = new NotationReader();
        var lines = Notation.Lines(happened).ToList();
        var read = lines.Select(reader.Read).OfType<Event>().Single();
        Assert.That(lines, Has.None.Contains("\n"));
        Assert.That(Bare(read), Is.EqualTo(Bare(happened)), string.Join('\n', lines));
        Assert.That(Notation.Lines(read), Is.EqualTo(lines));
    }

    // Records compare their lists by reference; so what is in lists is compared as text.
    static object Bare(Event happened) => happened switch
    {
        Event.KeysChanged changed => changed.IsMore + string.Join('\n', changed.Starved),
        Event.Measured measured => string.Join('\n', measured.Sizes),
        Event.PolicyChanged { Policy: var policy } =>
            policy with { Weights = new Dictionary<string, int>() } + string.Join(' ', policy.Weights),
        Event.WorkerSaid { Message: Fingerprint print } => Convert.ToHexString(print.Sha256.Span),
        _ => happened,
    };

    [Test]
    public void Every_kind_of_event_was_tried()
    {
        var tried = Events(new(1), "a").Select(happened => happened.GetType()).ToHashSet();
        Assert.That(typeof(Event).GetNestedTypes(System.Reflection.BindingFlags.NonPublic)
            .Where(type => type.IsSubclassOf(typeof(Event))).Except(tried), Is.Empty);
    }

    [Test]
    public void What_a_line_of_JSON_leaves_out_is_as_usual()
    {
        var reader = new NotationReader();
        reader.Read("""known {"id":7,"source":"a","code":"KEY_MISSING"}""");
        var changed = (Event.KeysChanged)reader.Read("keys changed 7")!;
        Assert.That(changed.Starved.Single(), Is.EqualTo(new Job { Id = 7, Source = "a", Code = "KEY_MISSING" }));
        reader.Read("""policy {"workers":3}""");
        Assert.That(reader.Policy with { Weights = new Policy().Weights }, Is.EqualTo(new Policy() { Workers = 3 } with
        {
            Weights = new Policy().Weights,
        }).Using<Policy>((a, b) => a.ToString() == b.ToString()));
    }

    [Test]
    public void A_policy_may_be_told_by_the_number()
    {
        var reader = new NotationReader();
        foreach (var line in new[] { "policy workers 4", "policy questions 2", "policy frameWithin 1.5s" })
            Assert.That(reader.Read(line), Is.Null);
        Assert.That(reader.Policy.Workers, Is.EqualTo(4));
        Assert.That(reader.Policy.Limits.Questions, Is.EqualTo(2));
        Assert.That(reader.Policy.FrameWithin, Is.EqualTo(TimeSpan.FromSeconds(1.5)));
        Assert.That(((Event.PolicyChanged)reader.Read("policy changed")!).Policy, Is.SameAs(reader.Policy));
    }

    [TestCase(""), TestCase("nonsense"), TestCase("arrive"), TestCase("arrive a"), TestCase("arrive a b")]
    [TestCase("arrive a 1 nonsense"), TestCase("arrive a 99999999999999999999"), TestCase(@"arrive a\ 1")]
    [TestCase(@"arrive \xg1 1"), TestCase(@"arrive \u12 1"), TestCase("w1 hello"), TestCase("w1.1")]
    [TestCase("w0.1 gone")]
    [TestCase("w1.1 says"), TestCase("w1.1 progress 1"), TestCase("w1.1 progress 1-1 in x out 0 cpu 0")]
    [TestCase("w1.1 finished 1-1 well"), TestCase("w1.1 fingerprint 1-1 abc"), TestCase("answered 1-1@w1")]
    [TestCase("keys changed 7"), TestCase("keys"), TestCase("stop at"), TestCase("stop it"), TestCase("roll on")]
    [TestCase("resize 99999999999"), TestCase("operator dance 1 ticket 1 by a"), TestCase("operator 1 1 ticket 1 by a")]
    [TestCase("known 7"), TestCase("known {"), TestCase("""known {"id":7,"sauce":"a"}"""), TestCase("known null")]
    [TestCase("policy nonsense 3"), TestCase("policy workers many"), TestCase("policy workers"), TestCase("policy {")]
    [TestCase("""policy {"workers":"many"}"""), TestCase("policy frameWithin 3"), TestCase("policy changed {")]
    [TestCase("policy frameWithin -3s"), TestCase("policy frameWithin 99999999999999s"), TestCase("changed")]
    public void What_is_no_line_of_the_notation_is_said_to_be_none(string line) =>
        Assert.That(() => new NotationReader().Read(line), Throws.TypeOf<FormatException>());
}
