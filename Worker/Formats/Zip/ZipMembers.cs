using System.Buffers;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// Makes members of entries, and opens them: where the bytes are, what is around them, what they must be.
/// </summary>
sealed class ZipMembers(Seekable whole, Resources resources)
{
    readonly ZipPasswords _passwords = new(resources);

    internal Member Of(ZipEntry entry)
    {
        var (name, length) = NameOf(entry);
        var refused = MemberName.Refused(name, length, resources.Limits) ?? Refused(entry);
        return refused is null
            ? new(name, findings => Open(entry, findings)) { MayBeAhead = MayBeAhead(entry) }
            : Member.Not(name, refused);
    }

    // A password is chosen by what opened the member before.
    bool MayBeAhead(ZipEntry entry) => whole.Lasts && !entry.Fields.Has(ZipFields.Encrypted)
        && entry.Packed <= Member.AheadMax && entry.Size <= Member.AheadMax;

    static Refusal? Refused(ZipEntry entry)
    {
        if (entry.Oddity is { } oddity) return Faults.Unsafe(oddity);
        if (entry.Overlaps) return Faults.Damaged($"its bytes at {entry.Local} overlap those of another member");
        return entry.Fields.Has(ZipFields.Strong | ZipFields.Masked)
            ? Faults.Unsupported("a zip member under PKWARE's strong encryption")
            : null;
    }

