using Decryptor.Worker.Formats;

namespace Decryptor.Worker;

/// <summary>
/// The members of a package in their order, each with what a crew has made of it ahead of its turn, where one may be
/// opened ahead. It looks no farther than the crew has room; a trouble that it meets there is told in its turn.
/// </summary>
sealed class MembersAhead(Resources resources, InputFile input) : IDisposable
{
    readonly Queue<(Member Member, long Number)> _waiting = [];
    Crew<MemberAhead>? _crew;
    Exception? _trouble;
    bool _isInUse;
    bool _isOver;
    long _number;

    /// <summary>A package inside one that is being gone through is left to a single thread.</summary>
    internal IEnumerable<(Member Member, MemberAhead? Done)> Of(IEnumerable<Member> members, Piece package)
    {
        var isAlone = _isInUse || resources.KeysAhead is null || resources.Limits.Threads < 2;
        return isAlone ? members.Select(member => (member, (MemberAhead?)null)) : Ahead(members, package);
    }

    public void Dispose() => _crew?.Dispose();

    IEnumerable<(Member Member, MemberAhead? Done)> Ahead(IEnumerable<Member> members, Piece package)
    {
        _isInUse = true;
        (_isOver, _trouble) = (false, null);
        using var source = members.GetEnumerator();
        while (true)
        {
            while (!_isOver && MayLook && Pull(source)) Send(source.Current, package);
            if (_waiting.Count == 0) break;
            var (member, number) = _waiting.Dequeue();
            yield return (member, member.MayBeAhead ? _crew!.Find(number) : null);
        }

        _isInUse = false;
        if (_trouble is not null) throw _trouble;
    }

    bool MayLook => _waiting.Count == 0 || (_crew is { HasRoom: true } && _waiting.Last().Member.MayBeAhead);

    bool Pull(IEnumerator<Member> source)
    {
        try
        {
            if (source.MoveNext()) return true;
        }
        catch (Exception e) when (e is Refusal or IOException)
        {
            _trouble = e;
        }

        _isOver = true;
        return false;
    }

    void Send(Member member, Piece package)
    {
        _waiting.Enqueue((member, ++_number));
        if (!member.MayBeAhead) return;
        _crew ??= new(resources.Limits.Threads, () => new(resources, input));
        _crew.Free.Take(_number, member, package.Member(Descent.Shown(member.Name), isAhead: true));
        _crew.HandOver();
    }
}
