using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// The segments of the flight recorder, <c>000017.txt</c>, for their owner alone: names of uploads stand in them.
/// Everything but <see cref="Dispose"/> may fail as the disk does; after it another segment may begin.
/// </summary>
sealed class FlightFolder(string path, FlightSizes sizes) : IDisposable
{
    const int BufferBytes = 1 << 16;

    FileStream? _file;
    StreamWriter? _text;
    DateTimeOffset _then;
    long _begun;
    long _number;

    /// <summary>The segment's path; null for none.</summary>
    public string? Segment { get; private set; }

    public bool IsFull => _file is not null && _file.Position - _begun >= sizes.SegmentBytes;

    /// <summary>Writes a step; false if there is no segment for it and none begins with it.</summary>
    public bool Write(FlightStep step)
    {
        if (step.State is { } state) Begin(step, state);
        if (_text is not { } text) return false;
        if (step.Now > _then) Line(text, Script.Wait + Script.Time(step.Now - _then));
        _then = step.Now;
        foreach (var happened in step.Events)
            foreach (var line in Notation.Lines(happened)) Line(text, line);
        Line(text, Script.Dashes);
        Line(text, "");
        return true;
    }

    public void Flush() => _text?.Flush();

    /// <summary>Ends the segment, whatever the disk says.</summary>
    public void Dispose()
    {
        try
        {
            _text?.Flush();
        }
        catch (IOException)
        {
            // What is not on disk now never will be; whoever reads the segment sees that its last line is cut.
            _text = null;
        }

        _file?.Dispose();
        (_text, _file, Segment) = (null, null, null);
    }

    void Begin(FlightStep step, Action<Stream> state)
    {
        Dispose();
        MakeRoom();
        Segment = Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{++_number:000000}.txt"));
        _file = new(Segment, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _text = new(_file, new UTF8Encoding(false), BufferBytes);
        Line(_text, $"# segment {_number} of the flight recorder; decryptor replay shows the turns");
        if (step.Missing > 0) Line(_text, $"# before it, {step.Missing} steps are missing");
        Line(_text, Script.At + Script.Moment(step.Now));
        _text.Write(Script.State);
        _text.Flush();
        state(_file);
        Line(_text, "");
        Line(_text, "");
        _text.Flush();
        (_begun, _then) = (_file.Position, step.Now);
    }

    // Room for the segment that begins, so that all of them together never take more.
    void MakeRoom()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var folder = Directory.CreateDirectory(path, ownerOnly);
        var segments = folder.GetFiles("*.txt").Where(file => NumberOf(file) > 0).OrderBy(NumberOf).ToList();
        if (segments.Count > 0) _number = Math.Max(_number, NumberOf(segments[^1]));
        var bytes = segments.Sum(file => file.Length) + sizes.SegmentBytes;
        for (var i = 0; i < segments.Count; i++)
        {
            if (bytes <= sizes.TotalBytes && segments.Count - i < sizes.Segments) break;
            bytes -= segments[i].Length;
            segments[i].Delete();
        }
    }

    static long NumberOf(FileInfo segment) => long.TryParse(
        Path.GetFileNameWithoutExtension(segment.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : 0;

    static void Line(StreamWriter text, string line)
    {
        text.Write(line);
        text.Write('\n');
    }
}
