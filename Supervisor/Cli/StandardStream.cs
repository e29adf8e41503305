using System.Runtime.InteropServices;
using System.Text;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// One of the three streams that a program is born with, by its descriptor and nothing else. The console of the runtime
/// writes <c>ESC[?1h ESC=</c> to the terminal before the first byte of ours, even where stdout is a pipe; and it keeps
/// silent where nobody reads any more, so that a long decoding would go on for no one.
/// </summary>
/// <param name="descriptor">0, 1 or 2.</param>
/// <param name="tellsOfBrokenPipe">
/// Whether a write that nobody can read any more throws, or is as good as written.
/// </param>
sealed partial class StandardStream(int descriptor, bool tellsOfBrokenPipe = false) : Stream
{
    /// <summary>The number of the error of a write that nobody can read any more.</summary>
    public const int BrokenPipe = 32;

    const int Interrupted = 4, TryAgain = 11;
    const short Readable = 1, Writable = 4, Failed = 8;
    const int Forever = -1;
    const nuint AskForSize = 0x5413;

    public override bool CanRead => descriptor == 0;

    public override bool CanSeek => false;

    public override bool CanWrite => descriptor > 0;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The columns of the terminal that this is; 0 where it is none, or none that says it.</summary>
    public int Columns => Size.Columns;

    /// <summary>Its columns and rows; 0 where it is none, or none that says it.</summary>
    public (int Columns, int Rows) Size =>
        GetWindowSize(descriptor, AskForSize, out var size) == 0 ? (size.Columns, size.Rows) : default;

    /// <summary>False once the other end of the pipe is closed.</summary>
    public bool IsHeard => !Await(0, 0).HasFlag(PollResult.Failed);

    /// <summary>Gives <see cref="Console"/> these streams for its own, so that all that we print goes here.</summary>
    public static void TakeConsole()
    {
        Console.SetOut(new StreamWriter(new StandardStream(1), new UTF8Encoding(false)) { AutoFlush = true });
        Console.SetError(new StreamWriter(new StandardStream(2), new UTF8Encoding(false)) { AutoFlush = true });
    }

    public override void Write(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var written = Write(descriptor, text, (nuint)text.Length);
            if (written >= 0) text = text[(int)written..];
            else if (Marshal.GetLastPInvokeError() is var error && error == BrokenPipe && !tellsOfBrokenPipe) return;
            else WaitOrThrow(error, Writable);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = Read(descriptor, buffer, (nuint)buffer.Length);
            if (count >= 0) return (int)count;
            WaitOrThrow(Marshal.GetLastPInvokeError(), Readable);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Whoever shares the descriptor with us may have made it one that does not block.
    void WaitOrThrow(int error, short wanted)
    {
        if (error == Interrupted) return;
        if (error != TryAgain) throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        Await(wanted, Forever);
    }

    PollResult Await(short wanted, int milliseconds)
    {
        var asked = new Asked { Descriptor = descriptor, Wanted = wanted };
        return Poll(ref asked, 1, milliseconds) > 0 ? (PollResult)asked.Seen : PollResult.None;
    }

    [Flags]
    enum PollResult : short
    {
        None = 0,
        Failed = StandardStream.Failed,
    }

    struct Asked
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Asked asked, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int GetWindowSize(int descriptor, nuint request, out WindowSize size);
}
