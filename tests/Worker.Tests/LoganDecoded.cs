using System.Text;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Logan;

namespace Decryptor.Worker.Tests;

/// <summary>The Logan decoder alone, without disk, with keys that the test knows.</summary>
sealed class LoganDecoded
{
    internal static readonly (string, string, string) Published =
        ("logan-default", "0123456789012345", "0123456789012345");

    LoganDecoded(
        Stream stream, (string Name, string Key, string Iv)[]? ring, TextSink? sink, Limits limits,
        Foresight? foresight = null)
    {
        var budget = new Budget(limits);
        budget.Measure(stream.Length);
        var text = new MemoryStream();
        using var input = new Lookahead(stream);
        using var decoder = new LoganDecoder(input, some =>
        {
            budget.Text(some.Length);
            if (sink is null) text.Write(some);
            else sink(some);
            Findings.Delivered += some.Length;
        }, (format, header) => Answer(format, header, ring), Findings, foresight ?? new(1));
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
    }

    internal static LoganDecoded Of(byte[] bytes, params (string Name, string Key, string Iv)[] ring) =>
        new(new MemoryStream(bytes), ring, null, Trial.Usual);

    internal static LoganDecoded Within(
        Limits limits, byte[] bytes, params (string Name, string Key, string Iv)[] ring) =>
        new(new MemoryStream(bytes), ring, null, limits);

    internal static LoganDecoded Abreast(
        Foresight foresight, byte[] bytes, params (string Name, string Key, string Iv)[] ring) =>
        new(new MemoryStream(bytes), ring, null, Trial.Usual, foresight);

    internal static LoganDecoded WithoutAnswer(byte[] bytes) =>
        new(new MemoryStream(bytes), null, null, Trial.Usual);

    /// <summary>Decodes a stream and keeps nothing of it.</summary>
    internal static LoganDecoded Into(
        TextSink sink, Stream stream, params (string Name, string Key, string Iv)[] ring) =>
        new(stream, ring, sink, Trial.Usual);

    internal Findings Findings { get; } = new("logan");

    internal Verdict? Verdict { get; }

    internal byte[] Text { get; }

    internal int Asked { get; private set; }

    /// <summary>Blocks that were read before their turn.</summary>
    internal long Ahead { get; }

    internal string? Code => Verdict?.Code?.Name;

    internal BlockCount Blocks => Findings.Blocks ?? default;

    internal bool IsComplete => Verdict?.Outcome == Outcome.Complete;

    internal string Lines => Encoding.UTF8.GetString(Text);

    /// <summary>Warnings that this file gets and a sound one with an app's own key does not.</summary>
    internal IEnumerable<string> Notes => Findings.Warnings.Where(warning =>
        warning != LoganKeys.NoSeal && !warning.Contains("published sample", StringComparison.Ordinal));

    /// <summary>Everything that is told, for messages of assertions.</summary>
    internal string Told => $"{Verdict}\n{string.Join('\n', Findings.Warnings)}\n{string.Join('\n', Findings.Gaps)}";

    Keys? Answer(string format, ReadOnlyMemory<byte> header, (string Name, string Key, string Iv)[]? ring)
    {
        Asked++;
        Assert.That((format, header.Length), Is.EqualTo(("logan", 0)));
        return ring is null ? null : new(default, 1, ring.Length, [.. ring.Select(one =>
            new KeyCandidate(one.Name, Encoding.ASCII.GetBytes(one.Key + one.Iv)))]);
    }
}
