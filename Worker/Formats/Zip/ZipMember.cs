using Decryptor.Protocol;
using Decryptor.Worker.Formats.Bzip2;
using Decryptor.Worker.Formats.Compression;
using Decryptor.Worker.Formats.Xz;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>What a member's bytes are held against.</summary>
/// <param name="Method">How it is compressed.</param>
/// <param name="Packed">Bytes before they are decompressed.</param>
/// <param name="Size">Bytes of the file.</param>
/// <param name="Crc">CRC-32 of the file; null for none.</param>
/// <param name="IsTold">Whether the size is known; else the package was cut before it.</param>
readonly record struct Claims(int Method, long Packed, long Size, uint? Crc, bool IsTold)
{
    internal const int Stored = 0, Deflate = 8, Deflate64 = 9, Bzip2 = 12, Lzma = 14, OldZstd = 20,
        Zstd = 93, Xz = 95;

    internal bool CanBeOpened => Method is Stored or Deflate or Deflate64 or Bzip2 or Lzma or OldZstd
        or Zstd or Xz;

    /// <summary>The method in words.</summary>
    internal static string Word(int method) => method switch
    {
        Stored => "nothing",
        1 => "Shrink",
        >= 2 and <= 5 => "Reduce",
        6 => "Implode",
        Deflate => "Deflate",
        Deflate64 => "Deflate64",
        10 => "PKWARE DCL Implode",
        Bzip2 => "BZip2",
        Lzma => "LZMA",
        OldZstd or Zstd => "zstd",
        Xz => "xz",
        98 => "PPMd",
        _ => $"method {method}",
    };
}

/// <summary>
/// The bytes of one member, decompressed. The read that gives the end has held size and checksum against what came out.
/// </summary>
sealed class ZipMember : ForwardStream
{
    const string What = "member";

    readonly Stream _clear;
    readonly Lookahead _packed;
    readonly Claims _claims;
    readonly Budget _budget;
    readonly Findings _findings;
    readonly Inflater? _inflater;
    readonly InflateBody? _deflate;
    readonly Deflate64Body? _deflate64;
    readonly Stream? _inner;
    uint _crc;
    long _given;
    bool _done;

    /// <param name="clear">The compressed bytes; closed with this.</param>
    /// <param name="claims">Of a method that can be opened.</param>
    /// <param name="resources">For the budget.</param>
    /// <param name="findings">The member's.</param>
    internal ZipMember(Stream clear, Claims claims, Resources resources, Findings findings)
    {
        (_clear, _claims, _budget, _findings) = (clear, claims, resources.Budget, findings);
        _packed = new(clear);
        if (claims.Method == Claims.Deflate) _deflate = new(_packed, _inflater = new());
        else if (claims.Method == Claims.Deflate64) _deflate64 = new(_packed);
        else _inner = Inner(resources);
    }

    Stream? Inner(Resources resources) => _claims.Method switch
    {
        Claims.Bzip2 => Bzip2Layer.Open(_packed, resources, _findings),
        Claims.Lzma => new ZipLzma(_packed, _claims.IsTold ? _claims.Size : null, resources),
        Claims.OldZstd or Claims.Zstd => ZstdLayer.Open(_packed, resources, _findings),
        Claims.Xz => XzLayer.Open(_packed, resources, _findings),
        _ => null,
    };

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _done) return 0;
        var given = Unpack(buffer);
        if (given == 0) return End();
        _crc = Inflater.Crc(_crc, buffer[..given]);
        _given += given;
        _budget.Unpacked(_given);
        return given;
    }

    protected override void Dispose(bool disposing)
    {
        _inner?.Dispose();
        _inflater?.Dispose();
        _packed.Dispose();
        _clear.Dispose();
        base.Dispose(disposing);
    }

    int Unpack(Span<byte> buffer)
    {
        try
        {
            if (_deflate is not null) return _deflate.Read(buffer, What);
            if (_deflate64 is not null) return _deflate64.Read(buffer, What);
            return _inner is not null ? _inner.Read(buffer) : Copy(buffer);
        }
        catch (Refusal refusal) when (refusal.Code == FailureCode.Truncated && IsAllThere)
        {
            throw Faults.Damaged($"its bytes end before its text does, after {_given} bytes of text");
        }
    }

    // Nothing was cut off, so something is wrong in it.
    bool IsAllThere => _claims.IsTold && _packed.Trouble is null && _packed.Position == _claims.Packed;

    // What was not compressed is read where it is wanted.
    int Copy(Span<byte> buffer)
    {
        var count = _clear.Read(buffer);
        return count > 0 || _given == _claims.Packed ? count : throw Faults.Truncated(What, _given);
    }

    int End()
    {
        _packed.MustEnd("member's data", _findings);
        if (!_claims.IsTold)
            throw new Refusal(FailureCode.Truncated,
                "its checksum is not there; all of its text seems to be",
                "the upload was cut: ask the sender for a fresh copy if you need to be sure");
        if (_given != _claims.Size)
            throw Faults.Damaged($"it has {_given} bytes, and should have {_claims.Size}");
        if (_claims.Crc is { } crc && crc != _crc)
            throw Faults.Damaged("its checksum is wrong: what came out of it may be, too");
        _done = true;
        return 0;
    }
}
