using Decryptor.Protocol;

namespace Decryptor.Worker.Formats;

/// <summary>
/// Blocks of all files of an attempt, as far as they are known at this moment, for whoever looks on from another
/// thread. Each file's <see cref="Findings"/> report what has changed in theirs.
/// </summary>
sealed class BlockMeter
{
    long _total;
    long _ok;
    long _bad;

    /// <summary>The sum; its parts may be a moment apart.</summary>
    internal BlockCount Sum => new(Volatile.Read(ref _total), Volatile.Read(ref _ok), Volatile.Read(ref _bad));

    /// <summary>A file that had <paramref name="before"/> now has <paramref name="now"/>.</summary>
    internal void Change(BlockCount before, BlockCount now)
    {
        // One thread writes: what members had ahead of their turn is added when their turn comes.
        Volatile.Write(ref _total, _total + now.Total - before.Total);
        Volatile.Write(ref _ok, _ok + now.Ok - before.Ok);
        Volatile.Write(ref _bad, _bad + now.Bad - before.Bad);
    }
}
