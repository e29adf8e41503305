namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>Texts that are all there.</summary>
static class GatheredTexts
{
    /// <summary>The instant of the newest entry in ticks of UTC; 0 where none has a time.</summary>
    public static long Newest(IEnumerable<TextFile> texts, HeadReader heads, LocalZone zone)
    {
        var newest = 0L;
        foreach (var text in texts)
            Each(text, heads, entry => newest = Math.Max(newest, zone.Instant(entry.Head.Time)));
        return newest;
    }

    /// <summary>
    /// Copies one text from <paramref name="offset"/> on, up to <paramref name="end"/> or its own end, into a sink,
    /// which has begun it.
    /// </summary>
    /// <returns>How many bytes were copied.</returns>
    public static long Copy(string path, long offset, ITextSink sink, long end = long.MaxValue)
    {
        using var file = File.OpenHandle(path);
        var buffer = new byte[256 * 1024];
        var at = offset;
        while (!sink.HasEnough && at < end)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
            if (count == 0) break;
            sink.Write(buffer.AsSpan(0, count));
            at += count;
        }

        return at - offset;
    }

    static void Each(TextFile text, HeadReader heads, Action<Entry> seen)
    {
        using var file = File.OpenHandle(text.Path);
        var (buffer, at, splitter, ended) = (new byte[256 * 1024], 0L, new EntrySplitter(heads), false);
        while (!ended)
        {
            var count = RandomAccess.Read(file, buffer, at);
            at += count;
            ended = count == 0;
            splitter.Feed(buffer.AsSpan(0, count));
            while (splitter.TryNext(ended, out var entry)) seen(entry);
        }
    }
}
