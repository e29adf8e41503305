namespace Decryptor.Worker.Formats;

/// <summary>
/// A layer: a stream in a stream. What it returns gives the bytes inside; its last read verifies the end, sees that
/// nothing follows (<see cref="Lookahead.MustEnd"/>), and passes on why the outer stream broke off, if it did.
/// </summary>
/// <exception cref="Refusal">The front does not allow to go on: no key, no such version, a limit.</exception>
delegate Stream OpenLayer(Lookahead outer, Resources resources, Findings findings);

/// <summary>
/// A container: named streams in one. A member's stream is read, or not, before the next member is asked for. What is
/// wrong with the container itself is thrown as a <see cref="Refusal"/> when all members that can be had were given;
/// what is wrong with one member is in that member alone.
/// </summary>
delegate IEnumerable<Member> OpenContainer(Lookahead outer, Resources resources, Findings findings);

/// <summary>
/// One file of a package. Folders are not members. Nobody makes a path of its name, so any name is harmless; one that
/// tries to leave the package is refused all the same, for whoever sent it means harm.
/// </summary>
/// <param name="Name">The name as text, whatever its bytes were.</param>
/// <param name="Open">
/// Gives the bytes from the first; called once, or again where it was opened ahead. It may refuse (no key, unknown
/// method).
/// </param>
/// <param name="Refused">Why it is not opened at all; null for a member that may be.</param>
sealed record Member(string Name, Func<Findings, Stream> Open, Refusal? Refused = null)
{
    /// <summary>The most bytes, packed or not, that are gone into before their turn.</summary>
    internal const int AheadMax = 2 * 1024 * 1024;

    /// <summary>It may be opened before its turn and from any thread, and is small enough for that.</summary>
    internal bool MayBeAhead { get; init; }

    internal static Member Not(string name, Refusal why) => new(name, _ => throw why, why);
}
