namespace Decryptor.Worker.Formats;

/// <summary>A piece of work in a <see cref="Crew{T}"/>, with room for what comes out of it.</summary>
interface IAhead : IDisposable
{
    /// <summary>Where it is in the file. What is given to a crew comes in this order.</summary>
    long Offset { get; }

    /// <summary>
    /// Does the work, on whatever thread. What was wrong with it is kept; only a mistake of ours is thrown.
    /// </summary>
    void Run();
}

/// <summary>
/// Threads that do the next pieces of work while their owner is still at one before them. They decide nothing: a piece
/// is handed over for what it would have been anyway, and the owner, who must wait for one, does others meanwhile. So
/// the text, the order and the damage are those of a single thread. Pieces wait in a ring, in the order of the file.
/// </summary>
/// <typeparam name="T">The kind of work.</typeparam>
sealed class Crew<T> : IDisposable
    where T : class, IAhead
{
    /// <summary>The most that are of use: the owner's own share is more than a third of all time.</summary>
    internal const int ThreadsMax = 8;

    const int StackBytes = 256 * 1024;

    readonly Place[] _ring;
    readonly Thread[] _threads;
    readonly object _gate = new();
    int _first;
    int _count;
    bool _over;

    /// <param name="threads">With the owner's own, from 2; more than are of use are not begun.</param>
    /// <param name="make">Makes the room for one piece of work.</param>
    internal Crew(int threads, Func<T> make)
    {
        threads = Math.Min(threads, ThreadsMax);
        _ring = [.. Enumerable.Range(0, 2 * threads + 2).Select(_ => new Place(make()))];
        _threads = [.. Enumerable.Range(1, threads - 1).Select(number =>
            new Thread(Work, StackBytes) { IsBackground = true, Name = $"crew {number}" })];
        foreach (var thread in _threads) thread.Start();
    }

    enum State
    {
        Waiting,
        Running,
        Done,
    }

    /// <summary>Whether another piece can be taken.</summary>
    internal bool HasRoom => _count < _ring.Length;

    /// <summary>Where the next piece is put before it is handed over; only while there is room.</summary>
    internal T Free => _ring[(_first + _count) % _ring.Length].Work;

    /// <summary>Takes what was put into <see cref="Free"/>. It lies behind all that were taken before.</summary>
    internal void HandOver()
    {
        lock (_gate)
        {
            _ring[(_first + _count) % _ring.Length].State = State.Waiting;
            _count++;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// The piece at <paramref name="offset"/>, done, and good until the next call; null where it was not taken. Those
    /// before it are forgotten.
    /// </summary>
    internal T? Find(long offset)
    {
        while (_count > 0 && _ring[_first].Work.Offset < offset) Forget();
        if (_count == 0 || _ring[_first].Work.Offset != offset) return null;
        Finish(_ring[_first]);
        return _ring[_first].Work;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads) thread.Join();
        foreach (var place in _ring) place.Work.Dispose();
    }

    void Forget()
    {
        lock (_gate)
        {
            var place = _ring[_first];
            while (place.State == State.Running) Monitor.Wait(_gate);
            place.State = State.Done;
            _first = (_first + 1) % _ring.Length;
            _count--;
        }
    }

    // This one first, and while another thread is at it, those behind it.
    void Finish(Place wanted)
    {
        while (true)
        {
            Place? mine;
            lock (_gate)
            {
                if (wanted.State == State.Done) return;
                mine = Begin();
                if (mine is null) Monitor.Wait(_gate);
            }

            if (mine is not null) RunAndTell(mine);
        }
    }

    void Work()
    {
        while (true)
        {
            Place? mine;
            lock (_gate)
            {
                while ((mine = Begin()) is null && !_over) Monitor.Wait(_gate);
                if (mine is null || _over) return;
            }

            RunAndTell(mine);
        }
    }

    // The first that nobody is at; to be called with the gate held.
    Place? Begin()
    {
        for (var i = 0; i < _count; i++)
        {
            var place = _ring[(_first + i) % _ring.Length];
            if (place.State != State.Waiting) continue;
            place.State = State.Running;
            return place;
        }

        return null;
    }

    void RunAndTell(Place place)
    {
        place.Work.Run();
        lock (_gate)
        {
            place.State = State.Done;
            Monitor.PulseAll(_gate);
        }
    }

    sealed class Place(T work)
    {
        internal T Work => work;

        internal State State { get; set; }
    }
}
