using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Decryptor.Worker.Formats;

/// <summary>How a step of an <see cref="Inflater"/> ended.</summary>
enum Inflated
{
    /// <summary>The input is used up or the output is full; the stream goes on.</summary>
    More,

    /// <summary>The stream's last block has ended. What is left of the input does not belong to it.</summary>
    End,

    /// <summary>The bits make no sense from here. The bytes that were given before are good.</summary>
    Wrong,
}

/// <summary>
/// Raw deflate (RFC 1951), step by step. It is the zlib inside the runtime's own <c>DeflateStream</c>, spoken to
/// directly, for three things which that does not tell: how much of the input a stream used, every byte that precedes
/// an error, and where a stream stands. One serves a whole file: <see cref="Reset"/> takes no memory.
/// </summary>
sealed partial class Inflater : IDisposable
{
    const string Zlib = "libSystem.IO.Compression.Native";
    const int Ok = 0, StreamEnd = 1, BufferError = -5, NoMemory = -4;
    const int WindowBits = 15;
    const int NoFlush = 0;

    unsafe ZStream* _stream;

    internal unsafe Inflater()
    {
        _stream = (ZStream*)NativeMemory.AllocZeroed((nuint)sizeof(ZStream));
        var result = InflateInit2(_stream, -WindowBits);
        if (result == Ok) return;
        NativeMemory.Free(_stream);
        _stream = null;
        throw new InsufficientMemoryException($"no memory for an inflater (zlib says {result})");
    }

    /// <summary>Makes ready for another stream.</summary>
    internal unsafe void Reset()
    {
        var result = InflateReset2(Live, -WindowBits);
        if (result != Ok) throw new InvalidOperationException($"an inflater cannot be reset (zlib says {result})");
    }

    /// <summary>
    /// Inflates until the input is used up, the output is full, or the stream ends. <paramref name="used"/> counts
    /// bytes of the input, <paramref name="given"/> bytes of the output; both hold after an error, too.
    /// </summary>
    internal unsafe Inflated Step(ReadOnlySpan<byte> input, Span<byte> output, out int used, out int given)
    {
        fixed (byte* source = input, target = output)
        {
            var stream = Live;
            stream->NextIn = source;
            stream->NextOut = target;
            stream->AvailableIn = (uint)input.Length;
            stream->AvailableOut = (uint)output.Length;
            var result = Inflate(stream, NoFlush);
            used = input.Length - (int)stream->AvailableIn;
            given = output.Length - (int)stream->AvailableOut;
            return result switch
            {
                Ok or BufferError => Inflated.More,
                StreamEnd => Inflated.End,
                NoMemory => throw new InsufficientMemoryException("no memory to inflate"),
                _ => Inflated.Wrong,
            };
        }
    }

    /// <summary>CRC-32 as gzip and zip count it, going on from <paramref name="before"/> (0 at the start).</summary>
    internal static unsafe uint Crc(uint before, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes) return Crc32(before, first, bytes.Length);
    }

    public unsafe void Dispose()
    {
        if (_stream is null) return;
        _ = InflateEnd(_stream);
        NativeMemory.Free(_stream);
        _stream = null;
    }

    unsafe ZStream* Live
    {
        get
        {
            ObjectDisposedException.ThrowIf(_stream is null, this);
            return _stream;
        }
    }

    // What the runtime's library wants from its callers; between and behind are words of its own.
    [StructLayout(LayoutKind.Explicit, Size = 48)]
    unsafe struct ZStream
    {
        [FieldOffset(0)]
        public byte* NextIn;

        [FieldOffset(8)]
        public byte* NextOut;

        [FieldOffset(32)]
        public uint AvailableIn;

        [FieldOffset(36)]
        public uint AvailableOut;
    }

    [LibraryImport(Zlib, EntryPoint = "CompressionNative_InflateInit2_")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe partial int InflateInit2(ZStream* stream, int windowBits);

    [LibraryImport(Zlib, EntryPoint = "CompressionNative_InflateReset2_")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe partial int InflateReset2(ZStream* stream, int windowBits);

    [LibraryImport(Zlib, EntryPoint = "CompressionNative_Inflate")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe partial int Inflate(ZStream* stream, int flush);

    [LibraryImport(Zlib, EntryPoint = "CompressionNative_InflateEnd")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe partial int InflateEnd(ZStream* stream);

    [LibraryImport(Zlib, EntryPoint = "CompressionNative_Crc32")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe partial uint Crc32(uint crc, byte* bytes, int length);
}
