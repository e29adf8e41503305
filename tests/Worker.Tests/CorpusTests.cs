using System.Text.Json;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

[Parallelizable(ParallelScope.Children)]
sealed class CorpusTests
{
    static IEnumerable<TestCaseData> Good => Corpus.Xlog("good");

    static IEnumerable<TestCaseData> Damaged => Corpus.Xlog("damaged");

    [TestCaseSource(nameof(Good))]
    public void A_good_file_becomes_its_text_byte_for_byte(JsonElement? entry)
    {
        var (file, expected) = Read(entry, "expected");
        using var trial = Trial.OfFile(Corpus.File("xlog/" + file), Corpus.Ring("B", "S", "A"));
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Text.AsSpan().SequenceEqual(Corpus.Unzipped("xlog/" + expected)),
                "the text is the expected one");
            Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete), trial.Finished.Text);
            Assert.That(trial.Finished.Blocks.Total, Is.EqualTo(entry!.Value.GetProperty("blocks").GetInt64()));
            Assert.That(trial.Only.Gaps, Is.Empty);
            Assert.That(trial.Ring.Asked,
                Is.LessThanOrEqualTo(entry.Value.GetProperty("distinct_client_keys").GetInt32()));
        });
    }

    [TestCaseSource(nameof(Damaged)), CancelAfter(30_000)]
    public void A_damaged_file_ends_in_an_outcome_and_gives_what_is_left(JsonElement? entry)
    {
        var (file, _) = Read(entry, "file");
        using var trial = Trial.OfFile(Corpus.File("xlog/" + file), Corpus.Ring("A"));
        trial.MustBeSound();
        if (Base(file) is not { } intact) return;
        var best = entry!.Value.GetProperty("best_effort").GetProperty("recovered_intact_line_bytes").GetInt64();

        // The one line that a text-mode transfer leaves has lost its line feed, so it is not known to be whole.
        if (file.Contains("textmode", StringComparison.Ordinal)) best = 0;
        Assert.That(IntactBytes(trial.Text, intact), Is.GreaterThanOrEqualTo(best), trial.Finished.Text);
    }

    [Test, CancelAfter(30_000)]
    public void Two_processes_that_shared_one_buffer_still_give_most_of_their_lines()
    {
        using var trial = Trial.OfFile(Corpus.File("xlog/damaged/real-two-processes-zstd-crypt.xlog"),
            Corpus.Ring("A"));
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Partial, "DAMAGED")));
            Assert.That(trial.Text, Has.Length.GreaterThan(164_877));
        });
    }

    /// <summary>The undamaged original that most of the damaged files are made of.</summary>
    static string? Base(string file) => Path.GetFileName(file).Split('-')[0] is "zlib" or "zstd" or "sync"
        ? $"xlog/damaged/base-{Path.GetFileName(file).Split('-')[0]}-crypt.xlog"
        : null;

    static long IntactBytes(byte[] text, string original)
    {
        using var intact = Trial.OfFile(Corpus.File(original), Corpus.Ring("A"));
        var lines = Lines(intact.Text).CountBy(line => line).ToDictionary();
        var sum = 0L;
        foreach (var line in Lines(text))
            if (lines.TryGetValue(line, out var count) && count > 0)
            {
                lines[line] = count - 1;
                sum += line.Length + 1;
            }

        return sum;
    }

    static string[] Lines(byte[] text) => System.Text.Encoding.Latin1.GetString(text).TrimEnd('\n').Split('\n');

    static (string File, string Other) Read(JsonElement? entry, string other)
    {
        if (entry is not { } present)
        {
            Assert.Ignore("no corpus: shared/corpus is in no folder above the test assembly");
            return default;
        }

        return (present.GetProperty("file").GetString()!, present.GetProperty(other).GetString()!);
    }
}
