using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Output;

namespace Decryptor.Worker;

/// <summary>Something to be opened: what it is called, what is known of it, how many layers are around it.</summary>
sealed record Piece(string Source, Findings Findings, int Depth)
{
    internal bool IsInside => Depth > 0;

    /// <summary>Whether its name is that of a member, and not the upload's.</summary>
    internal bool IsMember { get; init; }

    /// <summary>Whether members were found in it: what is still to be said is then said of the package.</summary>
    internal bool HasMembers { get; set; }

    /// <summary>One of its members, called after the package around it where that is a member, too.</summary>
    internal Piece Member(string name, bool isAhead = false) =>
        new(IsMember ? $"{Source}/{name}" : name, Findings.OfMember(isAhead), Depth + 1) { IsMember = true };
}

/// <summary>
/// Goes into an input, layer by layer and member by member, until there is text, and gives each file exactly one
/// outcome. Nothing of theirs stops it but a budget that is spent: then the files that are left are named and refused.
/// </summary>
sealed class Descent(Resources resources, ITexts texts, InputFile input) : IDisposable
{
    // Names are shown, never used; a package full of endless ones must not fill the report.
    const int NameShown = 255;

    readonly List<Settled> _settled = [];
    readonly MembersAhead _ahead = new(resources, input);
    IText? _open;
    Refusal? _spent;

    /// <summary>What has become of each file, in the order of the input.</summary>
    internal IReadOnlyList<Settled> Settled => _settled;

    /// <summary>Their lines in the report.</summary>
    internal IReadOnlyList<ReportedFile> Files => [.. _settled.Select(one => one.File)];

    /// <summary>Blocks over all files.</summary>
    internal BlockCount Blocks { get; private set; }

    /// <summary>Members that were gone into before their turn.</summary>
    internal int Ahead { get; private set; }

    /// <summary>Makes the text visible that was written so far.</summary>
    internal void Flush() => _open?.Flush();

    internal Verdict Into(string source)
    {
        using var lookahead = new Lookahead(input);
        if (lookahead.Peek(1).IsEmpty) throw lookahead.Trouble ?? Faults.Empty();
        Enter(lookahead, new(source, new(meter: resources.Budget.Blocks), Depth: 0));
        var verdict = _settled is [var only] ? only.Verdict : Conclusion.Of(_settled);
        return Conclusion.WithGaps(verdict, Files);
    }

    void Enter(Lookahead outer, Piece piece)
    {
        try
        {
            var known = KnownFormats.Of(outer.Peek(KnownFormats.Stretch));
            if (known?.Layer is { } layer) Peel(layer, known.Name, outer, piece);
            else if (known?.Container is { } container) OpenPackage(container, known, outer, piece);
            else Read(known, outer, piece);
        }
        catch (Refusal refusal)
        {
            Settle(piece, Verdict.Of(refusal));
        }
        catch (IOException e)
        {
            Settle(piece, Verdict.Of(_spent = Faults.Writing(e)));
        }
    }

    void Peel(OpenLayer layer, string name, Lookahead outer, Piece piece)
    {
        resources.Budget.Layer(piece.Depth + 1);
        piece.Findings.Enter(name);
        using var stream = layer(outer, ResourcesAt(piece), piece.Findings);
        using var inner = new Lookahead(stream);
        Enter(inner, piece with { Depth = piece.Depth + 1 });
    }

    void OpenPackage(OpenContainer container, KnownFormat format, Lookahead outer, Piece piece)
    {
        resources.Budget.Layer(piece.Depth + 1);
        piece.Findings.Enter(format.Name);
        foreach (var (member, done) in _ahead.Of(container(outer, ResourcesAt(piece), piece.Findings), piece))
        {
            resources.Budget.Member();
            if (done is null || !Adopt(done)) Take(member, piece.Member(Shown(member.Name)));
            piece.HasMembers = true;
        }

        // A package speaks for itself only where there is something to say that is no member's.
        if (!piece.HasMembers) throw Faults.NoMembers(format.Looks);
        if (piece.Findings.HasNews) Settle(piece, Verdict.Complete);
    }

    internal void Take(Member member, Piece piece)
    {
        if ((_spent ?? member.Refused) is { } refused)
        {
            Settle(piece, Verdict.Of(refused));
            return;
        }

        try
        {
            using var stream = member.Open(piece.Findings);
            using var inner = new Lookahead(stream);
            Enter(inner, piece);
        }
        catch (Refusal refusal)
        {
            Settle(piece, Verdict.Of(refusal));
        }
    }

