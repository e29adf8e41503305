using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Output;

namespace Decryptor.Worker;

/// <summary>What is at the bottom of the layers.</summary>
enum Kind
{
    /// <summary>Text that needs no decoding.</summary>
    Text,

    /// <summary>Perhaps blocks of a format that first bytes do not prove.</summary>
    Blocks,

    /// <summary>Bytes that are no text, out of a layer that was opened and verified.</summary>
    Bytes,
}

/// <summary>
/// Reads what no layer is around: blocks, text, or bytes that are neither. Nothing is certain here, so the input itself
/// may be read several times; what is inside a layer can be read once, and is judged by its first stretch alone.
/// </summary>
sealed class TextReading(Lookahead first, Piece piece, Resources resources, InputFile input)
{
    Lookahead _lookahead = first;
    IReadOnlyList<BlockFormat> _formats = [];
    byte[] _begins = [];
    int _replaced;
    string? _warning;

    /// <summary>Why the bytes broke off before their end; null where they did not.</summary>
    internal Refusal? Trouble => _lookahead.Trouble;

    /// <exception cref="Refusal">It is known, and no log.</exception>
    internal Kind Judge(KnownFormat? known)
    {
        if (known is not null && !piece.IsInside) throw Faults.NoLog(known.Looks);
        var stretch = _lookahead.Peek(PlainText.Stretch);
        if (known is not null) _warning = $"looks like {known.Looks}";
        if (PlainText.Looks(stretch) || PlainText.LooksWide(stretch)) return Kind.Text;
        if (known is not null) return Kind.Bytes;
        _replaced = Disguise.Replaced(stretch);
        _begins = stretch[..Math.Min(stretch.Length, 1024)].ToArray();
        _formats = BlockFormats.InOrder(_lookahead.Peek(Lookahead.Reach), out var found);
        if (!piece.IsInside || found > 0) return Kind.Blocks;
        return IsTextBetweenZeros() ? Kind.Text : Kind.Bytes;
    }

    internal Verdict Read(Kind kind, IText text)
    {
        var verdict = kind switch
        {
            Kind.Text => CopyText(text),
            Kind.Blocks => ReadBlocks(text),
            _ => CopyBytes(text),
        };
        piece.Findings.Evidence.Length = _lookahead.Position;
        return verdict;
    }

    Verdict CopyText(IText text)
    {
        piece.Findings.Enter("text");
        Disguise.NoteBase64(_lookahead.Peek(PlainText.Stretch), piece.Findings.Evidence);
        if (_warning is not null) piece.Findings.Warn(_warning);
        var wide = PlainText.LooksWide(_lookahead.Peek(PlainText.Stretch));
        return PlainText.Copy(_lookahead, SinkInto(text), wide || _warning is not null ? null : piece.Findings);
    }

    Verdict CopyBytes(IText text)
    {
        piece.Findings.Enter("bytes");
        piece.Findings.Warn($"NOT_TEXT: {_warning ?? "no format known here"}; the bytes are delivered as they are");
        return PlainText.Copy(_lookahead, SinkInto(text), doubts: null);
    }

    Verdict ReadBlocks(IText text)
    {
        foreach (var format in _formats)
        {
            var name = piece.Findings.Format;
            piece.Findings.Enter(format.Name);
            var foresight = new Foresight(resources.Limits.Threads) { Wanted = resources.Wanted };
            if (format.Decode(_lookahead, SinkInto(text), Question, piece.Findings, foresight) is { } verdict)
                return verdict;
            piece.Findings.Reset(name);
            if (piece.IsInside) break;
            StartOver();
        }

        return NoBlocks(text);
    }

    Verdict NoBlocks(IText text)
    {
        if (piece.IsInside || _lookahead.Trouble is not null) throw Unknown();
        if (IsTextBetweenZeros()) return CopyText(text);
        if (!IsAllZeros()) throw Unknown();
        piece.Findings.Evidence.Trace(Trace.AllZeros, 0, input.Length);
        if (!piece.Source.Contains(".mmap", StringComparison.OrdinalIgnoreCase)) throw Faults.OnlyZeros(input.Length);
        piece.Findings.Enter("xlog");
        piece.Findings.Warn("the buffer file is empty: nothing was waiting to be written");
        return Verdict.Complete;
    }

    // What is inside ends where its own bytes do; the input is still being read for what follows.
    Refusal Unknown()
    {
        if (_replaced > 0) piece.Findings.Evidence.Trace(Trace.Reencoded, 0, _replaced);
        return Faults.UnknownFormat(piece.IsInside ? _lookahead.Position : input.Length, _begins);
    }

    bool IsTextBetweenZeros()
    {
        if (!PlainText.LooksBetweenZeros(_lookahead.Peek(PlainText.Stretch))) return false;
        _warning = "zero bytes stand in the text; they are passed on";
        return true;
    }

    bool IsAllZeros()
    {
        while (_lookahead.Peek(PlainText.Stretch) is { IsEmpty: false } some)
        {
            if (some.IndexOfAnyExcept((byte)0) >= 0) return false;
            _lookahead.Skip(some.Length);
        }

        return true;
    }

    // Only the input itself can be read again.
    void StartOver()
    {
        input.Rewind();
        _lookahead.Restart();
    }

    TextSink SinkInto(IText text) => some =>
    {
        resources.Budget.Text(some.Length);
        text.Write(some);
        piece.Findings.Delivered += some.Length;
        if (resources.Budget.FlushAsked()) text.Flush();
    };

    Keys? Question(string format, ReadOnlyMemory<byte> header) => resources.Keys(format, header);
}
