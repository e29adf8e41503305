namespace Decryptor.Worker.Tests;

/// <summary>A stream that gives as little at a time as it is told to.</summary>
sealed class Trickle(byte[] bytes, int chunk) : MemoryStream(bytes, writable: false)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);
}
