namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>Where the text goes, and on the way what was asked of it.</summary>
sealed class ReadingOutput
{
    readonly Stream _output;
    readonly ReadingRequest _request;
    readonly TailEntries? _tail;
    EntrySelection? _selection;

    public ReadingOutput(Stream stdout, ReadingRequest request)
    {
        (_output, _request) = (Console.IsOutputRedirected ? stdout : new TerminalText(stdout), request);
        _tail = request.Limits.Tail is { } count ? new(count, request.Limits.Context, Heads) : null;
        Select(request.Filter);
    }

    public HeadReader Heads { get; } = new(DateTime.Now);

    public EntrySelection Selection => _selection!;

    /// <summary>True when a filter was set and nothing passed.</summary>
    public bool MatchedNothing => !_request.Filter.IsOpen && Selection.Matches == 0;

    /// <summary>Goes on with a filter that is now known in full.</summary>
    public void Select(EntryFilter filter) =>
        _selection = new(filter, _request.Limits, new(_output, _request.AsJson), _tail);

    public ITextSink NewSink() => _request.IsRaw ? new RawText(_output) : new EntryText(Selection, Heads);

    /// <summary>Prints what was kept back.</summary>
    public void Finish()
    {
        if (!_request.IsRaw) Selection.Finish();
        if (Selection.HasLostContext) Talk.Say("--context: what lay around was too much to be held; a part is missing");
    }
}
