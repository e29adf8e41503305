using Decryptor.Protocol;

namespace Decryptor.Worker.Formats;

/// <summary>How much is done ahead of its turn, and what need not be done at all.</summary>
/// <param name="Threads">Threads that unpack blocks, with the decoder's own.</param>
readonly record struct Foresight(int Threads)
{
    /// <summary>A shorter payload is unpacked as soon as it is handed over.</summary>
    internal int LeastPayload { get; init; } = 4096;

    /// <summary>A shorter stretch is decoded before threads have begun.</summary>
    internal int LeastStretch { get; init; } = 512 * 1024;

    /// <summary>What surely is of other hours is passed over undecrypted.</summary>
    internal HourSet Wanted { get; init; } = HourSet.All;
}
