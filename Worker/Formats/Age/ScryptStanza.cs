using System.Globalization;
using System.Security.Cryptography;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// The file key, sealed with a password. The sender says how dear it is to try one, up to gigabytes and minutes, so the
/// number is held against the limit before anything else, and all tries together against eight of the dearest.
/// </summary>
sealed class ScryptStanza(Stanza stanza, Resources resources, Findings findings)
{
    internal const string Name = "scrypt";

    const int SaltBytes = 16, BodyBytes = 32, NonceBytes = 12;
    const int TriesOfTheDearest = 8;

    readonly int _limit = Math.Min(resources.Limits.ScryptLog, Scrypt.LogMax);

    /// <exception cref="Refusal">No password opens it, it is too dear, or it is not what it must be.</exception>
    internal byte[] Find(AgeHeader header)
    {
        if (stanza.Arguments.Count != 2) throw stanza.Wrong("has not two arguments");
        if (stanza.Bytes(0) is not { Length: SaltBytes } salt) throw stanza.Wrong("has no salt of 16 bytes");
        var log = WorkFactor(stanza.Arguments[1]);
        if (stanza.Body.Length != BodyBytes) throw stanza.Wrong("has a body that cannot be a sealed file key");
        var answer = resources.Keys("password", ReadOnlyMemory<byte>.Empty) ?? throw AgeFaults.NoMoreQuestions();
        if (answer.OfThatKind == 0) throw AgeFaults.KeyMissing(Name);
        return Try(answer, [.. "age-encryption.org/v1/scrypt"u8, .. salt], log, header);
    }

    int WorkFactor(string digits)
    {
        // N of four digits is more than there are atoms: that was never meant.
        if (digits.Length > 3 || digits[0] is < '1' or > '9' || !digits.All(char.IsAsciiDigit))
            throw stanza.Wrong("has a work factor that is no decimal number, or none that there could be");
        var log = int.Parse(digits, CultureInfo.InvariantCulture);
        findings.Evidence.WorkFactor = log;
        return log <= _limit ? log : throw AgeFaults.WorkFactor(digits, _limit);
    }

    byte[] Try(Keys answer, byte[] salt, int log, AgeHeader header)
    {
        var affordable = (long)TriesOfTheDearest << (_limit - log);
        var most = (int)Math.Min(answer.Candidates.Count, affordable);
        using var scrypt = new Scrypt(log);
        foreach (var candidate in answer.Candidates.Take(most))
        {
            if (Unwrap(scrypt.Derive(candidate.Secret.Span, salt)) is not { } key) continue;
            if (!header.IsSealedWith(key)) throw AgeFaults.HeaderNotAuthentic();
            findings.OpenedBy(candidate);
            return key;
        }

        throw most < answer.Candidates.Count
            ? AgeFaults.Passwords(most, answer.OfThatKind, log)
            : AgeFaults.KeyNoMatch(Name, answer.OfThatKind);
    }

    byte[]? Unwrap(byte[] wrapKey)
    {
        resources.Budget.Unpacked(0);
        var key = new byte[FileKeySearch.KeyBytes];
        try
        {
            using var cipher = new ChaCha20Poly1305(wrapKey);
            cipher.Decrypt(stackalloc byte[NonceBytes], stanza.Body.AsSpan(0, key.Length),
                stanza.Body.AsSpan(key.Length), key);
            return key;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
