using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

/// <summary>
/// Good files with wounds: whatever is flipped, cut out or put in, there is an outcome, and it is within its budget.
/// </summary>
[Parallelizable(ParallelScope.Children)]
sealed class MutationTests
{
    static readonly TimeSpan Share = TimeSpan.FromSeconds(2);

    [Test, CancelAfter(60_000)]
    public void Any_wound_ends_in_an_outcome([Values] Compression compression, [Values] bool sealedFor)
    {
        var seed = ((int)compression * 2) + (sealedFor ? 1 : 0);
        var random = new Random(seed);
        var (file, _) = Made.Session(compression, sealedFor ? Made.Ours : null, blocks: 6, linesInBlock: 12);
        byte[] whole = [.. Made.Tip("~~~~~ begin of mmap ~~~~~\n"), .. file, .. Made.Tip("$$$$$$$$$$\n")];
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; Stopwatch.GetElapsedTime(began) < Share; round++)
        {
            var wounded = Wounds.In(whole, random);
            var decoded = Decoded.Of(wounded, Made.Ring);
            var blocks = decoded.Blocks;
            Assert.That(blocks.Total, Is.EqualTo(blocks.Ok + blocks.Bad), $"seed {seed}, round {round}");
            Assert.That(decoded.Text, Has.Length.LessThan(64 << 20), $"seed {seed}, round {round}");
            Assert.That(decoded.Verdict?.Outcome == Outcome.Complete,
                Is.EqualTo(decoded.Verdict is not null && decoded.Code is null));
            Assert.That(decoded.Questions, Is.LessThanOrEqualTo(16), $"seed {seed}, round {round}");
        }
    }

    [Test, CancelAfter(60_000)]
    public void One_wound_costs_one_block_or_two()
    {
        var random = new Random(99);
        var (file, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 20, linesInBlock: 10);
        for (var round = 0; round < 300; round++)
        {
            var wounded = (byte[])file.Clone();
            wounded[random.Next(wounded.Length)] ^= (byte)(1 << random.Next(8));
            var decoded = Decoded.Of(wounded, Made.Ring);
            Assert.That(decoded.Text, Has.Length.GreaterThan(text.Length * 17 / 20),
                $"round {round}: {decoded.Verdict?.Message}");
        }
    }
}
