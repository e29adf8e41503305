namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Where texts go that grow at the same time. Each has a filter, context and a tail of its own.
/// </summary>
/// <param name="stdout">Where it ends.</param>
/// <param name="lines">The way there.</param>
/// <param name="request">What is asked of the texts.</param>
sealed class FollowOutput(StandardStream stdout, SharedLines lines, ReadingRequest request)
{
    readonly HeadReader _heads = new(DateTime.Now);
    readonly List<EntrySelection> _withTail = [];

    /// <summary>False once nobody reads what is printed.</summary>
    public bool IsHeard => stdout.IsHeard;

    /// <summary>Once true, what is there already was printed, and all that comes is wanted.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What follows is of <paramref name="text"/>.</summary>
    public void Turn(GrowingText text) => lines.Turn(text);

    /// <summary>A sink that has begun the text.</summary>
    public ITextSink NewSink(TextFile file)
    {
        var sink = request.IsRaw ? (ITextSink)new RawText(lines) : new EntryText(NewSelection(), _heads);
        sink.Begin(file);
        return sink;
    }

    /// <summary>All that was there is printed: where only the end of it is wanted, this is it.</summary>
    public void Begin()
    {
        HasBegun = true;
        foreach (var selection in _withTail) selection.EndTail();
        _withTail.Clear();
    }

    EntrySelection NewSelection()
    {
        var limits = request.Limits;
        var tail = limits.Tail is { } count && !HasBegun ? new TailEntries(count, limits.Context, _heads) : null;
        var selection = new EntrySelection(request.Filter, limits, new(lines, request.AsJson), tail);
        if (tail is not null) _withTail.Add(selection);
        return selection;
    }
}
