namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Remembers where the last entries that passed lie, with their context, and prints them in the end from the texts,
/// which are still there. So a tail of any length costs no more memory than the places.
/// </summary>
/// <param name="count">How many that passed are kept.</param>
/// <param name="context">How many entries before each belong to it.</param>
/// <param name="heads">Reads the entries again.</param>
sealed class TailEntries(int count, int context, HeadReader heads)
{
    readonly Queue<Match> _matches = new();
    Match _latest = new(BeginsText: true);
    bool _hasLeftText = true;

    // The end of what was dropped: context of the oldest match that is kept, if that came right behind.
    List<Place> _dropped = [];

    readonly record struct Place(TextFile File, long Offset, long Length, bool IsContext);

    // One that passed, with the context that was not printed with the one before.
    sealed record Match(bool BeginsText)
    {
        public List<Place> Places { get; } = [];
    }

    /// <summary>Another text begins: nothing that was kept is context of what follows.</summary>
    public void LeaveText() => _hasLeftText = true;

    /// <summary>
    /// Remembers one; <paramref name="begins"/> is true for the first that belongs to a further match.
    /// </summary>
    public void Keep(TextFile file, in Entry entry, bool isContext, bool begins)
    {
        if (begins)
        {
            _matches.Enqueue(_latest = new(_hasLeftText));
            _hasLeftText = false;
            if (_matches.Count > count) Drop(_matches.Dequeue());
        }

        var places = _latest.Places;

        if (entry.Part.HasFlag(EntryPart.Rest) && places.Count > 0)
            places[^1] = places[^1] with { Length = places[^1].Length + entry.Bytes.Length };
        else places.Add(new(file, entry.Offset, entry.Bytes.Length, isContext));
    }

    /// <summary>Prints them, and forgets them.</summary>
    /// <exception cref="IOException">A text cannot be read.</exception>
    public void Print(EntryWriter writer)
    {
        while (_matches.TryDequeue(out var match))
        {
            foreach (var place in Whole(match)) Print(place, writer);
            _dropped = [];
        }
    }

    void Drop(Match match)
    {
        if (context == 0) return;
        var places = match.Places.Select(place => place with { IsContext = true });
        _dropped = [.. (match.BeginsText ? places : _dropped.Concat(places)).TakeLast(context)];
    }

    IEnumerable<Place> Whole(Match oldest)
    {
        if (oldest.BeginsText || _dropped.Count == 0) return oldest.Places;
        var own = oldest.Places.TakeWhile(place => place.IsContext).ToList();
        return _dropped.Concat(own).TakeLast(context).Concat(oldest.Places.Skip(own.Count));
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
