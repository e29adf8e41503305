namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Threads that unpack the next blocks while the decoder is still at one before them. They decide nothing: a block is
/// handed over for what it would have been anyway, and the decoder, which must wait for one, does others meanwhile. So
/// the text, the order and the damage are those of a single thread. Blocks wait in a ring, in the order of the file.
/// </summary>
sealed class Crew : IDisposable
{
    /// <summary>The most that are of use: the decoder's own share is more than a third of all time.</summary>
    internal const int ThreadsMax = 8;

    const int StackBytes = 256 * 1024;

    readonly BlockAhead[] _ring;
    readonly Thread[] _threads;
    readonly object _gate = new();
    int _first;
    int _count;
    bool _over;

    /// <param name="threads">With the decoder's own.</param>
    internal Crew(int threads)
    {
        _ring = [.. Enumerable.Range(0, 2 * threads + 2).Select(_ => new BlockAhead())];
        _threads = [.. Enumerable.Range(1, threads - 1).Select(number =>
            new Thread(Work, StackBytes) { IsBackground = true, Name = $"crew {number}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Whether another block can be taken.</summary>
    internal bool HasRoom => _count < _ring.Length;

    /// <summary>Takes a block that lies behind all that were taken; to be called where there is room.</summary>
    internal void Send(long offset, Packing packing, ReadOnlySpan<byte> payload, Tea? tea)
    {
        var block = _ring[(_first + _count) % _ring.Length];
        block.Take(offset, packing, payload, tea);
        lock (_gate)
        {
            block.State = BlockAheadState.Waiting;
            _count++;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// The block at <paramref name="offset"/> with all of its text, which is good until the next call; null where it
    /// was not taken, or is for its own turn. Blocks before it are forgotten.
    /// </summary>
    internal BlockAhead? Find(long offset, int length, Tea? tea)
    {
        while (_count > 0 && _ring[_first].Offset < offset) Forget();
        if (_count == 0 || _ring[_first].Offset != offset) return null;
        Finish(_ring[_first]);
        return _ring[_first].IsOf(offset, length, tea) ? _ring[_first] : null;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads) thread.Join();
        foreach (var block in _ring) block.Dispose();
    }

    void Forget()
    {
        lock (_gate)
        {
            var block = _ring[_first];
            while (block.State == BlockAheadState.Running) Monitor.Wait(_gate);
            block.State = BlockAheadState.Done;
            _first = (_first + 1) % _ring.Length;
            _count--;
        }
    }

    // This one first, and while another thread is at it, those behind it.
    void Finish(BlockAhead wanted)
    {
        while (true)
        {
            BlockAhead? mine;
            lock (_gate)
            {
                if (wanted.State == BlockAheadState.Done) return;
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
            BlockAhead? mine;
            lock (_gate)
            {
                while ((mine = Begin()) is null && !_over) Monitor.Wait(_gate);
                if (mine is null || _over) return;
            }

            RunAndTell(mine);
        }
    }

    // The first that nobody is at; to be called with the gate held.
    BlockAhead? Begin()
    {
        for (var i = 0; i < _count; i++)
        {
            var block = _ring[(_first + i) % _ring.Length];
            if (block.State != BlockAheadState.Waiting) continue;
            block.State = BlockAheadState.Running;
            return block;
        }

        return null;
    }

    void RunAndTell(BlockAhead block)
    {
        block.Run();
        lock (_gate)
        {
            block.State = BlockAheadState.Done;
            Monitor.PulseAll(_gate);
        }
    }
}
