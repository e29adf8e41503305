using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Decryptor.Samples;

/// <summary>
/// An age key pair on Curve25519 that a number makes: the same number, the same pair, so that samples can be made
/// again.
/// </summary>
sealed class AgePair
{
    const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    internal AgePair(Random random)
    {
        random.NextBytes(Private);
        X25519.ScalarMultBase(Private, Public);
    }

    internal byte[] Private { get; } = new byte[32];

    internal byte[] Public { get; } = new byte[32];

    /// <summary>The line of an identity file.</summary>
    internal string Identity => Bech32("age-secret-key-", Private).ToUpperInvariant();

    /// <summary>What is handed to senders.</summary>
    internal string Recipient => Bech32("age", Public);

    /// <summary>Text form of bytes after BIP 173: five bits a character, then six characters of checksum.</summary>
    internal static string Bech32(string prefix, byte[] bytes)
    {
        var bits = string.Concat(bytes.Select(each => Convert.ToString(each, 2).PadLeft(8, '0')));
        int[] digits = [.. bits.Chunk(5).Select(five => Convert.ToInt32(new string(five).PadRight(5, '0'), 2))];
        int[] whole = [.. prefix.Select(letter => letter >> 5), 0, .. prefix.Select(letter => letter & 31), .. digits];
        var sum = Remainder([.. whole, 0, 0, 0, 0, 0, 0]) ^ 1;
        var checksum = Enumerable.Range(0, 6).Select(i => (int)(sum >> (25 - 5 * i)) & 31);
        return $"{prefix}1{string.Concat(digits.Concat(checksum).Select(digit => Alphabet[digit]))}";
    }

    static long Remainder(int[] digits)
    {
        long[] generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        var sum = 1L;
        foreach (var digit in digits)
        {
            var top = sum >> 25;
            sum = (sum & 0x1ffffff) << 5 ^ digit;
            for (var i = 0; i < generator.Length; i++) sum ^= (top >> i & 1) * generator[i];
        }

        return sum;
    }
}
