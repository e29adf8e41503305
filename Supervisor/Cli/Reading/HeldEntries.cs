namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// The last entries that did not pass, in case that the next one does. Bounded by their number and by their bytes,
/// whatever they are.
/// </summary>
/// <param name="countMax">How many entries are held; further pieces of one do not count.</param>
/// <param name="bytesMax">How many bytes are held.</param>
sealed class HeldEntries(int countMax, long bytesMax = HeldEntries.BytesMax)
{
    public const long BytesMax = 64 << 20;

    readonly Queue<(TextFile File, Entry Entry)> _held = new();
    int _count;
    long _bytes;

    /// <summary>True when the limit of bytes took entries that were to be held.</summary>
    public bool HasLost { get; private set; }

    public void Hold(TextFile file, in Entry entry)
    {
        if (countMax == 0) return;
        _held.Enqueue((file, entry with { Bytes = entry.Bytes.ToArray() }));
        _bytes += entry.Bytes.Length;
        if (!entry.Part.HasFlag(EntryPart.Rest)) _count++;
        while (_count > countMax) DropFirst();
        while (_bytes > bytesMax)
        {
            DropFirst();
            HasLost = true;
        }
    }

    /// <summary>Hands out all of them, the oldest first, and holds none.</summary>
    public IEnumerable<(TextFile File, Entry Entry)> Release()
    {
        while (_held.TryDequeue(out var held)) yield return held;
        (_count, _bytes) = (0, 0);
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        _held.Clear();
        (_count, _bytes) = (0, 0);
    }

    // With an entry go its further pieces.
    void DropFirst()
    {
        do
        {
            var (_, entry) = _held.Dequeue();
            _bytes -= entry.Bytes.Length;
            if (!entry.Part.HasFlag(EntryPart.Rest)) _count--;
        }
        while (_held.TryPeek(out var next) && next.Entry.Part.HasFlag(EntryPart.Rest));
    }
}
