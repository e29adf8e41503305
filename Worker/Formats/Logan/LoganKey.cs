using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// A key and its IV of 16 bytes each. Both are the same for every block, and so is the front of the gzip member inside:
/// one unit of 16 bytes proves the key at a block's beginning.
/// </summary>
sealed class LoganKey : IDisposable
{
    internal const int SecretBytes = 32;

    const int UnitBytes = Framing.UnitBytes;

    /// <summary>
    /// Magic, deflate, no flags, no time: what gzip by the encoder begins with, as it lies in memory.
    /// </summary>
    const ulong GzipFront = 0x0000_0000_0008_8B1F;

    static readonly byte[] Published = "01234567890123450123456789012345"u8.ToArray();

    readonly Aes _aes = Aes.Create();
    readonly ICryptoTransform _chain;
    readonly byte[] _iv;
    readonly byte[] _unit = new byte[UnitBytes];
    readonly ulong _sign;
    UInt128 _before;

    /// <param name="name">Its name in the ring.</param>
    /// <param name="secret">The key, and the IV behind it.</param>
    internal LoganKey(string name, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretBytes)
            throw new ArgumentException($"a Logan secret has {SecretBytes} bytes", nameof(secret));
        Name = name;
        IsPublished = secret.SequenceEqual(Published);
        _aes.Key = secret[..UnitBytes].ToArray();
        _iv = secret[UnitBytes..].ToArray();
        _sign = BinaryPrimitives.ReadUInt64LittleEndian(_iv) ^ GzipFront;
        _aes.Padding = PaddingMode.None;
        _chain = _aes.CreateDecryptor(_aes.Key, new byte[UnitBytes]);
    }

    /// <summary>The key that stands in Logan's own published server settings.</summary>
    internal static LoganKey OfThePublic() => new("", Published);

    internal string Name { get; }

    internal bool IsPublished { get; }

    /// <summary>Whether it has opened the beginning of a block.</summary>
    internal bool Proven { get; set; }

    /// <summary>The same key for another thread: deciphering has a state.</summary>
    internal LoganKey Twin() => new(Name, [.. _aes.Key, .. _iv]);

    /// <summary>Whether a block's first unit of ciphertext opens to the front of a gzip member.</summary>
    internal bool Proves(ReadOnlySpan<byte> unit)
    {
        Decipher(unit, _unit);
        return IsSign(_unit);
    }

    /// <summary>
    /// The first of the gathered units that opens to the front of a gzip member; -1 for none. All are deciphered at
    /// once, into <paramref name="clear"/>.
    /// </summary>
    internal int FirstProven(ReadOnlySpan<byte> units, Span<byte> clear)
    {
        _aes.DecryptEcb(units, clear, PaddingMode.None);
        for (var at = 0; at < units.Length; at += UnitBytes)
            if (IsSign(clear[at..])) return at / UnitBytes;
        return -1;
    }

    /// <summary>
    /// Deciphers a ciphertext of whole units, one at least, into the front of <paramref name="clear"/>; what the
    /// padding is worth is the caller's question.
    /// </summary>
    internal void Open(ReadOnlySpan<byte> cipher, byte[] clear)
    {
        Decipher(cipher, clear);
        Mix(clear, BinaryPrimitives.ReadUInt128LittleEndian(_iv));
    }

    /// <summary>
    /// Whether a ciphertext ends as closed blocks do: right padding, and a gzip length below 16 MiB in front of it. The
    /// IV has no part in that, so it tells a wrong IV from a wrong key; it is chance once in 65,000.
    /// </summary>
    internal bool EndsWell(ReadOnlySpan<byte> cipher)
    {
        if (cipher.Length < 3 * UnitBytes) return false;
        Span<byte> last = stackalloc byte[2 * UnitBytes];
        _aes.DecryptCbc(cipher[^last.Length..], cipher[^(3 * UnitBytes)..^(2 * UnitBytes)], last, PaddingMode.None);
        var pad = last[^1];
        return pad is >= 1 and <= UnitBytes && !last[^pad..].ContainsAnyExcept(pad) && last[^(pad + 1)] == 0;
    }

    public void Dispose()
    {
        _chain.Dispose();
        _aes.Dispose();
    }

    // With an IV of zeros. All goes through one state of the library's, for to set one up takes longer than to decipher
    // a block. Its chain goes on from what it was given before: the last unit of that is taken out of the first again.
    void Decipher(ReadOnlySpan<byte> cipher, byte[] clear)
    {
        var last = BinaryPrimitives.ReadUInt128LittleEndian(cipher[^UnitBytes..]);
        cipher.CopyTo(clear);
        _ = _chain.TransformBlock(clear, 0, cipher.Length, clear, 0);
        Mix(clear, _before);
        _before = last;
    }

    static void Mix(Span<byte> unit, UInt128 other) =>
        BinaryPrimitives.WriteUInt128LittleEndian(unit, BinaryPrimitives.ReadUInt128LittleEndian(unit) ^ other);

    bool IsSign(ReadOnlySpan<byte> clear) => BinaryPrimitives.ReadUInt64LittleEndian(clear) == _sign;
}
