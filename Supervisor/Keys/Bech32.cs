namespace Decryptor.Supervisor.Keys;

/// <summary>
/// The text form of age keys (BIP 173, without its limit of 90 characters): a prefix in words, <c>1</c>, five bits a
/// character, and six characters of checksum.
/// </summary>
static class Bech32
{
    const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const int ChecksumLength = 6;

    static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>The bytes behind the prefix; null where text, checksum or prefix is wrong.</summary>
    public static byte[]? Decode(string text, string prefix)
    {
        if (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper)) return null;
        var lower = text.ToLowerInvariant();
        var start = $"{prefix}1";
        if (!lower.StartsWith(start, StringComparison.Ordinal)) return null;
        var digits = lower[start.Length..].Select(digit => Alphabet.IndexOf(digit, StringComparison.Ordinal)).ToArray();
        if (digits.Length < ChecksumLength || digits.Contains(-1) || Checksum(prefix, digits) != 1) return null;
        return Bytes(digits.AsSpan(0, digits.Length - ChecksumLength));
    }

    /// <summary>The whole text of these bytes, in small letters.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> bytes)
    {
        var count = (8 * bytes.Length + 4) / 5;
        var body = Beginning(prefix, [.. bytes, 0], count)[(prefix.Length + 1)..];
        int[] digits = [.. body.Select(digit => Alphabet.IndexOf(digit, StringComparison.Ordinal))];
        var sum = Checksum(prefix, [.. digits, .. new int[ChecksumLength]]) ^ 1;
        var checksum = Enumerable.Range(1, ChecksumLength)
            .Select(i => Alphabet[(int)(sum >> (5 * (ChecksumLength - i)) & 31)]);
        return $"{prefix}1{body}{string.Concat(checksum)}";
    }

    /// <summary>
    /// How the text of these bytes begins: prefix, <c>1</c> and <paramref name="count"/> characters, which must need no
    /// more bits than the bytes have.
    /// </summary>
    public static string Beginning(string prefix, ReadOnlySpan<byte> bytes, int count)
    {
        var digits = new char[count];
        for (var i = 0; i < count; i++)
        {
            var (at, bit) = (5 * i / 8, 5 * i % 8);
            var pair = bytes[at] << 8 | (bit > 3 ? bytes[at + 1] : 0);
            digits[i] = Alphabet[pair >> (11 - bit) & 31];
        }

        return $"{prefix}1{new string(digits)}";
    }

    // Five bits a digit; what is left over must be fewer than five bits, all of them zero.
    static byte[]? Bytes(ReadOnlySpan<int> digits)
    {
        var bytes = new List<byte>();
        var (held, count) = (0, 0);
        foreach (var digit in digits)
        {
            held = (held << 5 | digit) & 0xfff;
            count += 5;
            if (count < 8) continue;
            count -= 8;
            bytes.Add((byte)(held >> count));
        }

        return count < 5 && (held & ((1 << count) - 1)) == 0 ? [.. bytes] : null;
    }

    static uint Checksum(string prefix, int[] digits)
    {
        var sum = 1u;
        foreach (var letter in prefix) sum = Step(sum, letter >> 5);
        sum = Step(sum, 0);
        foreach (var letter in prefix) sum = Step(sum, letter & 31);
        foreach (var digit in digits) sum = Step(sum, digit);
        return sum;
    }

    static uint Step(uint sum, int digit)
    {
        var top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ (uint)digit;
        for (var i = 0; i < Generator.Length; i++)
            if ((top >> i & 1) == 1) sum ^= Generator[i];
        return sum;
    }
}
