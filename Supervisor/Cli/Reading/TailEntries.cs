namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Remembers where the last entries that passed lie, with their context, and prints them in the end from the texts,
/// which are still there. So a tail of any length costs no more memory than the places.
/// </summary>
sealed class TailEntries(int count, HeadReader heads)
{
    readonly Queue<List<Place>> _groups = new();
    List<Place> _latest = [];

    readonly record struct Place(TextFile File, long Offset, long Length, bool IsContext);

    /// <summary>
    /// Remembers one; <paramref name="begins"/> is true for the first that belongs to a further match.
    /// </summary>
    public void Keep(TextFile file, in Entry entry, bool isContext, bool begins)
    {
        if (begins)
        {
            _groups.Enqueue(_latest = []);
            if (_groups.Count > count) _groups.Dequeue();
        }

        if (entry.Part.HasFlag(EntryPart.Rest) && _latest.Count > 0)
            _latest[^1] = _latest[^1] with { Length = _latest[^1].Length + entry.Bytes.Length };
        else _latest.Add(new(file, entry.Offset, entry.Bytes.Length, isContext));
    }

    /// <summary>Prints them, and forgets them.</summary>
    /// <exception cref="IOException">A text cannot be read.</exception>
    public void Print(EntryWriter writer)
    {
        while (_groups.TryDequeue(out var places))
            foreach (var place in places) Print(place, writer);
        _latest = [];
    }

    void Print(Place place, EntryWriter writer)
    {
        using var text = File.OpenHandle(place.File.Path);
        for (var done = 0L; done < place.Length;)
        {
            var bytes = new byte[Math.Min(place.Length - done, EntrySplitter.EntryBytesMax)];
            var got = RandomAccess.Read(text, bytes, place.Offset + done);
            if (got == 0) throw new EndOfStreamException($"{place.File.Path} became shorter");
            var part = done > 0 ? EntryPart.Rest : EntryPart.Whole;
            if (done + got < place.Length) part |= EntryPart.Cut;
            var head = new EntryHead();
            if (done == 0 && heads.Read(bytes.AsSpan(0, got), out var read)) head = read;
            writer.Write(
                place.File, new(bytes.AsMemory(0, got), place.Offset + done, head, head.Time, part), place.IsContext);
            done += got;
        }
    }
}
