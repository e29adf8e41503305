using Decryptor.Protocol;
using ZstdSharp.Unsafe;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Reads zstd frames that are never ended: to run out of input is their normal end. Windows above 8 MiB are refused
/// (the real encoder's is 64 KiB), and so is a block that gives more text than any logger's. An error in the middle is
/// damage, and every byte before it is still given.
/// </summary>
sealed unsafe class ZstdReader : IDisposable
{
    /// <summary>The most text that one block may give. The real encoder's most repetitive gave 4.56 MB.</summary>
    internal const long TextMax = 64L * 1024 * 1024;

    const int WindowLogMax = 23;
    const int FirstLook = 5;

    readonly byte[] _text = new byte[128 * 1024];
    ZSTD_DCtx_s* _decoder;

    /// <summary>The first bytes of every frame: with a sealed block, the proof that the key is right.</summary>
    internal static bool IsFrame(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    static ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    internal Damage? Read(ReadOnlySpan<byte> frame, long offset, WholeLines lines)
    {
        Reset();
        fixed (byte* source = frame, target = _text)
        {
            var input = new ZSTD_inBuffer_s { src = source };
            var wanted = (nuint)FirstLook;
            while (true)
            {
                // Fed as much as it asks for and no more, it decodes one block a call: a call that fails loses nothing.
                input.size = Math.Min(input.pos + wanted, (nuint)frame.Length);
                var output = new ZSTD_outBuffer_s { dst = target, size = (nuint)_text.Length };
                var result = Methods.ZSTD_decompressStream(_decoder, &output, &input);
                lines.Write(_text.AsSpan(0, (int)output.pos));
                if (Methods.ZSTD_isError(result)) return Wrong(result, lines.Given);
                if (lines.Given > TextMax) throw Faults.BlockRatio(offset, TextMax);
                if (input.pos == (nuint)frame.Length && output.pos < output.size) return null;
                wanted = result == 0 ? FirstLook : result;
            }
        }
    }

    public void Dispose()
    {
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

    static Damage Wrong(nuint result, long good) =>
        Methods.ZSTD_getErrorCode(result) == ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge
            ? new(FailureCode.LimitMemory, "the zstd frame asks for a window above 8 MiB")
            : Damage.Wrong($"the zstd frame is wrong after {good} bytes of text");
}
