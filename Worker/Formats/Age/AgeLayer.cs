using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// An age file, bare or in armor: behind the header 16 bytes of nonce, then chunks of 64 KiB, each sealed by itself
/// with its number and with whether it is the last. Nothing but whole chunks whose seal is right is ever given.
/// </summary>
sealed class AgeLayer : ForwardStream
{
    const string What = "age file";
    const int NonceBytes = 16, KeyBytes = 32, TagBytes = 16;
    const int VersionMax = 8;
    const int TextMax = 64 * 1024, ChunkMax = TextMax + TagBytes;

    readonly Lookahead _source;
    readonly Lookahead? _unarmored;
    readonly ChaCha20Poly1305 _cipher;
    readonly byte[] _nonce = new byte[12];
    readonly Budget _budget;
    readonly Evidence _evidence;
    byte[] _held = [];
    int _start;
    int _end;
    long _chunk;
    long _given;
    bool _last;

    AgeLayer(Lookahead source, Lookahead? unarmored, ReadOnlySpan<byte> key, Budget budget, Evidence evidence)
    {
        (_source, _unarmored, _budget, _evidence) = (source, unarmored, budget, evidence);
        _cipher = new(key);
    }

    /// <summary>Also what text mode made of an age file: it is one, if a damaged one.</summary>
    internal static bool Begins(ReadOnlySpan<byte> first) =>
        first.StartsWith("age-encryption.org/v"u8) || AgeArmor.Begins(first);

    /// <summary>Reads the header and asks for the key.</summary>
    internal static Stream Open(Lookahead outer, Resources resources, Findings findings)
    {
        var unarmored = outer.Peek(AgeHeader.Mark.Length).SequenceEqual(AgeHeader.Mark)
            ? null : new Lookahead(new AgeArmor(outer));
        try
        {
            var source = unarmored ?? outer;
            NoteTextMode(source, findings.Evidence);
            var header = AgeHeader.Read(source);
            foreach (var stanza in header.Stanzas) findings.Evidence.Recipient(stanza.Type);
            if (source.Peek(NonceBytes).Length < NonceBytes) throw source.BrokenOff(What);
            var fileKey = new FileKeySearch(header, resources, findings).Find();
            var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, KeyBytes, source.Peek(NonceBytes).ToArray(),
                "payload"u8.ToArray());
            source.Skip(NonceBytes);
            return new AgeLayer(source, unarmored, key, resources.Budget, findings.Evidence);
        }
        catch (Refusal)
        {
            unarmored?.Dispose();
            throw;
        }
    }

    // A chunk is deciphered where it is wanted; only a buffer that is too short for one is given it piece by piece.
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        var given = buffer.Length >= TextMax && _start == _end ? Next(buffer) : ReadHeld(buffer);
        return given == 0 ? End() : given;
    }

    protected override void Dispose(bool disposing)
    {
        _cipher.Dispose();
        _unarmored?.Dispose();
        CryptographicOperations.ZeroMemory(_held);
        base.Dispose(disposing);
    }

    int ReadHeld(Span<byte> buffer)
    {
        if (_start == _end)
        {
            if (_held.Length == 0) _held = new byte[TextMax];
            (_start, _end) = (0, Next(_held));
        }

        var count = Math.Min(_end - _start, buffer.Length);
        _held.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    // A chunk that ends where the bytes end should be the last one. A whole one may be found to be the other kind: then
    // the file was cut, or goes on, just behind it. Gives 0 when there is none left.
    int Next(Span<byte> text)
    {
        if (_last) return 0;
        _chunk++;
        var some = _source.Peek(ChunkMax + 1);
        var chunk = some[..Math.Min(some.Length, ChunkMax)];
        _last = some.Length <= ChunkMax;
        if (chunk.Length < TagBytes) throw _source.Trouble ?? AgeFaults.Cut(_chunk, At(0));
        var given = chunk.Length - TagBytes;
        text = text[..given];
        var opened = TryOpen(chunk, text, _last) || (given == TextMax && TryOpen(chunk, text, _last = !_last));
        if (!opened) throw WhyNot(chunk, isTail: some.Length < ChunkMax);
        if (_last && given == 0 && _chunk > 1) throw AgeFaults.EmptyEnd(_chunk, At(0));
        _source.Skip(chunk.Length);
        _given += given;
        _budget.Unpacked(_given);
        return given;
    }

    int End()
    {
        var next = _source.Peek(AgeHeader.Mark.Length);
        if (next.SequenceEqual(AgeHeader.Mark)) throw Joined(0);
        if (!next.IsEmpty) throw AgeFaults.Follows(At(0));
        return _source.Trouble is { } trouble ? throw trouble : 0;
    }

    Refusal Joined(long further)
    {
        _evidence.Trace(Trace.Joined, _source.Position + further);
        return AgeFaults.Joined(_chunk, At(further));
    }

    // The first line ends in what text mode makes of its line feed. Armor is text, and may.
    static void NoteTextMode(Lookahead source, Evidence evidence)
    {
        var line = source.Peek(AgeHeader.Mark.Length + VersionMax);
        var end = line.IndexOf("\r\n"u8);
        if (end >= 0) evidence.Trace(Trace.TextMode, source.Position + end, 0);
    }

    // Of a cut file the tail remains, and hardly ever does anything else damage the tail of a long file alone.
    Refusal WhyNot(ReadOnlySpan<byte> chunk, bool isTail)
    {
        if (isTail && _source.Trouble is { } trouble) return trouble;
        if (chunk.IndexOf(AgeHeader.Mark) is >= 0 and var found) return Joined(found);
        return isTail && _chunk > 1
            ? AgeFaults.Cut(_chunk, At(0)) : AgeFaults.Chunk(_chunk, At(0), isTail ? " (changed, or cut)" : "");
    }

    string At(long further) => string.Create(CultureInfo.InvariantCulture,
        $"byte {_source.Position + further}{(_unarmored is null ? "" : " inside the armor")}");

    bool TryOpen(ReadOnlySpan<byte> chunk, Span<byte> text, bool last)
    {
        BinaryPrimitives.WriteInt64BigEndian(_nonce.AsSpan(3, 8), _chunk - 1);
        _nonce[^1] = last ? (byte)1 : (byte)0;
        try
        {
            _cipher.Decrypt(_nonce, chunk[..text.Length], chunk[text.Length..], text);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // What was deciphered has been wiped out again.
            return false;
        }
    }
}