    void Read(KnownFormat? known, Lookahead outer, Piece piece)
    {
        if (known is { MayHoldLogs: true }) throw Faults.Unsupported(known.Looks);
        var reader = new TextReading(outer, piece, resources, input);
        var kind = reader.Judge(known);
        var before = resources.Budget.BytesOut;
        using var text = texts.Text(piece.Source, isText: kind != Kind.Bytes);
        _open = text;
        var verdict = ReadInto(text, reader, kind);
        _open = null;
        if (Keep(text, piece, Conclusion.With(verdict, reader.Trouble, piece.Findings.Delivered))) return;
        text.Remove();
        resources.Budget.TakeBackText(resources.Budget.BytesOut - before);
    }

    Verdict ReadInto(IText text, TextReading reader, Kind kind)
    {
        try
        {
            return reader.Read(kind, text);
        }
        catch (Refusal refusal)
        {
            return Verdict.Of(refusal);
        }
        catch (IOException e)
        {
            return Verdict.Of(_spent = Faults.Writing(e));
        }
    }

    /// <summary>Seals the text, or says that it is not worth it: a full disk needs the room.</summary>
    bool Keep(IText text, Piece piece, Verdict verdict)
    {
        string? sum = null;
        try
        {
            var worthIt = piece.Findings.Delivered > 0 || verdict.Outcome != Outcome.Failed;
            if (worthIt && verdict.Code != FailureCode.DiskFull) sum = text.Seal();
        }
        catch (IOException e)
        {
            verdict = Verdict.Of(_spent = Faults.Writing(e));
        }

        if (sum is null) Settle(piece, verdict);
        else Settle(piece, verdict, text.Name, text.Written, sum);
        return sum is not null;
    }

    /// <summary>Takes over what was made of a member ahead of its turn; false where it has to be done again.</summary>
    bool Adopt(MemberAhead done)
    {
        if (_spent is not null || done.Files.Count == 0 || !resources.Budget.Adopt(done.Budget)) return false;
        foreach (var one in done.Files) _settled.Add(done.TextOf(one) is { } text ? Written(one, text) : one);
        Blocks = Sum(Blocks, done.Blocks);
        resources.Budget.Blocks.Change(default, done.Blocks);
        Ahead++;
        return true;
    }

    Settled Written(Settled one, HeldText held)
    {
        using var text = texts.Text(one.File.Source, held.IsText, held.Sum);
        try
        {
            text.Write(held.Bytes);
            return one with { File = one.File with { Path = text.Name, Sha256 = text.Seal() } };
        }
        catch (IOException e)
        {
            text.Remove();
            resources.Budget.TakeBackText(held.Bytes.Length);
            return Unwritten(one, Verdict.Of(_spent = Faults.Writing(e)));
        }
    }

    static Settled Unwritten(Settled one, Verdict verdict)
    {
        var line = one.File with { Path = null, Bytes = 0, Sha256 = null, Outcome = Report.Word(verdict.Outcome) };
        return new(line with { Code = verdict.Code!.Name, Message = verdict.Message }, verdict, one.IsPackage);
    }

    void Settle(Piece piece, Verdict verdict, string? path = null, long bytes = 0, string? sum = null)
    {
        if (verdict.Code is { } code) Spend(code, verdict);
        if (piece.Findings.Blocks is { } blocks) Blocks = Sum(Blocks, blocks);
        var line = Line(piece, verdict) with { Path = path, Bytes = bytes, Sha256 = sum };
        _settled.Add(new(line, verdict, piece.HasMembers));
    }

    // Some limits are spent for one file, others for all that follow.
    void Spend(FailureCode code, Verdict verdict)
    {
        if (code == FailureCode.LimitRatio) resources.Budget.SurviveBomb();
        else if (code == FailureCode.LimitOutput || code == FailureCode.LimitTime)
            _spent ??= new(code, verdict.Message, verdict.Hint);
    }

    public void Dispose() => _ahead.Dispose();

    static ReportedFile Line(Piece piece, Verdict verdict) => new()
    {
        Source = piece.Source,
        Format = piece.Findings.Format.Length == 0 ? "unknown" : piece.Findings.Format,
        Key = piece.Findings.Keys,
        Outcome = Report.Word(verdict.Outcome),
        Code = verdict.Code?.Name,
        Message = verdict.Message.Length == 0 ? null : verdict.Message,
        Blocks = piece.Findings.Blocks is { } blocks ? new(blocks.Total, blocks.Ok, blocks.Bad) : null,
        Gaps = piece.Findings.Gaps,
        Warnings = piece.Findings.Warnings,
        Facts = piece.Findings.Evidence.Told(),
    };

    Resources ResourcesAt(Piece piece) => piece.IsInside ? resources with { Whole = null } : resources;

    static BlockCount Sum(BlockCount a, BlockCount b) => new(a.Total + b.Total, a.Ok + b.Ok, a.Bad + b.Bad);

    internal static string Shown(string name) => name.Length <= NameShown ? name : name[..NameShown] + "…";
}
