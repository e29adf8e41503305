namespace Decryptor.Supervisor;

/// <summary>
/// Threads of the pool that are there before they are needed, and never leave. Where the pool wants another thread and
/// the system refuses one, the runtime ends the process; with these, a service whose user or control group may start
/// nothing more for a while lives through it.
/// </summary>
static class ThreadReserve
{
    const int Threads = 24;

    /// <summary>Makes them; they stay, since the program is built with no end to a thread's patience.</summary>
    public static void Fill()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, Threads), ports);
        using var together = new CountdownEvent(Threads);
        using var free = new ManualResetEventSlim();
        using var left = new CountdownEvent(Threads);
        for (var i = 0; i < Threads; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => Meet(), null);
        together.Wait();
        free.Set();
        left.Wait();

        // None is done before all have begun, or one thread would do for several.
        void Meet()
        {
            together.Signal();
            free.Wait();
            left.Signal();
        }
    }
}
