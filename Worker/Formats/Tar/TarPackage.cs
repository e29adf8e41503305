namespace Decryptor.Worker.Formats.Tar;

/// <summary>
/// tar, read once from front to back. Damaged headers are stepped over to the next good one, and the gap is told; a
/// member that is cut gives what is there.
/// </summary>
sealed class TarPackage
{
    const string What = "tar archive";
    const int SkipBytes = 256 * 1024;

    readonly Lookahead _outer;
    readonly Findings _findings;
    readonly TarNames _names;
    int _zeroBlocks;
    long _size;
    long _left;
    int _padding;
    long _gap = -1;
    bool _cut;
    Refusal? _broken;

    TarPackage(Lookahead outer, Resources resources, Findings findings)
    {
        (_outer, _findings) = (outer, findings);
        _names = new(resources.Limits, findings);
    }

    internal static bool Begins(ReadOnlySpan<byte> first) => TarHeader.Begins(first);

    internal static IEnumerable<Member> Open(Lookahead outer, Resources resources, Findings findings) =>
        new TarPackage(outer, resources, findings).Members();

    IEnumerable<Member> Members()
    {
        while (Next() is { } header)
        {
            var at = _outer.Position - TarHeader.Block;
            _left = _size = _names.SizeOf(header);
            _padding = (int)(-_left & (TarHeader.Block - 1));
            if (TarNames.IsExtension(header)) Extend(header, at);
            else if (_names.MemberOf(header, OpenMember) is { } member) yield return member;
            if (header.Type == 'S' && header.HasMoreHoles) SkipHoles();
            SkipRest();
        }

        End();
    }

    /// <summary>The next header; null at the end, or where there is none any more.</summary>
    TarHeader? Next()
    {
        while (!_cut)
        {
            var block = _outer.Peek(TarHeader.Block);
            if (block.Length < TarHeader.Block) return Tail(block);
            if (TarHeader.Read(block) is { } header) return Begin(header);
            var zeros = block.IndexOfAnyExcept((byte)0) < 0;
            if (!zeros && _zeroBlocks >= 2) return null;
            if (!zeros && _gap < 0) _gap = _outer.Position;
            _zeroBlocks = zeros ? _zeroBlocks + 1 : 0;
            _outer.Skip(TarHeader.Block);
        }

        return null;
    }

    TarHeader Begin(TarHeader header)
    {
        CloseGap();
        if (_zeroBlocks > 0) _findings.Warn($"members follow after the end mark, at {_outer.Position}");
        _zeroBlocks = 0;
        _outer.Skip(TarHeader.Block);
        return header;
    }

    TarHeader? Tail(ReadOnlySpan<byte> block)
    {
        _cut = block.IndexOfAnyExcept((byte)0) >= 0;
        if (_zeroBlocks < 2 && !_cut) _findings.Warn("the tar archive has no end mark; more may have followed");
        return null;
    }

    void CloseGap()
    {
        if (_gap < 0) return;
        _findings.Missing(_gap, _outer.Position - _gap, "no header of a member can be read here");
        _broken ??= Faults.Damaged(
            $"the tar archive is damaged at {_gap}: what stood there is lost, up to {_outer.Position}");
        _names.Forget();
        _gap = -1;
    }

    void End()
    {
        CloseGap();
        if (_cut) throw _outer.BrokenOff(What);
        _outer.MustEnd(What, _findings);
        if (_broken is not null) throw _broken;
    }

    void Extend(TarHeader header, long at)
    {
        if (_left > TarNames.ExtensionMax)
        {
            _names.TooLong(_left);
            return;
        }

        var text = _outer.Peek((int)_left);
        if (text.Length < _left) return;
        if (!_names.Extend(header.Type, text))
            _findings.Warn($"the extended header at {at} is damaged; the names around it may be, too");
    }

    void SkipHoles()
    {
        const int moreAt = 504;
        while (_outer.Peek(TarHeader.Block) is { Length: TarHeader.Block } holes)
        {
            var more = holes[moreAt] != 0;
            _outer.Skip(TarHeader.Block);
            if (!more) return;
        }
    }

    void SkipRest()
    {
        _left = checked(_left + _padding);
        while (_left > 0)
        {
            var some = _outer.Peek((int)Math.Min(_left, SkipBytes)).Length;
            // What is missing of the padding behind the last member is no loss.
            _cut = some == 0 && _left > _padding;
            if (some == 0) return;
            _outer.Skip(some);
            _left -= some;
        }
    }

    MemberBytes OpenMember(Findings findings) => new(this);

    int ReadMember(Span<byte> buffer)
    {
        if (_left == 0 || buffer.IsEmpty) return 0;
        var some = _outer.Peek((int)Math.Min(buffer.Length, Math.Min(_left, SkipBytes)));
        if (some.IsEmpty) throw _outer.Trouble ?? Faults.Truncated("member", _size - _left);
        some.CopyTo(buffer);
        _outer.Skip(some.Length);
        _left -= some.Length;
        return some.Length;
    }

    sealed class MemberBytes(TarPackage package) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => package.ReadMember(buffer);
    }
}
