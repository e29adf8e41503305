using System.Runtime.CompilerServices;

namespace Decryptor.Protocol.Tests;

/// <summary>What others build on besides the wire: names, failure codes, and the shape of the report.</summary>
sealed class ContractTests
{
    static readonly (string Names, int ExitCode)[] Codes =
    [
        ("EMPTY UNKNOWN_FORMAT UNSUPPORTED DAMAGED TRUNCATED NOT_AUTHENTIC UNSAFE_MEMBER", 65),
        ("NO_INPUT", 66),
        ("KEY_MISSING KEY_NO_MATCH", 77),
        ("LIMIT_OUTPUT LIMIT_RATIO LIMIT_MEMBERS LIMIT_DEPTH LIMIT_NAME LIMIT_TIME LIMIT_MEMORY LIMIT_KDF", 76),
        ("POISON", 75),
        ("DISK_FULL", 73),
        ("IO_ERROR", 74),
        ("NOT_RUNNING", 69),
        ("CANCELLED", 130),
        ("INTERNAL", 70),
    ];

    [Test]
    public void The_failure_codes_are_the_closed_list_with_its_exit_codes()
    {
        var wanted = Codes.SelectMany(row => row.Names.Split(' ').Select(name => (name, row.ExitCode)));
        Assert.That(FailureCode.All.Select(code => (code.Name, code.ExitCode)), Is.EqualTo(wanted));
    }

    [Test]
    public void Every_failure_code_has_a_sentence_and_is_found_by_its_name()
    {
        foreach (var code in FailureCode.All)
        {
            Assert.That(code.Sentence, Has.Length.GreaterThan(20));
            Assert.That(code.Sentence, Does.Not.EndWith(".").And.Not.StartWith(" "));
            Assert.That(FailureCode.Find(code.Name), Is.SameAs(code));
            Assert.That(code.ToString(), Is.EqualTo(code.Name));
        }

        Assert.That(FailureCode.Find("empty"), Is.Null);
    }

    [TestCase("w1.1", 1, 1)]
    [TestCase("w3.7", 3, 7)]
    [TestCase("w2147483647.9223372036854775807", int.MaxValue, long.MaxValue)]
    public void A_worker_s_name_is_read_as_it_is_written(string text, int slot, long number)
    {
        Assert.That(Incarnation.TryParse(text, out var worker), Is.True);
        Assert.That(worker, Is.EqualTo(new Incarnation(slot, number)));
        Assert.That(worker.ToString(), Is.EqualTo(text));
    }

    [TestCase("")]
    [TestCase("w")]
    [TestCase("w.7")]
    [TestCase("w3")]
    [TestCase("w3.")]
    [TestCase("3.7")]
    [TestCase("x3.7")]
    [TestCase("w0.7")]
    [TestCase("w3.0")]
    [TestCase("w-3.7")]
    [TestCase("w+3.7")]
    [TestCase("w3.7 ")]
    [TestCase(" w3.7")]
    [TestCase("w3.7.1")]
    [TestCase("w3.7/../..")]
    [TestCase("w2147483648.1")]
    [TestCase("w1.9223372036854775808")]
    public void Anything_else_is_no_worker_s_name(string text) =>
        Assert.That(Incarnation.TryParse(text, out _), Is.False);

    [Test]
    public void A_report_is_written_in_these_very_bytes_and_read_back()
    {
        var json = Sample().ToJson();
        if (Environment.GetEnvironmentVariable("REWRITE") == "1") File.WriteAllBytes(Golden(), json);
        Assert.That(System.Text.Encoding.UTF8.GetString(json), Is.EqualTo(File.ReadAllText(Golden())));
        Assert.That(Report.FromJson(json).ToJson(), Is.EqualTo(json));
    }

    [TestCase(Outcome.Complete, "complete")]
    [TestCase(Outcome.Partial, "partial")]
    [TestCase(Outcome.Failed, "failed")]
    public void An_outcome_has_one_word(Outcome outcome, string word) =>
        Assert.That(Report.Word(outcome), Is.EqualTo(word));

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("")]
    public void What_is_no_report_is_refused(string json) =>
        Assert.That(() => Report.FromJson(System.Text.Encoding.UTF8.GetBytes(json)),
            Throws.InstanceOf<System.Text.Json.JsonException>());

    [Test]
    public void Facts_come_back_as_they_were_written_and_may_be_absent()
    {
        var report = Sample() with { Files = [Delivered() with { Facts = SomeFacts() }, Undelivered()] };
        var read = Report.FromJson(report.ToJson());
        Assert.That(read.ToJson(), Is.EqualTo(report.ToJson()));
        Assert.That(read.Files[1].Facts, Is.Null);
        var blocks = read.Files[0].Facts!.Blocks!;
        Assert.That(blocks.ClientKeys, Is.EqualTo(new[] { new ClientKeySeen("0fa0", 9, 8) }));
        Assert.That(blocks.Hours!.Seen, Is.EqualTo(new[] { 9, 10 }));
        Assert.That(read.Files[0].Facts!.Traces, Is.EqualTo(new[] { new TraceFound(Trace.ZeroTail, 7, 512) }));
    }

    [Test]
    public void The_traces_are_a_closed_list()
    {
        const string names = "textMode reencoded base64 zeroTail zeroHole allZeros bufferFile repeated overlap joined";
        Assert.That(Trace.All, Is.EqualTo(names.Split(' ')));
    }

    static Facts SomeFacts() => new()
    {
        Length = 4096,
        Recipients = [new("X25519", 2)],
        Blocks = new() { Framed = 9, Sealed = 9, Hours = new(9, 10, [9, 10]), ClientKeys = [new("0fa0", 9, 8)] },
        Traces = [new(Trace.ZeroTail, 7, 512)],
    };

    static Report Sample() => new()
    {
        Id = "17",
        Source = "Ünfall <1>\u202e\u061c 日志.zip",
        Tenant = "shop",
        State = "Completed",
        Outcome = "partial",
        Code = "DAMAGED",
        Message = "1 of 2 files is damaged",
        Hint = "ask the sender for the file again",
        Attempts = 2,
        Worker = "w3.7",
        BytesIn = 120_000,
        BytesOut = 900_000,
        Seconds = 0.25,
        Files = [Delivered(), Undelivered()],
    };

    static ReportedFile Delivered() => new()
    {
        Path = "boot.log",
        Source = "logs/boot.xlog",
        Format = "zip>xlog",
        Key = "main",
        Bytes = 900_000,
        Sha256 = new('a', 64),
        Outcome = "partial",
        Code = "DAMAGED",
        Blocks = new(9, 7, 2),
        Gaps = [new(4096, 512, "could not be inflated")],
        Warnings = ["NOT_TEXT"],
    };

    static ReportedFile Undelivered() => new()
    {
        Source = "logs/../evil",
        Format = "zip",
        Outcome = "failed",
        Code = "UNSAFE_MEMBER",
    };

    static string Golden([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "golden/report.json");
}
