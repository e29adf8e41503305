namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// A header as it is believed: mended where its client is known, with what was wrong with it in words, or null.
/// </summary>
/// <param name="Header">What it says.</param>
/// <param name="Client">Whose it is; null for one that was not seen before.</param>
/// <param name="Wound">What had to be mended.</param>
readonly record struct Found(BlockHeader Header, Client? Client, string? Wound)
{
    /// <summary>What the block's key is asked for with; empty where it is not sealed.</summary>
    internal ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> block) =>
        !Header.Sealed ? default : Client is { } client ? client.Key : BlockHeader.ClientKey(block);
}
