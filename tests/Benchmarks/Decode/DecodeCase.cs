using Decryptor.Supervisor.Keys;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// A step of decoding by itself, or a rival's whole way: run often, with nothing kept between runs. What
/// <paramref name="After"/> clears away is not measured.
/// </summary>
sealed record Part(string Name, Action Run, Action? After = null)
{
    /// <summary>Whether it is a program of its own that is started: what counts then is what that spends.</summary>
    public bool IsProgram { get; init; }

    /// <summary>Whether it is in the sum; one that is another way to the same is only shown.</summary>
    public bool Counts { get; init; } = true;
}

/// <summary>What parts work on: the case's key ring, and a folder to write into.</summary>
sealed record Bench(KeyRing Ring, string Folder);

/// <summary>A rival that was measured elsewhere, by the word: MB of text a second of processor time.</summary>
sealed record Quoted(string Name, double MegabytesPerSecond);

/// <summary>One file that a worker decodes, and what its speed is held against.</summary>
/// <param name="Name">What is in it.</param>
/// <param name="Path">Where it lies; it is read there.</param>
/// <param name="KeyLines">What its key ring holds.</param>
/// <param name="TextBytes">The length of its text.</param>
/// <param name="TextSha256">
/// The SHA-256 of its text, in lower-case hexadecimal; of a package, see <see cref="Sums.Joined"/>.
/// </param>
sealed record DecodeCase(
    string Name, string Path, IReadOnlyList<string> KeyLines, long TextBytes, string TextSha256)
{
    /// <summary>The steps that nobody can leave out, each by itself. Their sum is the bound.</summary>
    public Func<Bench, IReadOnlyList<Part>> BareParts { get; init; } = _ => [];

    /// <summary>A straightforward decoder, as one would write it with what .NET has; null for none.</summary>
    public Func<Bench, Part>? Plain { get; init; }

    /// <summary>Programs that people use for it, as far as they are installed.</summary>
    public Func<Bench, IReadOnlyList<Part>> Programs { get; init; } = _ => [];

    public IReadOnlyList<Quoted> Rivals { get; init; } = [];
}
