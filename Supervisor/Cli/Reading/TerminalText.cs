using System.Buffers;
using System.Globalization;
using System.Text;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Text on its way to a terminal. A log comes from strangers, and must not move the cursor, change the title or type
/// commands: what a terminal would not just draw is made visible. Line feeds and tabs stay, and what joins letters.
/// </summary>
sealed class TerminalText(Stream terminal) : Stream
{
    const int Joiner = 0x200D, NonJoiner = 0x200C;

    readonly ArrayBufferWriter<byte> _shown = new(4096);
    readonly byte[] _open = new byte[4];
    int _openLength;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> text)
    {
        while (_openLength > 0 && !text.IsEmpty)
        {
            // The beginning of a character came with the text before.
            _open[_openLength++] = text[0];
            text = text[1..];
            var status = Rune.DecodeFromUtf8(_open.AsSpan(0, _openLength), out _, out var used);
            if (status == OperationStatus.NeedMoreData) continue;
            var rest = _open.AsSpan(used, _openLength - used).ToArray();
            Show(_open.AsSpan(0, used));
            _openLength = 0;
            Show(rest);
        }

        Show(text);
        terminal.Write(_shown.WrittenSpan);
        _shown.ResetWrittenCount();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => terminal.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    void Show(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
            _shown.Write(plain < 0 ? text : text[..plain]);
            if (plain < 0) return;
            text = text[plain..];
            var status = Rune.DecodeFromUtf8(text, out var rune, out var used);
            if (status == OperationStatus.NeedMoreData && text.Length < _open.Length)
            {
                text.CopyTo(_open.AsSpan(_openLength));
                _openLength += text.Length;
                return;
            }

            if (text.StartsWith("\r\n"u8)) used = 2;
            if (status == OperationStatus.Done) Show(rune, text[..used]);
            else foreach (var wrong in text[..used]) Spell($"\\x{wrong:x2}");
            text = text[used..];
        }
    }

    void Show(Rune rune, ReadOnlySpan<byte> bytes)
    {
        var stays = bytes.Length == 2 && bytes[0] == '\r' || rune.Value is '\n' or '\t' or Joiner or NonJoiner
            || Harmless.MayBeShown(rune);
        if (stays) _shown.Write(bytes);
        else Spell(string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"));
    }

    void Spell(string shown) => _shown.Write(Encoding.ASCII.GetBytes(shown));
}
