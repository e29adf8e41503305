using System.Text;
using Decryptor.Worker.Formats;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// A text that hardly gets smaller when it is compressed quickly, so that a large file of it is not a much larger text:
/// random letters in lines, so many bytes of them.
/// </summary>
sealed class EndlessText(long bytes) : ForwardStream
{
    const int LineBytes = 120;
    const int PieceBytes = 16 << 20;

    // No compressor here looks back over a whole piece, so that it comes again saves nothing.
    static readonly byte[] Piece = MakePiece();

    long _given;

    public override long Length => bytes;

    public override int Read(Span<byte> buffer)
    {
        var at = (int)(_given % PieceBytes);
        var count = (int)Math.Min(Math.Min(buffer.Length, PieceBytes - at), bytes - _given);
        Piece.AsSpan(at, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    static byte[] MakePiece()
    {
        var random = new byte[PieceBytes / 4 * 3];
        new Random(17).NextBytes(random);
        var piece = Encoding.ASCII.GetBytes(Convert.ToBase64String(random));
        for (var at = LineBytes - 1; at < piece.Length; at += LineBytes) piece[at] = (byte)'\n';
        return piece;
    }
}
