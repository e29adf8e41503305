using System.Security.Cryptography;
using System.Text;

namespace Decryptor.Benchmarks.Decode;

/// <summary>The checksums that a worker's text is held against.</summary>
static class Sums
{
    /// <summary>The sum of one text as it is; of several, the SHA-256 of their sums in order, a line each.</summary>
    /// <param name="sums">SHA-256, in lower-case hexadecimal.</param>
    public static string Joined(IEnumerable<string> sums)
    {
        var all = sums.ToArray();
        return all.Length == 1 ? all[0] : Of(Encoding.ASCII.GetBytes(string.Join('\n', all)));
    }

    /// <summary>SHA-256, in lower-case hexadecimal.</summary>
    public static string Of(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(SHA256.HashData(text));
}
