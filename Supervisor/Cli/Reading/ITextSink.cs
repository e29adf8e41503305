namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>What takes the texts of the inputs, one after the other, as they come.</summary>
interface ITextSink
{
    /// <summary>True when nothing that follows is wanted.</summary>
    bool HasEnough { get; }

    /// <summary>Begins a text.</summary>
    void Begin(TextFile file);

    /// <summary>Takes what comes next of it.</summary>
    void Write(ReadOnlySpan<byte> text);

    /// <summary>Nothing is there at the moment; what was taken may be shown.</summary>
    void Pause();

    /// <summary>Nothing more has come for a while: all that was taken is shown, although more may follow.</summary>
    void Rest();

    /// <summary>Ends the text.</summary>
    void End();
}

/// <summary>Hands every byte on as it is.</summary>
sealed class RawText(Stream output) : ITextSink
{
    public bool HasEnough => false;

    public void Begin(TextFile file)
    {
    }

    public void Write(ReadOnlySpan<byte> text) => output.Write(text);

    public void Pause() => output.Flush();

    public void Rest() => output.Flush();

    public void End() => output.Flush();
}

/// <summary>Cuts texts into entries and hands on those that are asked for.</summary>
sealed class EntryText(EntrySelection selection, HeadReader heads) : ITextSink
{
    TextFile _file = new("", "");
    EntrySplitter _splitter = new(heads);

    public bool HasEnough => selection.HasEnough;

    public void Begin(TextFile file)
    {
        (_file, _splitter) = (file, new(heads));
        selection.LeaveText();
    }

    public void Write(ReadOnlySpan<byte> text)
    {
        _splitter.Feed(text);
        TakeAll(ended: false);
    }

    public void Pause() => selection.Flush();

    public void Rest()
    {
        while (_splitter.TryHeld(out var entry)) selection.Take(_file, entry);
        selection.Flush();
    }

    public void End()
    {
        TakeAll(ended: true);
        if (_splitter.HasCut) LongEntry.Tell(_file);
    }

    void TakeAll(bool ended)
    {
        while (!selection.HasEnough && _splitter.TryNext(ended, out var entry)) selection.Take(_file, entry);
    }
}

/// <summary>Says that an entry was too long to be held whole.</summary>
static class LongEntry
{
    public static void Tell(TextFile file) =>
        Talk.Say($"{file.Input}: {file.Name} has entries that are too long to be held; filters saw their beginning");
}
