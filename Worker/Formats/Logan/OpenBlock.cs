using System.Buffers;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// One block, deciphered and read: in its turn, or by a crew ahead of it. It knows nothing but its bytes and its key,
/// so whoever does it, and when, the text and the ending are the same. Its memory is taken once.
/// </summary>
/// <param name="longest">The longest ciphertext that is put in.</param>
/// <param name="spill">
/// Where text goes that is too long to be held. Null where nothing may go anywhere: then such a block is not finished.
/// </param>
sealed class OpenBlock(int longest, LogText? spill) : IAhead
{
    readonly byte[] _clear = ArrayPool<byte>.Shared.Rent(longest + MemberReader.Padding);
    readonly MemberReader _members = new(spill);
    LoganKey? _key;
    LoganKey? _twin;
    int _length;

    /// <summary>Where the block begins in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>How the block came to its end.</summary>
    internal Reading Reading { get; private set; }

    /// <inheritdoc cref="MemberReader.Text"/>
    internal ReadOnlySpan<byte> Text => _members.Text;

    /// <inheritdoc cref="MemberReader.Spilled"/>
    internal long Spilled => _members.Spilled;

    /// <summary>What was deciphered.</summary>
    internal Span<byte> Clear => _clear.AsSpan(0, _length);

    /// <summary>Deciphers without reading.</summary>
    internal void Decipher(LoganKey key, ReadOnlySpan<byte> cipher)
    {
        key.Open(cipher, _clear);
        _length = cipher.Length;
    }

    /// <summary>Deciphers a proven block and holds its text.</summary>
    internal void Read(LoganKey key, ReadOnlySpan<byte> cipher)
    {
        Decipher(key, cipher);
        Reading = _members.Read(_clear, _length);
    }

    /// <summary>Puts a block in, to be read by whatever thread. Its bytes are copied: they move while the file is read
    /// on.</summary>
    internal void Take(long offset, LoganKey key, ReadOnlySpan<byte> cipher)
    {
        (Offset, _length) = (offset, cipher.Length);
        cipher.CopyTo(_clear);
        if (_key == key) return;
        _twin?.Dispose();
        (_key, _twin) = (key, key.Twin());
    }

    public void Run() => Read(_twin!, Clear);

    /// <summary>Whether this is all of the ciphertext of that length, opened with that key.</summary>
    internal bool IsOf(LoganKey key, int length) => _key == key && _length == length && !_members.IsTooLong;

    public void Dispose()
    {
        _members.Dispose();
        _twin?.Dispose();
        ArrayPool<byte>.Shared.Return(_clear);
    }
}
