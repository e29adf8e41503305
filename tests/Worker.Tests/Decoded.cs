using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Worker.Tests;

/// <summary>The decoder alone, without disk: for tests that decode thousands of inputs.</summary>
sealed class Decoded
{
    Decoded(byte[] bytes, Func<ReadOnlyMemory<byte>, Keys> answer, Limits limits, int chunk, Foresight foresight)
    {
        var budget = new Budget(limits);
        budget.Measure(bytes.Length);
        var text = new MemoryStream();
        using var input = new Lookahead(new Trickle(bytes, chunk));
        using var decoder = new XlogDecoder(input, some =>
        {
            budget.Text(some.Length);
            text.Write(some);
            Findings.Delivered += some.Length;
        }, (_, header) => budget.Question() == 0 ? null : answer(header), Findings, foresight);
        try
        {
            Verdict = decoder.Run();
        }
        catch (Refusal refusal)
        {
            Verdict = Formats.Verdict.Of(refusal);
        }

        Text = text.ToArray();
        Ahead = decoder.Ahead;
        Questions = budget.Questions;
    }

    internal static Decoded Of(byte[] bytes, Ring? ring = null, Limits? limits = null, int chunk = int.MaxValue,
        Foresight? foresight = null)
    {
        var keys = ring ?? Ring.Empty;
        return new(bytes, header => keys.Answer(default, 1, header), limits ?? Trial.Usual, chunk, foresight ?? new(1));
    }

    internal Findings Findings { get; } = new("xlog");

    internal Verdict? Verdict { get; }

    internal byte[] Text { get; }

    internal int Questions { get; }

    /// <summary>Blocks that were unpacked before their turn.</summary>
    internal long Ahead { get; }

    internal string? Code => Verdict?.Code?.Name;

    internal BlockCount Blocks => Findings.Blocks ?? default;
}
