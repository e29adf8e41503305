using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>How well a password fits a member.</summary>
enum Fit
{
    /// <summary>It is another one.</summary>
    None,

    /// <summary>One byte agrees; so it does with one wrong one in 256.</summary>
    Check,

    /// <summary>More agrees than with most wrong ones, but the whole does not: it may be damaged.</summary>
    Likely,

    /// <summary>A code over the whole, or a good stretch that made sense.</summary>
    Proof,
}

/// <summary>
/// The passwords of the ring. A member may have its own, so all are tried for each, the one that opened the member
/// before first.
/// </summary>
sealed class ZipPasswords(Resources resources)
{
    string? _latest;

    /// <summary>The first that is proven, or else the first that is likely.</summary>
    /// <param name="fits">Tries one; the flag says that there is no other.</param>
    /// <param name="findings">Told of the one that was chosen.</param>
    /// <exception cref="Refusal">The ring has none, or none that fits.</exception>
    internal KeyCandidate Choose(Func<KeyCandidate, bool, Fit> fits, Findings findings)
    {
        var keys = Ask();
        KeyCandidate? likely = null;
        foreach (var candidate in keys.Candidates.OrderBy(one => one.Name == _latest ? 0 : 1))
        {
            // The attempt's time goes on while passwords are tried.
            resources.Budget.Unpacked(0);
            var fit = fits(candidate, keys.Candidates.Count == 1);
            if (fit == Fit.Proof) return Chosen(candidate, findings);
            if (fit == Fit.Likely || (fit == Fit.Check && candidate.Name == _latest)) likely ??= candidate;
        }

        return Chosen(likely ?? throw NoMatch(keys.OfThatKind), findings);
    }

    KeyCandidate Chosen(KeyCandidate candidate, Findings findings)
    {
        _latest = candidate.Name;
        findings.OpenedBy(candidate);
        return candidate;
    }

    Keys Ask()
    {
        var keys = resources.Keys("password", ReadOnlyMemory<byte>.Empty);
        if (keys is { OfThatKind: > 0 }) return keys;
        throw new Refusal(FailureCode.KeyMissing,
            keys is null ? "it is encrypted, and the attempt has asked for as many keys as it may"
                : "it is encrypted and the ring has no password",
            "put the package's password into the key ring");
    }

    static Refusal NoMatch(int count) => new(FailureCode.KeyNoMatch,
        $"it is encrypted and none of {count} password{(count == 1 ? "" : "s")} opens it",
        "ask who packed it for the password, and put it into the key ring");
}
