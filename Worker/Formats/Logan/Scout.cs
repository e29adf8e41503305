namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Looks ahead for blocks whose frames are whole and gives them to a crew, with the key that opened the one before. It
/// proves nothing: what the decoder later takes for something else was done in vain, at most once a block. The crew
/// comes with the first stretch that is worth it.
/// </summary>
sealed class Scout(Foresight foresight) : IDisposable
{
    long _seenTo;

    /// <summary>Null until there is something for it to do.</summary>
    internal Crew<OpenBlock>? Crew { get; private set; }

    /// <summary>
    /// Looks at <paramref name="rest"/>, which begins at <paramref name="position"/> with a whole block.
    /// </summary>
    internal void Look(ReadOnlySpan<byte> rest, long position, LoganKey key)
    {
        if (foresight.Threads < 2 || (Crew is null && rest.Length < foresight.LeastStretch)) return;
        var at = (int)Math.Min(rest.Length, Math.Max(Behind(rest, 0), _seenTo - position));
        while (Crew is not { HasRoom: false } && Framing.IsWhole(rest[at..]))
        {
            var length = Framing.Claim(rest[at..]);
            if (length > Framing.LengthReal) return;
            if (length >= foresight.LeastPayload)
                Send(position + at, key, rest.Slice(at + Framing.HeadBytes, length));
            at = Behind(rest, at);
            _seenTo = position + at;
        }
    }

    public void Dispose() => Crew?.Dispose();

    static int Behind(ReadOnlySpan<byte> rest, int at)
    {
        var end = at + Framing.HeadBytes + Framing.Claim(rest[at..]);
        return end < rest.Length && rest[end] == 0 ? end + 1 : end;
    }

    void Send(long offset, LoganKey key, ReadOnlySpan<byte> cipher)
    {
        Crew ??= new(foresight.Threads, () => new(Framing.LengthReal, spill: null));
        Crew.Free.Take(offset, key, cipher);
        Crew.HandOver();
    }
}
