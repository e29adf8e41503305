using System.Security.Cryptography;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>Answers key requests as the supervisor does, with keys that the test knows.</summary>
sealed class Ring((string Name, string Private)[] keys)
{
    static readonly ECCurve Secp256k1 = ECCurve.CreateFromFriendlyName("secp256k1");

    readonly System.Collections.Concurrent.ConcurrentDictionary<string, KeyCandidate[]> _agreed = [];

    internal static Ring Empty => new([]);

    internal int Asked { get; private set; }

    /// <summary>What is answered to formats other than xlog, whatever their header.</summary>
    internal IReadOnlyDictionary<string, KeyCandidate[]> Others { get; init; } =
        new Dictionary<string, KeyCandidate[]>();

    /// <summary>The answer to a format other than xlog that depends on the header; null for none.</summary>
    internal Func<string, ReadOnlyMemory<byte>, KeyCandidate[]?>? Agreement { get; init; }

    internal Keys Answer(Attempt attempt, int question, string format, ReadOnlyMemory<byte> header)
    {
        if (format == "xlog") return Answer(attempt, question, header);
        Asked++;
        var found = Agreement?.Invoke(format, header) ?? Others.GetValueOrDefault(format) ?? [];
        return new(attempt, question, Math.Max(found.Length, Others.GetValueOrDefault(format)?.Length ?? 0), found);
    }

    internal Keys Answer(Attempt attempt, int question, ReadOnlyMemory<byte> header)
    {
        Asked++;
        var client = Convert.ToHexString(header.Span);
        if (!_agreed.TryGetValue(client, out var candidates))
            _agreed[client] = candidates = [.. keys.Select(key => Agree(key, header)).OfType<KeyCandidate>()];
        return new(attempt, question, keys.Length, candidates);
    }

    static KeyCandidate? Agree((string Name, string Private) key, ReadOnlyMemory<byte> header)
    {
        try
        {
            using var own = ECDiffieHellman.Create(new ECParameters
            {
                Curve = Secp256k1,
                D = Convert.FromHexString(key.Private.PadLeft(64, '0')),
            });
            using var client = ECDiffieHellman.Create(new ECParameters
            {
                Curve = Secp256k1,
                Q = new() { X = header[..32].ToArray(), Y = header[32..].ToArray() },
            });
            return new(key.Name, own.DeriveRawSecretAgreement(client.PublicKey).AsMemory(0, 16));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
