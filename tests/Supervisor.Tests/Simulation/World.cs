using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// A world for the shipped scheduler to live in, in virtual time: processes, pipes, a disk, a key ring, senders and
/// operators, and a supervisor that sleeps, stops and is killed between any two changes. All of it is drawn from one
/// seed, so that a seed that fails once fails always, and in the same way.
/// </summary>
sealed class World
{
    public static readonly DateTimeOffset Begin = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    static readonly TimeSpan _rough = TimeSpan.FromSeconds(240);

    readonly PriorityQueue<Action, (long Ticks, long Number)> _agenda = new();
    long _number;
    int _uploads;

    public World(int seed, Action<string>? tell = null)
    {
        Random = new(seed);
        Policy = Drawn();
        Weather = new(this);
        Witness = new(this, tell);
        Supervisor = new(this);
    }

    public Random Random { get; }

    public Policy Policy { get; set; }

    public Weather Weather { get; }

    public SimulatedSupervisor Supervisor { get; }

    public Witness Witness { get; }

    public SimulatedDisk Disk { get; } = new();

    public DateTimeOffset Now { get; private set; } = Begin;

    /// <summary>Every process that was ever started and has not been forgotten, by name.</summary>
    public Dictionary<Incarnation, SimulatedWorker> Workers { get; } = [];

    public long Faults { get; set; }

    public long Steps => Supervisor.Steps;

    public int Outages => Supervisor.Outages;

    /// <summary>What happened so far, as one number.</summary>
    public ulong Trace => Witness.Trace;

    /// <summary>
    /// Rough weather, and then calm until all has ended. Returns the virtual time that the calm took.
    /// </summary>
    public TimeSpan Run()
    {
        Supervisor.Start(cleanStop: false);
        Sometimes(Weather.Uploads, Upload);
        Sometimes(Weather.Sleeps, Supervisor.Sleep);
        Sometimes(Weather.Operators, new SimulatedOperator(this, Supervisor).Act);
        Sometimes(2, Supervisor.Measure);
        Until(Begin + _rough, () => false);
        Weather.IsCalm = true;
        var calmSince = Now;
        var bound = Witness.BoundOfCalm(Disk.Open.Count + Disk.Incoming.Count());
        // What one that has just died had accepted may be known to nobody before the next one has looked.
        Until(calmSince + bound, () => Supervisor.Runs && !Disk.AnyIncoming && Disk.Open.Count == 0);
        if (Disk.AnyIncoming || Disk.Open.Count > 0)
            throw new BrokenLawException($"{Disk.Open.Count} jobs have not ended {bound} after the last fault");
        Disk.CheckTheEnd();
        return Now - calmSince;
    }

    public void After(double secondsAtMost, Action act) =>
        At(Now + TimeSpan.FromSeconds(secondsAtMost * Random.NextDouble()), act);

    public void At(DateTimeOffset when, Action act) => _agenda.Enqueue(act, (when.Ticks, _number++));

    /// <summary>A worker writes something, or ends: it is read in order, and not while the supervisor sleeps.</summary>
    public void Report(SimulatedWorker worker, Event happened)
    {
        var latest = Now > worker.ReadUntil ? Now : worker.ReadUntil;
        worker.ReadUntil = Supervisor.ReadAt(latest + TimeSpan.FromSeconds(Weather.Latency * Random.NextDouble()));
        Supervisor.Post(worker.ReadUntil, happened);
    }

    void Until(DateTimeOffset end, Func<bool> isEnough)
    {
        while (_agenda.TryPeek(out var act, out var when) && when.Ticks <= end.Ticks && !isEnough())
        {
            _agenda.Dequeue();
            Now = new(when.Ticks, TimeSpan.Zero);
            act();
        }
    }

    void Sometimes(double seconds, Action act)
    {
        if (seconds <= 0) return;
        After(seconds * 2, () =>
        {
            if (Weather.IsCalm) return;
            act();
            Sometimes(seconds, act);
        });
    }

    void Upload()
    {
        for (var count = Random.Next(1, 5); count > 0; count--)
        {
            var isPoison = Random.NextDouble() < Weather.Poison;
            var number = isPoison ? Random.Next(3) : 3 + Random.Next(1_000);
            var bytes = Random.Next(8) == 0 ? Policy.LargeBytes + number : 1_000 + number % 3;
            var content = new Content(Convert.ToHexStringLower(Hash(number, bytes)), bytes, isPoison);
            var upload = new Upload($"u{++_uploads}", $"t{Random.Next(4)}", content);
            Disk.Put(upload);
            Supervisor.Announce(upload.Source, upload);
            if (!Weather.Happens(0.05)) continue;
            Faults++;
            After(0.1, () => Disk.Withdraw(upload.Source));
        }
    }

    static byte[] Hash(int number, long bytes)
    {
        var hash = new byte[Frame.HashLength];
        BitConverter.TryWriteBytes(hash, number);
        BitConverter.TryWriteBytes(hash.AsSpan(8), bytes);
        return hash;
    }

    Policy Drawn() => new()
    {
        Workers = Random.Next(1, 7),
        WorkersMax = 12,
        LargeBytes = 1 << 20,
        RecycleJobs = Random.Next(4) == 0 ? 3 : 10_000,
        RecycleAge = TimeSpan.FromSeconds(Random.Next(4) == 0 ? 60 : 86_400),
        PenaltyTime = TimeSpan.FromSeconds(30),
        Weights = new Dictionary<string, int> { ["t1"] = 3 },
        Limits = new Policy().Limits with { Questions = 4 },
    };
}
