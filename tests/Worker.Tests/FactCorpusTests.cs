using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>What the facts say of real files, all of them read without a key.</summary>
sealed class FactCorpusTests
{
    static IEnumerable<string> Packages(string part) => Directory.GetFiles(Corpus.File(part))
        .Where(file => Path.GetExtension(file) is ".xlog" or ".mmap3" or ".mmap2" or ".logan").Order();

    [TestCase("xlog/good")]
    public void Every_frame_of_a_good_file_is_whole_and_follows_the_one_before(string part)
    {
        foreach (var file in Packages(part))
        {
            using var trial = Trial.OfFile(file, Ring.Empty);
            var facts = trial.Only.Facts;
            Assert.That(facts?.Blocks?.Breaks, Is.Null, file);
            Assert.That(facts?.Blocks?.Framed, Is.EqualTo(trial.Only.Blocks?.Total), file);
            Assert.That(facts?.Traces?.All(trace => trace.Name == Trace.BufferFile) ?? true, file);
        }
    }

    [TestCase("xlog/damaged/zlib-crypt-zero-tail-64k.xlog", Trace.ZeroTail)]
    [TestCase("xlog/damaged/sync-crypt-zero-tail-64k.xlog", Trace.ZeroTail)]
    [TestCase("xlog/damaged/zlib-crypt-zero-hole-4k.xlog", Trace.ZeroHole)]
    [TestCase("xlog/damaged/sync-crypt-textmode-crlf.xlog", Trace.TextMode)]
    [TestCase("xlog/good/raw-buffer-zlib-crypt.mmap3", Trace.BufferFile)]
    [TestCase("logan/bad_text_mode_crlf.logan", Trace.TextMode)]
    [TestCase("logan/real_mmap_cache_after_crash.mmap2", Trace.BufferFile)]
    [TestCase("age/bad_crlf_text_mode.age", Trace.TextMode)]
    public void What_was_done_to_a_file_is_told_and_nothing_else(string file, string trace)
    {
        using var trial = Trial.OfFile(Corpus.File(file), Ring.Empty);
        Assert.That(trial.Only.Facts!.Traces!.Select(found => found.Name), Is.EqualTo(new[] { trace }));
    }

    [Test]
    public void Two_writers_of_one_file_leave_a_block_inside_another_and_a_hole()
    {
        using var trial = Trial.OfFile(Corpus.File("xlog/damaged/real-two-processes-zstd-crypt.xlog"), Ring.Empty);
        Assert.That(trial.Only.Facts!.Traces!.Select(found => (found.Name, found.Offset)),
            Is.EquivalentTo(new[] { (Trace.Overlap, 44520L), (Trace.ZeroHole, 45331L) }));
    }

    [Test]
    public void A_cut_file_tells_where_its_last_block_begins()
    {
        using var trial = Trial.OfFile(Corpus.File("xlog/damaged/zlib-crypt-trunc-mid-last-block.xlog"), Ring.Empty);
        var facts = trial.Only.Facts!.Blocks!;
        Assert.That((facts.Framed, facts.Cut), Is.EqualTo((4, 1)));
        Assert.That(facts.Breaks!.Single().Offset, Is.EqualTo(39125));
    }

    [Test]
    public void Whatever_the_file_the_facts_stay_within_their_limits(
        [Values("xlog/damaged", "logan", "hostile", "age")] string part)
    {
        foreach (var path in Directory.GetFiles(Corpus.File(part)).Where(file => new FileInfo(file).Length < 1 << 20))
        {
            using var trial = Trial.OfFile(path, Ring.Empty, Trial.Usual with { OutputBytes = 1 << 20 });
            foreach (var facts in trial.Report.Files.Select(file => file.Facts).OfType<Facts>())
            {
                Assert.That(facts.Traces?.Select(trace => trace.Name) ?? [], Is.SubsetOf(Trace.All).And.Unique, path);
                Assert.That(facts.Recipients?.Count ?? 0, Is.AtMost(Facts.RecipientsMax), path);
                Assert.That(facts.Blocks?.ClientKeys?.Count ?? 0, Is.AtMost(BlockFacts.ClientKeysMax), path);
                Assert.That(facts.Blocks?.Breaks?.Count ?? 0, Is.AtMost(BlockFacts.BreaksMax), path);
                Assert.That(facts.Blocks?.Hours?.Seen.Count ?? 0, Is.AtMost(24), path);
            }
        }
    }
}
