using System.Collections.Concurrent;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Takes ended jobs out of the spool and the ledger when their time is over, and bounds what the ledger keeps of
/// workers and of history. The loop's own thread renames their folders and then deletes their rows, a few at a time;
/// a thread of its own removes what is in the folders. Broken off anywhere, the next start goes on.
/// </summary>
sealed class Retention : IDisposable
{
    /// <summary>Jobs that leave in one turn.</summary>
    public const int JobsAtOnce = 50;

    const string Past = ".past-";
    static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);
    static readonly TimeSpan _shortPause = TimeSpan.FromMilliseconds(250);

    readonly Spool _spool;
    readonly JobLedger _ledger;
    readonly Func<DateTimeOffset> _now;
    readonly Action<string> _warn;
    readonly BlockingCollection<(Folder Room, string Name)> _past = [];
    readonly Thread _sweeper;
    DateTimeOffset _nextAt = DateTimeOffset.MinValue;
    long _daysBits;
    volatile bool _stopping;

    /// <param name="spool">From where, its leftovers being known from a listing.</param>
    /// <param name="ledger">Of which ledger; only the thread that calls <see cref="Turn"/> touches it.</param>
    /// <param name="now">The time.</param>
    /// <param name="warn">Told of what cannot be removed.</param>
    public Retention(Spool spool, JobLedger ledger, Func<DateTimeOffset> now, Action<string> warn)
    {
        (_spool, _ledger, _now, _warn) = (spool, ledger, now, warn);
        foreach (var left in spool.Past) _past.Add(left);
        _sweeper = new(Sweep) { IsBackground = true, Name = "sweeper" };
        _sweeper.Start();
    }

    /// <summary>For how long ended jobs are kept; 0 for ever. Any thread may set it.</summary>
    public double Days
    {
        get => BitConverter.Int64BitsToDouble(Interlocked.Read(ref _daysBits));
        set => Interlocked.Exchange(ref _daysBits, BitConverter.DoubleToInt64Bits(value));
    }

    /// <summary>Folders that are still to be removed.</summary>
    public int Waiting => _past.Count;

    /// <summary>What the ledger keeps whatever the days are.</summary>
    public LedgerBounds Bounds { get; init; } = new(Workers: 100_000, History: 5_000_000, AtOnce: 100);

    /// <summary>Whether a folder is that of a job which nobody knows any more.</summary>
    public static bool IsPast(string name) => name.StartsWith(Past, StringComparison.Ordinal);

    /// <summary>Does a little of what is due. Called after each turn, on the loop's thread.</summary>
    public void Turn()
    {
        var now = _now();
        if (now < _nextAt) return;
        _nextAt = now + _pause;
        try
        {
            if (Retire(now)) _nextAt = now + _shortPause;
        }
        catch (Exception e) when (DiskTrouble.MayPass(e))
        {
            _warn($"old jobs cannot be removed, and this is tried again: {e.Message}");
        }
    }

    /// <summary>Ends the sweeper. What it has not removed goes at the next start.</summary>
    public void Dispose()
    {
        _stopping = true;
        _past.CompleteAdding();
        _sweeper.Join();
        _past.Dispose();
    }

    // True if there may be more.
    bool Retire(DateTimeOffset now)
    {
        var days = Days;
        var moment = days > 0 ? now - TimeSpan.FromDays(days) : DateTimeOffset.MinValue;
        var jobs = days > 0 ? _ledger.EndedBefore(moment, JobsAtOnce) : [];
        if (jobs.Count > 0)
        {
            foreach (var folder in _spool.Retire(jobs, id => Past + id)) _past.Add(folder);
            _ledger.Forget(jobs);
        }

        return _ledger.Trim(moment, Bounds) >= Bounds.AtOnce || jobs.Count == JobsAtOnce;
    }

    void Sweep()
    {
        while (!_stopping && !_past.IsCompleted)
        {
            try
            {
                if (_past.TryTake(out var past, _pause)) past.Room.Remove(past.Name);
            }
            catch (IOException e)
            {
                _warn($"what is left of old jobs cannot be removed before the next start: {e.Message}");
            }
        }
    }
}
