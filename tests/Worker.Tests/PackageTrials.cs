using System.Security.Cryptography;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker.Tests;

/// <summary>What is asked of an attempt whose input was a package.</summary>
static class PackageTrials
{
    /// <summary>What must be true of every attempt at a package, whatever was in it.</summary>
    internal static void MustBeSoundPackage(this Trial trial)
    {
        var report = trial.Report;
        Assert.Multiple(() =>
        {
            Assert.That(report.Outcome, Is.EqualTo(Report.Word(trial.Finished.Outcome)));
            Assert.That(report.Code ?? "", Is.EqualTo(trial.Finished.Code));
            Assert.That(trial.Finished.Code.Length == 0, Is.EqualTo(trial.Finished.Outcome == Outcome.Complete));
            Assert.That(trial.Finished.Outcome != Outcome.Complete
                && trial.Finished.Text.Length * trial.Finished.Hint.Length == 0, Is.False);
            Assert.That(report.Files.Sum(one => one.Bytes), Is.EqualTo(report.BytesOut));
            Assert.That(report.Files.Where(one => one.Path is not null).Select(one => one.Path), Is.Unique);
            foreach (var file in report.Files.Where(one => one.Path is not null))
                Assert.That(Hash(trial.BytesOf(file)), Is.EqualTo(file.Sha256), file.Source);
            Assert.That(Directory.GetFiles(trial.Output), Has.Length.EqualTo(
                report.Files.Count(one => one.Path is not null) + 1), "nothing but texts and report");
            Assert.That(Directory.GetDirectories(trial.Output), Is.Empty);
        });
    }

    static readonly Lazy<AgeRing> Alice = new(() => new AgeRing().Identity("alice",
        System.IO.File.ReadLines(Corpus.File("age/alice.key")).Single(line => line[0] != '#')));

    internal static ReportedFile File(this Trial trial, string source) =>
        trial.Report.Files.Single(one => one.Source == source);

    internal static byte[] BytesOf(this Trial trial, ReportedFile file) =>
        System.IO.File.ReadAllBytes(Path.Combine(trial.Output, file.Path!));

    internal static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Passwords, and the keys of what lies in the packages of the corpus.</summary>
    internal static Ring Passwords(params string[] passwords) => new([])
    {
        Agreement = (format, header) => format.StartsWith("age-", StringComparison.Ordinal)
            ? [.. Alice.Value.Answer(format, header)!.Candidates] : null,
        Others = new Dictionary<string, KeyCandidate[]>
        {
            ["logan"] = [new("logan", "01234567890123450123456789012345"u8.ToArray())],
            ["password"] = [.. passwords.Select((one, i) =>
                new KeyCandidate($"pw{i + 1}", System.Text.Encoding.UTF8.GetBytes(one)))],
        },
    };
}

/// <summary>One member as a container gave it: all bytes that came, and what was thrown behind them.</summary>
sealed record OpenedMember(string Name, byte[] Bytes, Refusal? Trouble, Findings Findings);

/// <summary>A package opened by its container alone, without what stands around it.</summary>
sealed record OpenedPackage(IReadOnlyList<OpenedMember> Members, Refusal? Trouble, Findings Findings)
{
    /// <summary>Opens it through a copy, as inside a layer, or where it lies if <paramref name="asWhole"/>.</summary>
    internal static OpenedPackage OfFile(OpenContainer container, string path, Ring? ring = null, bool asWhole = false)
    {
        using var file = System.IO.File.OpenRead(path);
        return Of(container, file, ring, asWhole ? new(System.IO.File.OpenHandle(path), file.Length) : null);
    }

    internal static OpenedPackage OfBytes(OpenContainer container, byte[] bytes, Ring? ring = null) =>
        Of(container, new MemoryStream(bytes), ring, null);

    static OpenedPackage Of(OpenContainer container, Stream stream, Ring? ring, Seekable? whole)
    {
        var budget = new Budget(Trial.Usual);
        budget.Measure(stream.Length);
        using var outer = new Lookahead(stream);
        var folder = Directory.CreateTempSubdirectory("decryptor-package-").FullName;
        try
        {
            var resources = new Resources(budget, Trial.Usual, (format, header) =>
                (ring ?? Ring.Empty).Answer(new(17, 1, new(3, 7)), 1, format, header), folder, whole);
            return Of(container, outer, resources);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    static OpenedPackage Of(OpenContainer container, Lookahead outer, Resources resources)
    {
        var (members, findings, trouble) = (new List<OpenedMember>(), new Findings(), (Refusal?)null);
        try
        {
            foreach (var member in container(outer, resources, findings)) members.Add(Read(member));
        }
        catch (Refusal refusal)
        {
            trouble = refusal;
        }

        return new(members, trouble, findings);
    }

    static OpenedMember Read(Member member)
    {
        var (bytes, findings) = (new MemoryStream(), new Findings());
        try
        {
            using var stream = member.Open(findings);
            var some = new byte[5000];
            while (stream.Read(some.AsSpan()) is > 0 and var count) bytes.Write(some, 0, count);
            return new(member.Name, bytes.ToArray(), null, findings);
        }
        catch (Refusal refusal)
        {
            return new(member.Name, bytes.ToArray(), refusal, findings);
        }
    }
}
