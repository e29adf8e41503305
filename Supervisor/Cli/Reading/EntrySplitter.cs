namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Cuts a text that comes in pieces into entries. An entry that is longer than the limit is given out in pieces, so
/// that memory is bounded whatever the text is; where it is cut does not depend on how the text came.
/// </summary>
/// <param name="heads">Knows where entries begin.</param>
/// <param name="entryBytesMax">How much of an entry is held.</param>
sealed class EntrySplitter(HeadReader heads, int entryBytesMax = EntrySplitter.EntryBytesMax)
{
    /// <summary>How long an entry may be that is held whole.</summary>
    public const int EntryBytesMax = 1 << 20;

    /// <summary>How much of a line must be seen to say whether an entry begins with it.</summary>
    const int HeadBytesMax = 4096;

    /// <summary>What has come of the text.</summary>
    enum Come
    {
        /// <summary>A part; the next follows at once.</summary>
        More,

        /// <summary>A part; the next follows some time or never.</summary>
        Enough,

        /// <summary>All of it.</summary>
        All,
    }

    byte[] _buffer = new byte[Math.Min(entryBytesMax, 64 * 1024)];
    int _start;
    int _line;
    int _seen;
    int _end;
    long _offset;
    bool _lineIsJudged;
    bool _isRest;
    bool _isTooLong;
    EntryHead _head = new();
    EntryTime _when;

    /// <summary>True when an entry was longer than what is held of one.</summary>
    public bool HasCut { get; private set; }

    /// <summary>Takes in what comes next.</summary>
    public void Feed(ReadOnlySpan<byte> text)
    {
        if (_buffer.Length - _end < text.Length) MakeRoom(text.Length);
        text.CopyTo(_buffer.AsSpan(_end));
        _end += text.Length;
    }

    /// <summary>
    /// The next entry. Only when the text is <paramref name="ended"/> is the last one given out.
    /// </summary>
    public bool TryNext(bool ended, out Entry entry) => Next(ended ? Come.All : Come.More, out entry);

    /// <summary>
    /// As <see cref="TryNext"/>, for a text that grows no more for a while: what is held is given out too, and what may
    /// come of the same entry later will be a further piece of it.
    /// </summary>
    public bool TryHeld(out Entry entry) => Next(Come.Enough, out entry);

    bool Next(Come come, out Entry entry)
    {
        while (true)
        {
            if (!_lineIsJudged && Judge(come != Come.More, out var begins))
            {
                if (begins is { } head && _line > _start)
                {
                    entry = Give(_line, cut: false);
                    Begin(head);
                    _lineIsJudged = true;
                    return true;
                }

                if (begins is { } first) Begin(first);
                _lineIsJudged = true;
            }

            if (_lineIsJudged && EndOfLine()) continue;
            if (_isTooLong)
            {
                (_isTooLong, HasCut) = (false, true);
                entry = Give(WholeCharacters(_start + entryBytesMax), cut: true);
                return true;
            }

            return Last(come, out entry);
        }
    }

    // Whether the line that begins at _line begins an entry. False where too little of it is there.
    bool Judge(bool ended, out EntryHead? begins)
    {
        begins = null;
        var rest = _buffer.AsSpan(_line, _end - _line);
        if (rest.IsEmpty) return false;
        var window = rest[..Math.Min(rest.Length, HeadBytesMax)];
        var end = window.IndexOf((byte)'\n');
        if (end < 0 && window.Length < HeadBytesMax && !ended) return false;
        // Logan names its fields behind the message, so that all of its line must be there.
        if (end < 0 && !ended && rest[0] == '{' && rest.Length < entryBytesMax && rest.IndexOf((byte)'\n') is var far)
        {
            if (far < 0) return false;
            end = far;
        }

        var line = end >= 0 ? rest[..(end + 1)] : rest[0] == '{' ? rest : window;
        if (heads.Read(line, out var head)) begins = head;
        return true;
    }

    bool EndOfLine()
    {
        var from = Math.Max(_seen, _line);
        var end = _buffer.AsSpan(from, _end - from).IndexOf((byte)'\n');
        var until = end < 0 ? _end : from + end + 1;
        if (until - _start > entryBytesMax)
        {
            (_seen, _isTooLong) = (_start + entryBytesMax, true);
            return false;
        }

        _seen = until;
        if (end < 0) return false;
        _line = until;
        _lineIsJudged = false;
        return true;
    }

    bool Last(Come come, out Entry entry)
    {
        entry = default;
        if (come == Come.More || _end == _start) return false;
        var isMidLine = _buffer[_end - 1] != '\n';
        entry = Give(_end, cut: come == Come.Enough);
        if (come == Come.Enough) _lineIsJudged = isMidLine;
        else (_isRest, _lineIsJudged, _head) = (false, false, new());
        return true;
    }

    void Begin(EntryHead head)
    {
        (_head, _isRest) = (head, false);
        if (head.Time.IsKnown) _when = head.Time;
    }

    Entry Give(int until, bool cut)
    {
        var part = (cut ? EntryPart.Cut : EntryPart.Whole) | (_isRest ? EntryPart.Rest : EntryPart.Whole);
        var entry = new Entry(_buffer.AsMemory(_start, until - _start), _offset, _head, _when, part);
        _offset += until - _start;
        _start = until;
        if (_line < until) _line = until;
        if (_seen < until) _seen = until;
        _isRest = cut;
        return entry;
    }

    // A character of several bytes is not cut in two.
    int WholeCharacters(int until)
    {
        for (var back = 0; back < 3 && until - back > _start + 1; back++)
            if ((_buffer[until - back] & 0xC0) != 0x80) return until - back;
        return until;
    }

    void MakeRoom(int length)
    {
        var held = _end - _start;
        var target = held + length <= _buffer.Length ? _buffer
            : new byte[Math.Max(held + length, Math.Min(_buffer.Length * 2, 2 * entryBytesMax))];
        _buffer.AsSpan(_start, held).CopyTo(target);
        _buffer = target;
        (_line, _seen, _end, _start) = (_line - _start, Math.Max(_seen - _start, 0), held, 0);
    }
}
