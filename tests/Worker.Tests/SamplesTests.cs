using System.Text;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

/// <summary>The packages of the demo end as the demo says they do.</summary>
[CancelAfter(30_000)]
sealed class SamplesTests
{
    readonly string _folder = Directory.CreateTempSubdirectory("decryptor-samples-").FullName;
    Ring _ring = Ring.Empty;

    [OneTimeSetUp]
    public void Write()
    {
        new SampleMaker(_folder, seed: 4711).Write(bigMebibytes: 2);
        var lines = File.ReadAllLines(Path.Combine(_folder, "keys", "prod-2026"));
        var age = new AgeRing().Identity("prod-2026#3", lines[3]);
        _ring = new([("prod-2026", lines[1].Split(' ')[1])])
        {
            Agreement = (format, header) => format.StartsWith("age-", StringComparison.Ordinal)
                ? [.. age.Answer(format, header)!.Candidates] : null,
            Others = new Dictionary<string, Protocol.KeyCandidate[]>
            {
                ["logan"] = [new("prod-2026#2", Encoding.ASCII.GetBytes(string.Concat(lines[2].Split(' ')[1..])))],
            },
        };
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCase("boot.xlog", "complete", null)]
    [TestCase("crash-of-user-4711.xlog", "complete", null)]
    [TestCase("crash-of-user-4711.mmap3", "complete", null)]
    [TestCase("cut-upload.xlog", "partial", "TRUNCATED")]
    [TestCase("damaged-on-the-way.xlog", "partial", "DAMAGED")]
    [TestCase("sealed-for-somebody-else.xlog", "failed", "KEY_NO_MATCH")]
    [TestCase("notes.txt", "complete", null)]
    [TestCase("all-of-user-4711.zip", "complete", null)]
    [TestCase("long-day.xlog", "complete", null)]
    public void A_package_of_the_demo_ends_as_expected(string name, string outcome, string? code)
    {
        using var trial = Trial.OfFile(Path.Combine(_folder, name), _ring);
        trial.MustBeSound();
        Assert.That((trial.Report.Outcome, trial.Report.Code), Is.EqualTo((outcome, code)), trial.Finished.Text);
    }

    [Test]
    public void The_key_ring_is_readable_by_its_owner_only() =>
        Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "keys", "prod-2026")),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

    [Test]
    public void The_same_seed_writes_the_same_bytes()
    {
        var again = Directory.CreateTempSubdirectory("decryptor-samples-").FullName;
        foreach (var name in new SampleMaker(again, seed: 4711).Write(bigMebibytes: 2))
            Assert.That(File.ReadAllBytes(Path.Combine(again, name)).AsSpan()
                .SequenceEqual(File.ReadAllBytes(Path.Combine(_folder, name))), name);
        Directory.Delete(again, recursive: true);
    }
}
