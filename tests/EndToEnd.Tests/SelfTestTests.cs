using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary><c>decryptor selftest</c>.</summary>
[CancelAfter(120_000)]
sealed class SelfTestTests
{
    [Test]
    public void The_vectors_that_are_built_in_are_those_that_our_encoders_make() =>
        Assert.That(File.ReadAllLines(Path.Combine(Programs.Root, "Supervisor/Cli/SelfTest/vectors.txt")),
            Is.EqualTo(VectorMaker.Lines()));

    [Test]
    public void Every_vector_is_as_it_should_be_and_nothing_stays_behind()
    {
        using var scratch = new Scratch();
        var ran = Programs.Run(new Dictionary<string, string> { ["TMPDIR"] = scratch.Folder }, "selftest");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Text.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1 + Vectors));
        Assert.That(ran.Text, Does.Not.Contain("WRONG"));
        Assert.That(ran.Stderr, Is.EqualTo($"decryptor: all {Vectors} are as they should be\n"));
        Assert.That(Directory.GetFileSystemEntries(scratch.Folder), Is.Empty);
    }

    [Test]
    public void A_worker_that_gives_other_text_is_found_out()
    {
        var ran = Programs.Run("selftest", "--json", "--worker-program", Programs.FakeWorker);
        Assert.That(ran.ExitCode, Is.EqualTo(70), ran.ToString());
        var lines = ran.Text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(lines, Has.Count.EqualTo(Vectors));
        Assert.That(lines.Count(line => line.GetProperty("ok").GetBoolean()), Is.LessThan(3));
        Assert.That(ran.Stderr, Does.Contain("are not as they should be").And.Contain("hint: "));
    }

    static int Vectors => VectorMaker.Lines().Count(line => line.StartsWith("vector ", StringComparison.Ordinal));
}
