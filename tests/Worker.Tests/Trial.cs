using System.Security.Cryptography;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>One attempt in this process: what came back, what lies in its folder.</summary>
sealed class Trial : IDisposable
{
    internal static readonly Limits Usual = new(
        OutputBytes: 16L << 30, Ratio: 200, RatioFloor: 64L << 20, Members: 20_000, Depth: 5, Questions: 4096,
        NameBytes: 4096, WindowBytes: 128L << 20, ScryptLog: 20, Seconds: 120);

    readonly string _folder = Directory.CreateTempSubdirectory("decryptor-trial-").FullName;

    Trial(string? input, byte[]? bytes, Ring ring, string source, Limits limits)
    {
        Ring = ring;
        if (bytes is not null) File.WriteAllBytes(input = Path.Combine(_folder, "input"), bytes);
        var attempt = new Attempt(17, 1, new(3, 7));
        var assign = new Assign(attempt, input!, Output, source, "", limits);
        var unpacker = new Unpacker(assign, (question, format, header) =>
        {
            return ring.Answer(attempt, question, format, header);
        });
        Finished = unpacker.Run();
        Ahead = unpacker.Ahead;
    }

    internal static Trial OfFile(string input, Ring ring, Limits? limits = null) =>
        new(input, null, ring, Path.GetFileName(input), limits ?? Usual);

    internal static Trial OfBytes(byte[] bytes, Ring? ring = null, string source = "boot.xlog",
        Limits? limits = null) =>
        new(null, bytes, ring ?? Ring.Empty, source, limits ?? Usual);

    internal Ring Ring { get; }

    internal Finished Finished { get; }

    /// <summary>Members that were gone into before their turn.</summary>
    internal int Ahead { get; }

    internal string Output => Path.Combine(_folder, "out");

    internal Report Report => Report.FromJson(File.ReadAllBytes(Path.Combine(Output, Report.FileName)));

    internal ReportedFile Only => Report.Files.Single();

    internal byte[] Text => Only.Path is { } path ? File.ReadAllBytes(Path.Combine(Output, path)) : [];

    /// <summary>What must be true of every attempt, whatever the input was.</summary>
    internal void MustBeSound() => MustBeSound(Finished, Output);

    /// <summary>The same of an attempt in any process, by its last word and its folder.</summary>
    internal static void MustBeSound(Finished finished, string output)
    {
        var report = Report.FromJson(File.ReadAllBytes(Path.Combine(output, Report.FileName)));
        var files = report.Files;
        Assert.Multiple(() =>
        {
            Assert.That(report.Outcome, Is.EqualTo(Report.Word(finished.Outcome)));
            Assert.That(report.Code ?? "", Is.EqualTo(finished.Code));
            Assert.That(finished.Code.Length == 0, Is.EqualTo(finished.Outcome == Outcome.Complete));
            Assert.That(finished.Code.Length == 0 || FailureCode.Find(finished.Code) is not null);
            Assert.That(finished.Outcome != Outcome.Complete && finished.Text.Length * finished.Hint.Length == 0,
                Is.False);
            Assert.That(files, Is.Not.Empty);
            Assert.That(files.Sum(file => file.Bytes), Is.EqualTo(report.BytesOut));
            Assert.That(finished.BytesOut, Is.EqualTo(report.BytesOut));
            Assert.That(finished.Outcome == Outcome.Partial && files.All(file => file.Path is null), Is.False);
            Assert.That(finished.Outcome == Outcome.Complete,
                Is.EqualTo(files.All(file => file.Outcome == "complete")));
            Assert.That(finished.Blocks.Total, Is.EqualTo(finished.Blocks.Ok + finished.Blocks.Bad));
            Assert.That(Directory.GetFileSystemEntries(output).Select(Path.GetFileName),
                Is.EquivalentTo(files.Select(file => file.Path).OfType<string>().Append(Report.FileName)));
            foreach (var file in files) MustBeSound(file, output);
        });
    }

    static void MustBeSound(ReportedFile file, string output)
    {
        Assert.That(file.Code is null, Is.EqualTo(file.Outcome == "complete"));
        if (file.Path is null)
        {
            Assert.That((file.Bytes, file.Sha256), Is.EqualTo((0L, (string?)null)));
            return;
        }

        var text = File.ReadAllBytes(Path.Combine(output, file.Path));
        Assert.That(text, Has.Length.EqualTo(file.Bytes));
        Assert.That(file.Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(text))));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
