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
    public void A_damaged_file_gives_at_least_what_any_other_decoder_got_out_of_it(JsonElement? entry)
    {
        var (file, _) = Read(entry, "file");
        using var trial = Trial.OfFile(Corpus.File("xlog/" + file), Corpus.Ring("A"));
        trial.MustBeSound();
        if (Base(file) is not { } intact) return;
        var best = Math.Max(Recovered(entry!.Value, "reference"), Recovered(entry.Value, "best_effort"));
        Assert.That(Compare(trial.Text, intact).Intact, Is.GreaterThanOrEqualTo(best), trial.Finished.Text);
    }

    /// <summary>
    /// What no decoder can tell from a healthy file is named here: a block that is missing may be in another log of the
    /// app, lines in blocks of their own bear no numbers, and a flipped letter is a letter.
    /// </summary>
    static readonly string[] NotProvable = ["sync-crypt-seq-gap", "zstd-crypt-seq-gap", "sync-crypt-swapped-blocks",
        "sync-crypt-duplicated-block", "sync-crypt-bitflip-payload-mid", "sync-crypt-bitflip-payload-first-byte"];

    [TestCaseSource(nameof(Damaged)), CancelAfter(30_000)]
    public void A_damaged_file_is_never_complete(JsonElement? entry)
    {
        var (file, _) = Read(entry, "file");
        using var trial = Trial.OfFile(Corpus.File("xlog/" + file), Corpus.Ring("A"));
        if (entry!.Value.GetProperty("damage_of").GetString() is null) return;
        var provable = !NotProvable.Contains(Path.GetFileNameWithoutExtension(file));
        Assert.That(trial.Finished.Outcome == Outcome.Complete, Is.Not.EqualTo(provable), trial.Finished.Text);
        Assert.That(trial.Finished.Code, Is.AnyOf(provable ? ["DAMAGED", "TRUNCATED"] : [""]));
    }

    [TestCaseSource(nameof(Damaged)), CancelAfter(30_000)]
    public void A_line_that_nobody_wrote_is_never_printed_without_a_warning(JsonElement? entry)
    {
        var (file, _) = Read(entry, "file");
        if (Base(file) is not { } intact) return;
        using var trial = Trial.OfFile(Corpus.File("xlog/" + file), Corpus.Ring("A"));
        var foreign = Compare(trial.Text, intact).Foreign;
        var letter = file.Contains("sync-crypt-bitflip-payload-mid", StringComparison.Ordinal);
        if (letter) Assert.That(foreign, Is.EqualTo(1));
        else Assert.That(foreign == 0 || trial.Only.Warnings.Any(Doubts), $"{foreign} lines");
    }

    static bool Doubts(string warning) => warning.Contains("may be wrong", StringComparison.Ordinal)
        || warning.Contains("repeat", StringComparison.Ordinal);

    static long Recovered(JsonElement entry, string by) =>
        entry.GetProperty(by).GetProperty("recovered_intact_line_bytes") is { ValueKind: JsonValueKind.Number } bytes
            ? bytes.GetInt64() : 0;

    [Test, CancelAfter(30_000)]
    public void Two_processes_that_shared_one_buffer_still_give_most_of_their_lines()
    {
        using var trial = Trial.OfFile(Corpus.File("xlog/damaged/real-two-processes-zstd-crypt.xlog"),
            Corpus.Ring("A"));
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Partial, "DAMAGED")));
            Assert.That(trial.Text, Has.Length.GreaterThan(200_000));
        });
    }

    /// <summary>The undamaged original that most of the damaged files are made of.</summary>
    static string? Base(string file) => Path.GetFileName(file).Split('-')[0] is "zlib" or "zstd" or "sync"
        ? $"xlog/damaged/base-{Path.GetFileName(file).Split('-')[0]}-crypt.xlog"
        : null;

    static (long Intact, long Foreign) Compare(byte[] text, string original)
    {
        using var intact = Trial.OfFile(Corpus.File(original), Corpus.Ring("A"));
        var lines = Lines(intact.Text).CountBy(line => line).ToDictionary();
        var (sum, foreign) = (0L, 0L);
        foreach (var line in Lines(text))
            if (lines.GetValueOrDefault(line) is > 0 and var count)
            {
                lines[line] = count - 1;
                sum += line.Length + 1;
            }
            else
            {
                foreign++;
            }

        return (sum, foreign);
    }

    static string[] Lines(byte[] text) =>
        text.Length == 0 ? [] : System.Text.Encoding.Latin1.GetString(text).TrimEnd('\n').Split('\n');

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
