namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// One output of several texts that grow at the same time: whoever's turn it is begins on a line of its own.
/// </summary>
sealed class SharedLines(Stream output) : Stream
{
    object? _writer;
    bool _lineIsOpen;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What follows comes from <paramref name="writer"/>.</summary>
    public void Turn(object writer)
    {
        if (writer != _writer && _lineIsOpen) Write("\n"u8);
        _writer = writer;
    }

    public override void Write(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        output.Write(text);
        _lineIsOpen = text[^1] != '\n';
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
