using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>What a trace means to a person, and what to do about it.</summary>
static class TraceWords
{
    /// <summary>What happened, in a sentence.</summary>
    public static string Said(TraceFound found) => found.Name switch
    {
        Trace.TextMode when found.Count == 0 => $"sent as text: CR stands before LF at byte {found.Offset}",
        Trace.TextMode => $"sent as text: {found.Count} CR were put before LF, and are taken out again",
        Trace.Reencoded => $"read as UTF-8 and written again: {found.Count} marks U+FFFD stand where bytes were",
        Trace.Base64 => "base64 of a format known here",
        Trace.ZeroTail => $"{found.Count} zeros from byte {found.Offset} to the end, as a crash leaves them",
        Trace.ZeroHole => $"zeros where a block or a part of one should be, {Times(found.Count)}, "
            + $"first at byte {found.Offset}",
        Trace.AllZeros => $"nothing but zeros, {found.Count} of them",
        Trace.BufferFile => "the buffer file, in which an app keeps what it has not written yet",
        Trace.Repeated => $"blocks that stand there twice, {Times(found.Count)}, first at byte {found.Offset}",
        Trace.Overlap => $"a block inside another, {Times(found.Count)}, first at byte {found.Offset}: "
            + "as two writers of one file leave it",
        Trace.Joined => $"another file begins at byte {found.Offset}: two were joined",
        _ => $"{found.Name}, {Times(found.Count)}, first at byte {found.Offset}",
    };

    /// <summary>What to do about it; null where the trace alone asks for nothing.</summary>
    public static string? Next(TraceFound found) => found.Name switch
    {
        Trace.TextMode when found.Count == 0 => "ask for another copy, sent as binary: this cannot be undone",
        Trace.TextMode => "ask for another copy, sent as binary, if you need to be sure of every line",
        Trace.Reencoded => "ask for another copy, sent as binary: the bytes that were replaced are lost",
        Trace.Base64 => "decode it, then try again: `base64 -d FILE > DECODED`",
        Trace.AllZeros => "ask for another copy: nothing was written to this one, or its pages were lost",
        Trace.Overlap => "tell the app's makers: two processes write to one log",
        Trace.Joined => "ask for the two files one by one, or in an archive",
        _ => null,
    };

    static string Times(long count) => count == 1 ? "once" : $"{count} times";
}
