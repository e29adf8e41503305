using Decryptor.Worker.Formats.Logan;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Worker.Formats;

/// <summary>
/// A format of blocks without any proof in its first bytes: it has to be looked for.
/// </summary>
/// <param name="Name">The word for it in reports.</param>
/// <param name="Sniff">
/// Where in a first stretch a block begins, judged by framing alone; -1 for nowhere.
/// </param>
/// <param name="Decode">
/// Decodes to the end of the input, with so many threads if it can; null when there is no block in it.
/// </param>
sealed record BlockFormat(string Name, Sniff Sniff, DecodeBlocks Decode);

/// <inheritdoc cref="BlockFormat.Sniff"/>
delegate int Sniff(ReadOnlySpan<byte> first);

/// <inheritdoc cref="BlockFormat.Decode"/>
delegate Verdict? DecodeBlocks(Lookahead input, TextSink sink, KeySource ask, Findings findings, Foresight foresight);

/// <summary>The formats that are found by looking for a block.</summary>
static class BlockFormats
{
    static readonly BlockFormat[] All =
    [
        new("xlog", XlogDecoder.Sniff, RunXlog),
        new("logan", LoganDecoder.Sniff, RunLogan),
    ];

    /// <summary>Those of which a block was found, the one that begins first in front; then the others.</summary>
    internal static IReadOnlyList<BlockFormat> InOrder(ReadOnlySpan<byte> first, out int found)
    {
        // Nothing begins before the first byte: where a block does, the bytes are not gone through for another format.
        var places = new List<(int At, BlockFormat Format)>();
        foreach (var format in All) places.Add((places is [.., (0, _)] ? -1 : format.Sniff(first), format));
        found = places.Count(place => place.At >= 0);
        return [.. places.OrderBy(place => (uint)place.At).Select(place => place.Format)];
    }

    static Verdict? RunXlog(Lookahead input, TextSink sink, KeySource ask, Findings findings, Foresight foresight)
    {
        using var decoder = new XlogDecoder(input, sink, ask, findings, foresight);
        return decoder.Run();
    }

    static Verdict? RunLogan(Lookahead input, TextSink sink, KeySource ask, Findings findings, Foresight foresight)
    {
        using var decoder = new LoganDecoder(input, sink, ask, findings, foresight);
        return decoder.Run();
    }
}
