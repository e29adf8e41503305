using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Output;

namespace Decryptor.Worker;

/// <summary>
/// One member of a package, gone into before its turn: with a budget of its own, and its texts in memory. Only what is
/// whole to the last byte is used; everything else is done again in its turn, so that damage, limits and the questions
/// that are left are judged as by a single thread.
/// </summary>
sealed class MemberAhead(Resources resources, InputFile input) : IAhead
{
    readonly HeldTexts _texts = new();
    Member? _member;
    Piece? _piece;

    /// <summary>The member's number in the package.</summary>
    public long Offset { get; private set; }

    /// <summary>What it has spent.</summary>
    internal Budget Budget { get; private set; } = new(default);

    /// <summary>Its files; empty where not all of it is whole.</summary>
    internal IReadOnlyList<Settled> Files { get; private set; } = [];

    /// <summary>Blocks over its files.</summary>
    internal BlockCount Blocks { get; private set; }

    internal void Take(long number, Member member, Piece piece)
    {
        _texts.Dispose();
        (Offset, _member, _piece, Files) = (number, member, piece, []);
    }

    public void Run()
    {
        var limits = resources.Limits with { OutputBytes = Member.AheadMax, Threads = 1 };
        Budget = new(limits);
        Budget.Measure(Math.Min(input.Length, Member.AheadMax));
        var own = resources with { Budget = Budget, Limits = limits, Keys = resources.KeysAhead!, KeysAhead = null };
        using var descent = new Descent(own, _texts, input);
        descent.Take(_member!, _piece!);
        Blocks = descent.Blocks;
        if (descent.Settled.All(one => one.Verdict.Outcome == Outcome.Complete)) Files = descent.Settled;
    }

    /// <summary>The text of one of its files; null where the file has none.</summary>
    internal HeldText? TextOf(Settled one) => one.File.Path is { } name ? _texts.Named(name) : null;

    public void Dispose() => _texts.Dispose();
}
