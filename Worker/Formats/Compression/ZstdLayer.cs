using System.Buffers.Binary;
using Decryptor.Protocol;
using ZstdSharp.Unsafe;

namespace Decryptor.Worker.Formats.Compression;

/// <summary>
/// zstd (RFC 8878): frames one after the other, skippable ones between them. A checksum is held against what came out
/// where a frame has one. The window that a frame asks for is taken only if the limit allows it.
/// </summary>
sealed unsafe class ZstdLayer : ForwardStream
{
    const string What = "zstd file";
    const uint Magic = 0xFD2FB528;
    const int Look = 64 * 1024;
    const int FirstLook = 5;

    readonly Lookahead _outer;
    readonly Budget _budget;
    readonly Findings _findings;
    readonly long _windowMax;
    ZSTD_DCtx_s* _decoder;
    nuint _wanted;
    long _given;
    bool _inFrame;
    bool _done;

    ZstdLayer(Lookahead outer, Resources resources, Findings findings)
    {
        (_outer, _budget, _findings) = (outer, resources.Budget, findings);
        _windowMax = resources.Limits.WindowBytes;
        _decoder = Methods.ZSTD_createDCtx();
        if (_decoder is null) throw new InsufficientMemoryException("no memory for a zstd decoder");
        Methods.ZSTD_DCtx_setParameter(_decoder, ZSTD_dParameter.ZSTD_d_windowLogMax, Log2(_windowMax));
    }

    internal static bool Begins(ReadOnlySpan<byte> first) => first.Length >= 4 && IsMagic(first);

    internal static Stream Open(Lookahead outer, Resources resources, Findings findings) =>
        new ZstdLayer(outer, resources, findings);

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (!_done)
        {
            if (!_inFrame && !BeginFrame()) break;
            var given = Step(buffer);
            _given += given;
            _budget.Unpacked(_given);
            if (given > 0) return given;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (_decoder is not null) Methods.ZSTD_freeDCtx(_decoder);
        _decoder = null;
        base.Dispose(disposing);
    }

    bool BeginFrame()
    {
        while (true)
        {
            var first = _outer.Peek(18);
            if (first.Length < 4 || !IsMagic(first))
            {
                _outer.MustEnd(What, _findings);
                _done = true;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(first) == Magic) break;
            SkippableFrame.Skip(_outer, first, What);
        }

        Methods.ZSTD_DCtx_reset(_decoder, ZSTD_ResetDirective.ZSTD_reset_session_only);
        (_inFrame, _wanted) = (true, FirstLook);
        return true;
    }

    // Fed as much as it asks for and no more, it decodes one block a call: a call that fails loses nothing.
    int Step(Span<byte> buffer)
    {
        var source = _outer.Peek((int)Math.Min(_wanted, (nuint)Lookahead.Reach));
        fixed (byte* from = source, to = buffer)
        {
            var input = new ZSTD_inBuffer_s { src = from, size = (nuint)source.Length };
            var output = new ZSTD_outBuffer_s { dst = to, size = (nuint)buffer.Length };
            var result = Methods.ZSTD_decompressStream(_decoder, &output, &input);
            if (Methods.ZSTD_isError(result)) throw Wrong(result);
            var stuck = input.pos == 0 && output.pos == 0 && source.IsEmpty;
            _outer.Skip((int)input.pos);
            if (stuck) throw _outer.BrokenOff(What);
            (_wanted, _inFrame) = (result == 0 ? FirstLook : result, result != 0);
            return (int)output.pos;
        }
    }

    Refusal Wrong(nuint result) => Methods.ZSTD_getErrorCode(result) switch
    {
        ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge => new(FailureCode.LimitMemory,
            $"the zstd frame at {_outer.Position} asks for a window above the limit of {_windowMax} bytes",
            "raise limits.windowBytesMax (--limit-memory) if such files are wanted"),
        ZSTD_ErrorCode.ZSTD_error_dictionary_wrong => new(FailureCode.Unsupported,
            "the zstd frame was made with a dictionary, which is not known here",
            "decompress it yourself and send what is inside"),
        ZSTD_ErrorCode.ZSTD_error_checksum_wrong => Faults.Damaged(
            $"the checksum of the zstd frame that ends at {_outer.Position} is wrong: what came out of it may be, too"),
        _ => Faults.Damaged($"the zstd file is damaged at {_outer.Position}, after {_given} bytes"),
    };

    static bool IsMagic(ReadOnlySpan<byte> first)
    {
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(first);
        return magic == Magic || SkippableFrame.Is(magic);
    }

    static int Log2(long bytes) => Math.Clamp(System.Numerics.BitOperations.Log2((ulong)bytes), 10, 31);
}
