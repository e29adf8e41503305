using System.Buffers;
using Decryptor.Protocol;
using Decryptor.Worker.Formats.Deflate;
using ZstdSharp.Unsafe;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Reads zstd frames that are never ended: to run out of input is their normal end. Windows above 8 MiB are refused
/// (the real encoder's is 64 KiB). An error in the middle is damage, and every byte before it is still given.
/// </summary>
sealed unsafe class ZstdReader : IDisposable
{
    const int WindowLogMax = 23;
    const int FirstLook = 5;

    /// <summary>The most text that one block of a frame gives.</summary>
    const int BlockMax = 128 * 1024;

    const int TextBytes = 256 * 1024;

    readonly byte[] _text = ArrayPool<byte>.Shared.Rent(TextBytes + BlockMax);
    ZSTD_DCtx_s* _decoder;
    byte[] _frame = [];
    nuint _next;
    nuint _wanted;
    nuint _error;
    int _count;
    int _given;

    /// <summary>The first bytes of every frame: with a sealed block, the proof that the key is right.</summary>
    internal static bool IsFrame(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    static ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>The piece of text that was decompressed last.</summary>
    internal ReadOnlySpan<byte> Text => _text.AsSpan(0, _given);

    /// <summary>Begins with the first <paramref name="count"/> bytes of <paramref name="frame"/>.</summary>
    internal void Begin(byte[] frame, int count)
    {
        Reset();
        (_frame, _count, _next, _wanted) = (frame, count, 0, FirstLook);
    }

    /// <summary>
    /// Decompresses the next piece of <see cref="Text"/>. After anything but <see cref="Unpacked.Full"/> there is no
    /// more.
    /// </summary>
    internal Unpacked Next()
    {
        fixed (byte* source = _frame, target = _text)
        {
            var input = new ZSTD_inBuffer_s { src = source, pos = _next };
            var output = new ZSTD_outBuffer_s { dst = target, size = TextBytes + BlockMax };
            var end = Decompress(ref input, ref output);
            (_next, _given) = (input.pos, (int)output.pos);
            return end;
        }
    }

    /// <summary>Why it is <see cref="Unpacked.Wrong"/>.</summary>
    internal Damage WhatIsWrong(long good) =>
        Methods.ZSTD_getErrorCode(_error) == ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge
            ? new(FailureCode.LimitMemory, "the zstd frame asks for a window above 8 MiB")
            : Damage.Wrong($"the zstd frame is wrong after {good} bytes of text");

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_text);
        if (_decoder is null) return;
        Methods.ZSTD_freeDCtx(_decoder);
        _decoder = null;
    }

    void Reset()
    {
        if (_decoder is null)
        {
            _decoder = Methods.ZSTD_createDCtx();
            if (_decoder is null) throw new InsufficientMemoryException("no memory for a zstd decoder");
            Methods.ZSTD_DCtx_setParameter(_decoder, ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLogMax);
        }

        Methods.ZSTD_DCtx_reset(_decoder, ZSTD_ResetDirective.ZSTD_reset_session_only);
    }

    // Fed as much as it asks for and no more, it decodes one block a call: a call that fails loses nothing.
    Unpacked Decompress(ref ZSTD_inBuffer_s input, ref ZSTD_outBuffer_s output)
    {
        while (output.pos <= TextBytes)
        {
            input.size = Math.Min(input.pos + _wanted, (nuint)_count);
            nuint result;
            fixed (ZSTD_inBuffer_s* from = &input)
            fixed (ZSTD_outBuffer_s* to = &output)
                result = Methods.ZSTD_decompressStream(_decoder, to, from);
            if (Methods.ZSTD_isError(result))
            {
                _error = result;
                return Unpacked.Wrong;
            }

            if (input.pos == (nuint)_count && output.pos < output.size) return Unpacked.UsedUp;
            _wanted = result == 0 ? FirstLook : result;
        }

        return Unpacked.Full;
    }
}
