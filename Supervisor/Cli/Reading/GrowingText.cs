namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// One text of a file that grows. Each version of the file is decoded as a whole; of its text, what was printed before
/// is skipped, once it was compared byte for byte with what the version before had there.
/// </summary>
sealed class GrowingText(TextFile file, FollowOutput output)
{
    const int BufferBytes = 256 * 1024;

    readonly ITextSink _sink = output.NewSink(file);
    long _printed;

    /// <summary>What a newer version is to what was printed.</summary>
    public enum Kin
    {
        /// <summary>It begins with it.</summary>
        Longer,

        /// <summary>It is a beginning of it, as where a file is just being written again.</summary>
        Shorter,

        /// <summary>It is another text, which was printed from its beginning.</summary>
        Another,
    }

    /// <summary>What the text is called in the folder of its job.</summary>
    public string Name => file.Name;

    /// <summary>The folder in which the version lies from which was printed.</summary>
    public string Folder => Path.GetDirectoryName(file.Path)!;

    /// <summary>Prints what a newer version has more, up to its last line that has an end.</summary>
    public Kin Take(string path)
    {
        var length = new FileInfo(path).Length;
        var shared = Math.Min(length, _printed);
        var kin = !IsSame(path, shared) ? Kin.Another : length < _printed ? Kin.Shorter : Kin.Longer;
        if (kin == Kin.Shorter) return kin;
        if (kin == Kin.Another) StartOver();
        file.Path = path;
        PrintUntil(EndOfLastLine(length));
        _sink.Pause();
        return kin;
    }

    /// <summary>Prints what was kept back in case that its line or its entry goes on.</summary>
    public void Rest()
    {
        PrintUntil(long.MaxValue);
        output.Turn(this);
        _sink.Rest();
    }

    void StartOver()
    {
        Rest();
        _sink.End();
        _sink.Begin(file);
        _printed = 0;
    }

    void PrintUntil(long end)
    {
        if (end <= _printed) return;
        output.Turn(this);
        _printed += GatheredTexts.Copy(file.Path, _printed, _sink, end);
    }

    long EndOfLastLine(long length)
    {
        using var text = File.OpenHandle(file.Path);
        var buffer = new byte[BufferBytes];
        for (var end = length; end > _printed;)
        {
            var from = Math.Max(_printed, end - buffer.Length);
            var count = RandomAccess.Read(text, buffer.AsSpan(0, (int)(end - from)), from);
            var at = buffer.AsSpan(0, count).LastIndexOf((byte)'\n');
            if (at >= 0) return from + at + 1;
            end = from;
        }

        return _printed;
    }

    bool IsSame(string path, long length)
    {
        if (length == 0) return true;
        using var ours = File.OpenHandle(file.Path);
        using var theirs = File.OpenHandle(path);
        var (a, b) = (new byte[BufferBytes], new byte[BufferBytes]);
        for (var at = 0L; at < length;)
        {
            var wanted = (int)Math.Min(a.Length, length - at);
            var count = RandomAccess.Read(ours, a.AsSpan(0, wanted), at);
            if (count == 0 || RandomAccess.Read(theirs, b.AsSpan(0, count), at) != count) return false;
            if (!a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, count))) return false;
            at += count;
        }

        return true;
    }
}
