namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Takes entries in turn and writes those that are asked for: what the filter passes, with context around it, the
/// first or the last of them.
/// </summary>
sealed class EntrySelection(EntryFilter filter, ReadingLimits limits, EntryWriter writer, TailEntries? tail)
{
    readonly HeldEntries _before = new(limits.Context);
    TailEntries? _tail = tail;
    Fate _fate;
    int _after;
    long _matches;

    enum Fate
    {
        Dropped,
        Held,
        Context,
        Written,
    }

    /// <summary>True when nothing that follows will be written.</summary>
    public bool HasEnough { get; private set; }

    /// <summary>How many entries passed the filter.</summary>
    public long Matches => _matches;

    /// <summary>True when context was left out, since it was too much to be held.</summary>
    public bool HasLostContext => _before.HasLost;

    public void Take(TextFile file, in Entry entry)
    {
        if (HasEnough) return;
        var begins = false;
        if (!entry.Part.HasFlag(EntryPart.Rest)) _fate = Judge(entry, out begins);
        if (_fate == Fate.Held) _before.Hold(file, entry);
        if (_fate is Fate.Context or Fate.Written) Put(file, entry, _fate == Fate.Context, begins);
        var headIsFull = limits.Head is { } head && _matches >= head && _after == 0;
        HasEnough = headIsFull && !entry.Part.HasFlag(EntryPart.Cut);
    }

    /// <summary>Another text begins: what was before it is no context of it.</summary>
    public void LeaveText()
    {
        _before.Clear();
        _tail?.LeaveText();
        _after = 0;
        HasEnough |= limits.Head is { } head && _matches >= head;
    }

    /// <summary>Writes what was kept back, and hands everything on.</summary>
    public void Finish()
    {
        _tail?.Print(writer);
        writer.Finish();
    }

    /// <summary>Writes the last of what came so far; what comes from now on is wanted whole.</summary>
    public void EndTail()
    {
        _tail?.Print(writer);
        _tail = null;
        writer.Flush();
    }

    /// <summary>Hands on what was written so far.</summary>
    public void Flush() => writer.Flush();

    Fate Judge(in Entry entry, out bool begins)
    {
        begins = false;
        var isFull = limits.Head is { } head && _matches >= head;
        if (!isFull && filter.Passes(entry))
        {
            begins = true;
            foreach (var (file, held) in _before.Release())
            {
                Put(file, held, isContext: true, begins);
                begins = false;
            }

            (_matches, _after) = (_matches + 1, limits.Context);
            return Fate.Written;
        }

        if (_after == 0) return limits.Context > 0 ? Fate.Held : Fate.Dropped;
        _after--;
        return Fate.Context;
    }

    void Put(TextFile file, in Entry entry, bool isContext, bool begins)
    {
        if (_tail is null) writer.Write(file, entry, isContext);
        else _tail.Keep(file, entry, isContext, begins);
    }
}

/// <summary>How much is asked for.</summary>
/// <param name="Context">Entries before and after each that passes.</param>
/// <param name="Head">The first of those that pass; null for all.</param>
/// <param name="Tail">The last of those that pass; null for all.</param>
readonly record struct ReadingLimits(int Context, int? Head, int? Tail);
