using Decryptor.FakeWorker;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>
/// Workers out of their minds on one side, the parser and the scheduler on the other, and nothing between them: no
/// process and no disk. Whatever comes out of the parser but a refusal, and out of the scheduler at all, is a mistake
/// and ends the storm.
/// </summary>
sealed class SchedulerStorm(int seed)
{
    const int WaitingMin = 8;

    readonly Random _random = new(seed);
    readonly Scheduler _scheduler = new(new() { Workers = 4 }, new());
    readonly Dictionary<Incarnation, Peer> _peers = [];
    readonly List<Event> _events = [];
    DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    int _waiting;

    public int Words { get; private set; }

    public int Refused { get; private set; }

    public int Ended { get; private set; }

    public void Run(int frames)
    {
        for (var sent = 0; sent < frames;)
        {
            while (_waiting < WaitingMin) Arrive();
            var turn = _scheduler.Step(_now, [.. _events]);
            _events.Clear();
            foreach (var order in turn.Orders) Obey(order);
            Ended += turn.Rows.OfType<Row.JobIs>().Count(row => !row.Job.IsOpen);
            _waiting = _scheduler.Snapshot().Waiting;
            foreach (var (worker, peer) in _peers.ToList())
            {
                if (peer.IsDeaf) continue;
                Speak(worker, peer);
                sent++;
            }

            Pass(turn.WakeAt);
        }
    }

    // Mostly a moment; now and then so long that somebody freezes. Where nobody lives, until somebody may again.
    void Pass(DateTimeOffset? wakeAt)
    {
        _now += TimeSpan.FromMilliseconds(_random.Next(200) == 0 ? _random.Next(30_000) : _random.Next(50));
        if (_peers.Count == 0 && wakeAt > _now) _now = wakeAt.Value;
    }

    void Arrive()
    {
        _waiting++;
        _events.Add(new Event.JobArrived("boot.xlog", "boot.xlog", "", _random.Next(1, 1 << 20), false));
    }

    void Obey(Order order)
    {
        switch (order)
        {
            case Order.Start start: _peers.Add(start.Worker, new(new(1, 1, start.Worker))); break;
            case Order.Assign assign: _peers[assign.Attempt.Worker].Attempt = assign.Attempt; break;
            case Order.Probe probe: _peers[probe.Attempt.Worker].Attempt = probe.Attempt; break;
            case Order.Answer answer: _events.Add(new Event.KeysAnswered(answer.Request.Attempt)); break;
            case Order.Dismiss dismiss: Die(dismiss.Worker, "exit 0"); break;
            case Order.Kill kill: Die(kill.Worker, "SIGKILL"); break;
        }
    }

    void Die(Incarnation worker, string how)
    {
        if (_peers.Remove(worker)) _events.Add(new Event.WorkerGone(worker, how));
    }

    void Speak(Incarnation worker, Peer peer)
    {
        var bytes = peer.HasGreeted || _random.Next(4) == 0
            ? HostileFrames.Next(_random, worker, peer.Attempt)
            : FrameWriter.Write(new Hello(Message.Version, worker, "fake", "jit", "none: a fake"));
        peer.HasGreeted = true;
        var heard = new List<Message>();
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(bytes.Length, _random.Next(1, 64))];
            bytes = bytes[piece.Length..];
            piece.CopyTo(peer.Parser.Room.Span);
            peer.Parser.Advance(piece.Length);
            if (HostileFrames.Read(peer.Parser, heard)) continue;
            peer.IsDeaf = true;
            Refused++;
            break;
        }

        Words += heard.Count;
        _events.AddRange(heard.Select(word => new Event.WorkerSaid(worker, word, _random.Next(2) == 0)));
        if (peer.IsDeaf) _events.Add(new Event.WorkerBroken(worker, "sent garbage"));
        else if (_random.Next(500) == 0) Die(worker, "exit 0");
    }

    /// <summary>One worker as the supervisor knows it.</summary>
    sealed class Peer(Attempt attempt)
    {
        internal FrameParser Parser { get; } = FrameParser.OfWorker();

        internal Attempt Attempt { get; set; } = attempt;

        internal bool HasGreeted { get; set; }

        /// <summary>Whether it has sent what is no frame, so that nothing more is read.</summary>
        internal bool IsDeaf { get; set; }
    }
}
