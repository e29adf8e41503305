namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// A place for one block that is unpacked before its turn. Its memory is bounded: a block of more text than one piece
/// is not finished here but left to its turn, so that what is done ahead is done exactly as it would be then.
/// </summary>
sealed class BlockAhead : IAhead
{
    readonly Payload _payload = new(BlockHeader.LengthReal);
    Tea? _tea;
    int _length;
    bool _isWhole;

    /// <summary>Where the block begins in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>All of its text.</summary>
    internal ReadOnlySpan<byte> Text => _payload.Text;

    /// <inheritdoc cref="Payload.Damage"/>
    internal Damage? Damage => _payload.Damage;

    /// <summary>Puts a block in. Its bytes are copied: they move while the file is read on.</summary>
    internal void Take(long offset, Packing packing, ReadOnlySpan<byte> payload, Tea? tea)
    {
        (Offset, _length, _tea) = (offset, payload.Length, tea);
        _payload.Take(packing, payload, tea: null);
    }

    /// <summary>Opens and unpacks it, on whatever thread.</summary>
    public void Run()
    {
        if (_tea is not null) _payload.Open(_tea);
        _payload.Begin();
        _isWhole = !_payload.Next();
    }

    /// <summary>Whether this is the whole text of the payload of that length, opened with that key.</summary>
    internal bool IsOf(int length, Tea? tea) => _length == length && ReferenceEquals(_tea, tea) && _isWhole;

    public void Dispose() => _payload.Dispose();
}
