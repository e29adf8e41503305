using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// Each failure code of the closed list, by a real package or a real mishap: who reads the words learns what happened,
/// to which file, where, and what to do.
/// </summary>
sealed class TroubleTests
{
    static readonly TroubleMaker Maker = new(4711);

    // What is no package's fault, and the fixture that brings it about.
    static readonly Dictionary<string, string> Mishaps = new()
    {
        ["NO_INPUT"] = nameof(TroubleTests),
        ["IO_ERROR"] = nameof(TroubleTests),
        ["NOT_RUNNING"] = nameof(TroubleTests),
        ["INTERNAL"] = nameof(TroubleTests),
        ["POISON"] = nameof(DeathTests),
        ["DISK_FULL"] = nameof(DiskFullTests),
        ["CANCELLED"] = nameof(OperatorTests),
    };

    static IEnumerable<TestCaseData> Packages() =>
        Maker.All().Select(trouble => new TestCaseData(trouble) { TestName = $"{trouble.Code}: {trouble.Name}" });

    [Test]
    public void Every_code_has_a_package_or_a_mishap() => Assert.That(
        Maker.All().Select(trouble => trouble.Code).Concat(Mishaps.Keys),
        Is.EquivalentTo(FailureCode.All.Select(code => code.Name)));

    [TestCaseSource(nameof(Packages)), CancelAfter(120_000)]
    public void A_package_ends_with_its_code_and_words_for_a_person(object made)
    {
        var trouble = (Trouble)made;
        using var scratch = new Scratch();
        var file = scratch.Write(trouble.Name, trouble.Bytes);
        scratch.Write("settings.json", System.Text.Encoding.UTF8.GetBytes(trouble.Settings ?? "{}"));
        var ran = Programs.Run(
            "unpack", file, "-o", scratch["out"], "--keys", scratch.Ring([.. Maker.Ring]),
            "--config", scratch["settings.json"]);
        var report = Serving.ReadReport(scratch["out/" + trouble.Name]);
        TestContext.Out.WriteLine(ran.Stderr);
        Assert.That(report.Code, Is.EqualTo(trouble.Code), ran.ToString());
        var code = FailureCode.Find(trouble.Code)!;
        Assert.That(ran.ExitCode, Is.EqualTo(report.Outcome == "partial" ? 3 : code.ExitCode), ran.ToString());
        AssertForAPerson(ran, trouble.Name, trouble.Code);
        Assert.That(report.Message, Is.Not.Empty);
        Assert.That(report.Hint, Is.Not.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void A_file_that_is_not_there_and_one_that_cannot_be_read_have_their_codes()
    {
        using var scratch = new Scratch();
        var missing = Programs.Run("unpack", scratch["missing.xlog"], "-o", scratch["out"]);
        Assert.That(missing.ExitCode, Is.EqualTo(66), missing.ToString());
        AssertForAPerson(missing, "missing.xlog", "NO_INPUT");
        // The kernel lets it be opened, and has nothing to read at its beginning.
        var broken = Programs.Run("cat", "/proc/self/mem");
        Assert.That(broken.ExitCode, Is.EqualTo(74), broken.ToString());
        AssertForAPerson(broken, "/proc/self/mem", "IO_ERROR");
    }

    [Test, CancelAfter(60_000)]
    public void A_question_to_a_service_that_does_not_run_is_answered_so()
    {
        using var scratch = new Scratch();
        var spool = Directory.CreateDirectory(scratch["spool"]).FullName;
        var asked = Programs.Run("jobs", "retry", "1", "--spool", spool);
        Assert.That(asked.ExitCode, Is.EqualTo(69), asked.ToString());
        Assert.That(asked.Stderr, Does.Contain("no service runs on").And.Contain("hint: "));
    }

    [Test, CancelAfter(60_000)]
    public void A_failure_without_a_reason_is_called_ours()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--worker-program", Programs.FakeWorker, "--workers", "1"]);
        service.AwaitServing(workers: 1);
        Serving.Drop(scratch, "no-reason.txt", "text\n"u8.ToArray());
        var report = service.AwaitEnded(1)["no-reason.txt"].Report;
        Assert.That((report.State, report.Code), Is.EqualTo(("Failed", "INTERNAL")));
        Assert.That(report.Message, Is.Not.Empty);
        Assert.That(report.Hint, Is.Not.Empty);
    }

    static void AssertForAPerson(Ran ran, string file, string code)
    {
        Assert.That(ran.Stderr, Does.Contain(file).And.Contain(code).And.Contain("decryptor: hint: "), ran.ToString());
        Assert.That(ran.Stderr, Does.Not.Contain("Exception").And.Not.Contain("   at "));
        foreach (var line in ran.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.That(line, Does.StartWith("decryptor: "));
    }
}
