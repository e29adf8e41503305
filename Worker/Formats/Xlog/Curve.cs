using System.Globalization;
using System.Numerics;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// secp256k1 (SEC 2, section 2.4.1): whether 64 bytes are a point of it. Of any other 64 bytes it is as good as certain
/// that they are none, so this tells a client's key from noise without a question to the ring.
/// </summary>
static class Curve
{
    const int CoordinateBytes = 32;

    static readonly BigInteger Prime = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F",
        NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="key"/>, X then Y, solves y² = x³ + 7.</summary>
    internal static bool Holds(ReadOnlySpan<byte> key)
    {
        var x = new BigInteger(key[..CoordinateBytes], isUnsigned: true, isBigEndian: true);
        var y = new BigInteger(key[CoordinateBytes..], isUnsigned: true, isBigEndian: true);
        return x < Prime && y < Prime && (y * y - (x * x % Prime * x + 7)) % Prime == 0;
    }
}