    (string Name, int Length) NameOf(ZipEntry entry)
    {
        var length = entry.Fields.NameBytes + entry.Fields.ExtraBytes;
        var room = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        try
        {
            var bytes = room.AsSpan(0, whole.Read(entry.NameAt, room.AsSpan(0, length)));
            var name = bytes[..Math.Min(bytes.Length, entry.Fields.NameBytes)];
            var better = Unicode(bytes[name.Length..], name);
            return (MemberName.Of(better.IsEmpty ? name : better), Math.Max(name.Length, better.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    // A second name in UTF-8 counts if its checksum says that it is of this name (APPNOTE 4.6.9).
    static ReadOnlySpan<byte> Unicode(ReadOnlySpan<byte> extra, ReadOnlySpan<byte> name)
    {
        const int head = 5;
        var piece = ExtraField.Find(extra, ExtraField.UnicodeName);
        if (piece.Length <= head || piece[0] != 1) return default;
        var sum = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(piece[1..]);
        return sum == Inflater.Crc(0, name) ? piece[head..] : default;
    }

    ZipMember Open(ZipEntry entry, Findings findings)
    {
        var local = LocalOf(entry);
        var data = entry.Local + ZipEntry.LocalFixed + local.NameBytes + local.ExtraBytes;
        Compare(entry, local, findings);
        var packed = Fitting(entry, data, findings);
        return local.Has(ZipFields.Encrypted)
            ? OpenSealed(entry, local, (data, packed), findings)
            : new(whole.Part(data, packed), Claimed(entry, entry.Fields.Method, packed), resources, findings);
    }

    ZipFields LocalOf(ZipEntry entry)
    {
        Span<byte> header = stackalloc byte[ZipEntry.LocalFixed];
        if (!ZipMark.Is(whole, entry.Local, ZipEntry.LocalMark) || whole.Read(entry.Local, header) < header.Length)
            throw Faults.Damaged($"there is no header of a member at {entry.Local}, where the directory has it begin");
        return ZipFields.Read(header[6..]);
    }

    void Compare(ZipEntry entry, ZipFields local, Findings findings)
    {
        if (local.Method != entry.Fields.Method)
            throw Faults.Damaged($"the directory says that it is compressed with {Claims.Word(entry.Fields.Method)}, "
                + $"its own header with {Claims.Word(local.Method)}");
        if (local.Has(ZipFields.Encrypted) != entry.Fields.Has(ZipFields.Encrypted))
            findings.Warn("the directory and its own header disagree on whether it is encrypted");
        if (!HasSameName(entry, local))
            findings.Warn("its own header has another name than the directory, whose name counts");
    }

    bool HasSameName(ZipEntry entry, ZipFields local)
    {
        if (local.NameBytes != entry.Fields.NameBytes) return false;
        var (one, other) = (new byte[local.NameBytes], new byte[local.NameBytes]);
        return whole.Read(entry.NameAt, one) == whole.Read(entry.Local + ZipEntry.LocalFixed, other)
            && one.AsSpan().SequenceEqual(other);
    }

    static long Fitting(ZipEntry entry, long data, Findings findings)
    {
        if (entry.Packed <= entry.Room - data) return entry.Packed;
        findings.Warn($"it claims {entry.Packed} bytes at {data}, which would run into what follows at {entry.Room}");
        return Math.Max(0, entry.Room - data);
    }

    static Claims Claimed(ZipEntry entry, int method, long packed)
    {
        var claims = new Claims(method, packed, entry.Size, entry.Crc, IsTold: entry.Crc is not null);
        return claims.CanBeOpened ? claims : throw Faults.Unsupported($"a file compressed with {Claims.Word(method)}");
    }

    ZipMember OpenSealed(ZipEntry entry, ZipFields local, (long Data, long Packed) place, Findings findings)
    {
        findings.Evidence.Length = place.Packed;
        return entry.Fields.Method == AesFields.Method99
            ? OpenAes(entry, place, findings)
            : OpenCrypto(entry, local, place, findings);
    }

    ZipMember OpenAes(ZipEntry entry, (long Data, long Packed) place, Findings findings)
    {
        var extra = new byte[entry.Fields.ExtraBytes];
        var read = whole.Read(entry.NameAt + entry.Fields.NameBytes, extra);
        if (AesFields.Read(extra.AsSpan(0, read)) is not { } aes)
            throw Faults.Unsupported("a zip member under an encryption of its own");
        findings.Evidence.Encryption = $"AES-{8 * aes.KeyBytes}";
        var clear = place.Packed - WinZipAes.Around(aes.KeyBytes);
        if (clear < 0) throw Faults.Damaged($"the {place.Packed} bytes at {place.Data} are too few for its encryption");
        var claims = Claimed(entry, aes.Method, clear);
        WinZipAes? With(KeyCandidate one) =>
            WinZipAes.Open(whole, place.Data, place.Packed, aes.KeyBytes, one.Secret.Span);
        Fit Try(KeyCandidate candidate, bool alone)
        {
            using var bytes = With(candidate);
            if (bytes is null) return Fit.None;
            return alone || bytes.IsAuthentic(resources.Budget) ? Fit.Proof : Fit.Likely;
        }

        var chosen = _passwords.Choose(Try, findings);
        return new(With(chosen)!, aes.HasCrc ? claims : claims with { Crc = null }, resources, findings);
    }

    ZipMember OpenCrypto(ZipEntry entry, ZipFields local, (long Data, long Packed) place, Findings findings)
    {
        findings.Evidence.Encryption = "ZipCrypto";
        var clear = place.Packed - ZipCrypto.HeadBytes;
        if (clear < 0) throw Faults.Damaged($"the {place.Packed} bytes at {place.Data} are too few for its encryption");
        var claims = Claimed(entry, entry.Fields.Method, clear);
        var check = local.Has(ZipFields.SizesBehind) ? local.Time >> 8 : (int)(entry.Fields.Crc >> 24);
        ZipCrypto? With(KeyCandidate one) =>
            ZipCrypto.Open(whole.Part(place.Data, place.Packed), (byte)check, one.Secret.Span);
        Fit Try(KeyCandidate candidate, bool alone)
        {
            if (With(candidate) is not { } bytes) return Fit.None;
            using var member = new ZipMember(bytes, claims, resources, new());
            return Judge(member, claims);
        }

        return new(With(_passwords.Choose(Try, findings))!, claims, resources, findings);
    }

    /// <summary>Reads as much as convinces: of what was not compressed, that is all of it.</summary>
    static Fit Judge(ZipMember member, Claims claims)
    {
        const int likely = 256, enough = 256 * 1024;
        var some = ArrayPool<byte>.Shared.Rent(64 * 1024);
        var given = 0L;
        try
        {
            while (member.Read(some) is > 0 and var count)
            {
                given += count;
                if (given >= enough && claims.Method != Claims.Stored) break;
            }

            return Fit.Proof;
        }
        catch (Refusal refusal) when (refusal.Code != FailureCode.LimitTime)
        {
            return given >= likely || refusal.Code == FailureCode.Truncated ? Fit.Likely : Fit.Check;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(some);
        }
    }
}
