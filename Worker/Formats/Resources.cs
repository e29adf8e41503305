using Decryptor.Protocol;

namespace Decryptor.Worker.Formats;

/// <summary>What a format may use besides the bytes it reads.</summary>
/// <param name="Budget">Paid before anything is delivered, entered or taken.</param>
/// <param name="Limits">The numbers that a format holds a header against.</param>
/// <param name="Keys">The way to the key ring.</param>
/// <param name="Folder">Where <see cref="Scratch"/> files may lie.</param>
/// <param name="Whole">The input itself, where a format begins with its first byte; null inside another.</param>
sealed record Resources(Budget Budget, Limits Limits, KeySource Keys, string Folder, Seekable? Whole)
{
    /// <summary>
    /// The way to the key ring for what is done ahead of its turn, from any thread; null where nothing is. It gives
    /// null for what has to be asked in its turn.
    /// </summary>
    internal KeySource? KeysAhead { get; init; }

    /// <summary>The hours whose text is wanted.</summary>
    internal HourSet Wanted { get; init; } = HourSet.All;

    /// <summary>
    /// The rest of a stream, to be read at any place: the input where it lies, or a copy of it in a scratch file.
    /// </summary>
    internal Seekable Seek(Lookahead outer) => Whole ?? Scratch.Of(outer, Folder, Budget);
}
