using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Reads the entries of many texts in the order of time; those of one text stay in their order, and of entries of one
/// time those of the earlier text come first. No text is held open, and what is held of them together is bounded, so
/// that neither descriptors nor memory limit how many there are.
/// </summary>
sealed class MergedTexts
{
    /// <summary>How many texts can be merged.</summary>
    public const int TextsMax = 65_536;

    const int HeldBytesMax = 256 << 20;
    const int ReadBytesMax = 256 * 1024, ReadBytesMin = 4096;

    readonly PriorityQueue<Source, (long Instant, int Number)> _next = new();
    readonly LocalZone _zone;
    readonly byte[] _buffer;

    /// <exception cref="UsageException">There are too many.</exception>
    public MergedTexts(IReadOnlyList<TextFile> texts, HeadReader heads, LocalZone zone)
    {
        if (texts.Count > TextsMax)
            throw new UsageException(
                $"{texts.Count} texts are too many to merge: the limit is {TextsMax}", "merge a part of them")
            {
                ExitCode = FailureCode.LimitMembers.ExitCode,
            };
        var share = HeldBytesMax / Math.Max(texts.Count, 1);
        _zone = zone;
        _buffer = new byte[Math.Clamp(share / 4, ReadBytesMin / 4, ReadBytesMax)];
        var entryBytesMax = Math.Clamp(share / 4, ReadBytesMin, EntrySplitter.EntryBytesMax);
        foreach (var (number, text) in texts.Index())
            Advance(new(text, number, new(heads, entryBytesMax)));
    }

    /// <summary>Hands every entry to the selection, until it has enough.</summary>
    public void CopyTo(EntrySelection selection)
    {
        while (!selection.HasEnough && _next.TryDequeue(out var source, out _))
        {
            // The pieces of a long entry stay together.
            do selection.Take(source.File, source.Current);
            while (source.Current.Part.HasFlag(EntryPart.Cut) && !selection.HasEnough && source.TakeRest(_buffer));

            Advance(source);
        }
    }

    void Advance(Source source)
    {
        if (source.Read(_buffer))
            _next.Enqueue(source, (_zone.Instant(source.Current.When), source.Number));
        else if (source.HasCut) LongEntry.Tell(source.File);
    }

    sealed class Source(TextFile file, int number, EntrySplitter splitter)
    {
        long _read;
        bool _ended;
        bool _isAhead;
        Entry _current;

        public TextFile File => file;

        public int Number => number;

        public Entry Current => _current;

        public bool HasCut => splitter.HasCut;

        public bool Read(byte[] buffer)
        {
            if (_isAhead)
            {
                _isAhead = false;
                return true;
            }

            while (!splitter.TryNext(_ended, out _current))
            {
                if (_ended) return false;
                var count = ReadMore(buffer);
                splitter.Feed(buffer.AsSpan(0, count));
                _ended = count == 0;
            }

            return true;
        }

        /// <summary>Whether the next piece belongs to this entry; else it is kept for its turn.</summary>
        public bool TakeRest(byte[] buffer)
        {
            if (!Read(buffer)) return false;
            _isAhead = !_current.Part.HasFlag(EntryPart.Rest);
            return !_isAhead;
        }

        int ReadMore(byte[] buffer)
        {
            using var text = System.IO.File.OpenHandle(file.Path);
            var count = RandomAccess.Read(text, buffer, _read);
            _read += count;
            return count;
        }
    }
}
