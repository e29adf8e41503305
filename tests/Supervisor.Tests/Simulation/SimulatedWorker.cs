using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// A worker process: honest, or given to one of the misdeeds that fate has drawn for it. What it has done wrong, it
/// remembers: nothing else may be held against it or its job.
/// </summary>
sealed class SimulatedWorker(World world, Incarnation name)
{
    // In seconds: of the ten that there are, a supervisor may oversleep one that it does not count, and read late.
    const double SlowStart = 6.5;

    Order.Assign? _order;
    Fate _fate;
    int _wordsLeft;
    int _question;
    int _words;
    bool _waitsForKey;
    long _bytes;
    long _cpu;

    public Incarnation Name => name;

    /// <summary>The process has not ended; it may be dying.</summary>
    public bool Lives { get; private set; } = true;

    /// <summary>It was told to die, and does nothing any more.</summary>
    public bool Dying { get; private set; }

    public bool Dismissed { get; private set; }

    public long? Job => _order?.Job.Id;

    /// <summary>A misdeed, and the job that it was done over; 0 for none.</summary>
    public (long Job, string What)? Sin { get; private set; }

    /// <summary>Whether it ended by itself after a word about its job: that death is the job's.</summary>
    public bool CrashedHeard { get; private set; }

    public long Resident { get; set; }

    /// <summary>The moment before which nothing more of what it has written is read: pipes keep their order.</summary>
    public DateTimeOffset ReadUntil { get; set; }

    public void Start(StartFate fate)
    {
        switch (fate)
        {
            case StartFate.CannotStart: Sinned(0, "cannot start"); End("could not be started: no memory"); break;
            case StartFate.NeverGreets: Sinned(0, "never greets"); break;
            case StartFate.ExitsUngreeted:
                Sinned(0, "exits ungreeted");
                Soon(2, () => End("exit 1"));
                break;
            case StartFate.WrongVersion:
                Sinned(0, "of another version");
                Soon(2, () => Say(new Hello(Message.Version + 1, name, "", "", "")));
                break;
            case StartFate.WrongName:
                Sinned(0, "of another name");
                Soon(2, () => Say(new Hello(Message.Version, new(name.Slot, name.Number + 1), "", "", "")));
                break;
            default:
                Soon(fate == StartFate.Slow ? SlowStart : 0.2, () => Say(new Hello(Message.Version, name, "", "", "")));
                if (fate == StartFate.DiesIdle) Soon(120, DieIdle);
                break;
        }
    }

    public void Assign(Order.Assign order)
    {
        if (!Lives || Dying) return;
        _order = order;
        (_bytes, _cpu, _question, _words, _waitsForKey) = (0, 0, 0, 0, false);
        _fate = world.Weather.Fate(name);
        _wordsLeft = world.Random.Next(0, 5);
        if (_fate == Fate.CrashUnheard)
        {
            Sinned(0, "died before its first word");
            End("exit 139 (SIGSEGV)");
        }
        else Soon(0.02, Begin);
    }

    /// <summary>An input of our own: an honest worker reads it.</summary>
    public void Probe(Attempt attempt)
    {
        if (!Lives || Dying) return;
        if (!world.Weather.IsBroken(name))
        {
            Soon(0.02, () => Say(Ended(attempt, Outcome.Complete, "")));
            return;
        }

        Sinned(0, "broken");
        if (world.Random.Next(3) == 0) Soon(0.02, () => Say(Ended(attempt, Outcome.Failed, FailureCode.Internal.Name)));
        else if (world.Random.Next(2) == 0) Soon(0.02, () => End("exit 134 (SIGABRT)"));
    }

    /// <summary>SIGKILL. What it had written before is still in its pipe.</summary>
    public void Kill()
    {
        if (!Lives || Dying) return;
        if (_order is { } order && world.Weather.Happens(0.2))
        {
            if (world.Random.Next(2) == 0) SayProgress();
            else Finish(order, Outcome.Complete, "", report: world.Random.Next(2) == 0);
        }

        Dying = true;
        world.After(world.Weather.Happens(0.05) ? 20 : 0.05, () => End("SIGKILL"));
    }

    public void Dismiss()
    {
        if (!Lives || Dying) return;
        Dismissed = true;
        if (world.Weather.Happens(0.1)) Sinned(0, "does not leave");
        else Soon(0.3, () => End("exit 0"));
    }

    /// <summary>The ring has answered its question.</summary>
    public void Answer(Attempt attempt)
    {
        if (_order?.Attempt != attempt || !_waitsForKey) return;
        _waitsForKey = false;
        if (_question < 3 && world.Weather.Happens(0.3)) Ask();
    }

    /// <summary>The supervisor is gone: workers leave with it, at once and unheard.</summary>
    public void Orphan() => (Lives, Dying) = (false, true);

    void DieIdle()
    {
        if (_order is not null) return;
        Sinned(0, "died idle");
        End("SIGKILL");
    }

    void Begin()
    {
        if (_order is not { } order) return;
        if (_fate == Fate.MuteFreeze)
        {
            Sinned(0, "frozen before its first word");
            return;
        }

        SayProgress();
        if (!world.Disk.HasInput(order.Job, name))
        {
            Finish(order, Outcome.Failed, FailureCode.NoInput.Name, report: true);
            return;
        }

        var content = world.Disk.ContentOf(order.Job);
        if (order.HashFirst)
        {
            Say(new Fingerprint(order.Attempt, Convert.FromHexString(content.Sha256)));
            if (order.Poison.Contains(content.Sha256))
            {
                Finish(order, Outcome.Failed, FailureCode.Poison.Name, report: true);
                return;
            }
        }

        if (content.IsPoison || world.Weather.IsBroken(name)) _fate = Fate.Crash;
        if (_fate == Fate.TooManyQuestions) Sinned(order.Job.Id, "asks without end");
        if (_fate is Fate.Asks or Fate.TooManyQuestions) Ask();
        Soon(3, Work);
    }

    void Work()
    {
        if (_order is not { } order) return;
        if (_fate is Fate.Freeze or Fate.EndOfFile or Fate.Garbage or Fate.Swell or Fate.Livelock or Fate.Overrun)
            Sinned(order.Job.Id, _fate.ToString());
        if (_fate == Fate.Freeze) return;
        if (_fate is Fate.EndOfFile or Fate.Garbage)
        {
            world.Report(this, new Event.WorkerBroken(name, _fate.ToString()));
            return;
        }

        if (_fate == Fate.Swell) Resident = world.Policy.MemoryMax + world.Random.Next(1000);
        if (_fate == Fate.TooManyQuestions && !_waitsForKey) Ask();
        if (_fate != Fate.Livelock && !_waitsForKey) _bytes += world.Random.Next(1, 1000);
        _cpu += _fate == Fate.Livelock ? 1_000 : 200_000;
        var mayEnd = _fate is not (Fate.Livelock or Fate.Overrun or Fate.Swell or Fate.TooManyQuestions);
        if (mayEnd && !_waitsForKey && _wordsLeft-- <= 0) Conclude(order);
        else
        {
            SayProgress();
            Soon(4, Work);
        }
    }

    void Conclude(Order.Assign order)
    {
        switch (_fate)
        {
            case Fate.Crash or Fate.ExitClean:
                Sinned(order.Job.Id, "crashed");
                CrashedHeard = true;
                End(_fate == Fate.ExitClean ? "exit 0" : "exit 139 (SIGSEGV)");
                break;
            case Fate.OutOfTurn:
                Sinned(order.Job.Id, "greets again");
                Say(new Hello(Message.Version, name, "", "", ""));
                break;
            case Fate.AsksTwice:
                Sinned(order.Job.Id, "asks twice");
                Say(new KeyRequest(order.Attempt, 1, "xlog", new byte[64]));
                Say(new KeyRequest(order.Attempt, 2, "xlog", new byte[64]));
                break;
            case Fate.NoReport:
                Sinned(order.Job.Id, "left no report");
                Finish(order, Outcome.Complete, "", report: false);
                break;
            case Fate.Crawl when _words < 20:
                SayProgress();
                Soon(4, Work);
                break;
            default: Deliver(order); break;
        }
    }

    void Deliver(Order.Assign order)
    {
        if (_fate == Fate.ForeignResult)
            Say(Ended(order.Attempt with { Job = order.Job.Id + 1 }, Outcome.Complete, ""), true);
        var (outcome, code) = world.Random.Next(10) switch
        {
            0 => (Outcome.Failed, FailureCode.Damaged.Name),
            1 => (Outcome.Failed, FailureCode.KeyMissing.Name),
            2 => (Outcome.Partial, FailureCode.Damaged.Name),
            _ => (Outcome.Complete, ""),
        };
        Finish(order, outcome, code, report: outcome != Outcome.Failed || world.Random.Next(2) == 0);
        if (_fate == Fate.TwoResults)
            Say(Ended(order.Attempt, Outcome.Complete, ""), world.Disk.HasOutput(order.Attempt));
        if (_fate == Fate.FinishAndDie) End("SIGKILL");
    }

    void Finish(Order.Assign order, Outcome outcome, string code, bool report)
    {
        if (report) world.Disk.WriteOutput(order.Attempt);
        Say(Ended(order.Attempt, outcome, code), report);
        _order = null;
        Resident = world.Weather.Happens(0.1) ? world.Policy.RecycleMemory * 2 : Resident;
    }

    void Ask()
    {
        if (_order is not { } order) return;
        _waitsForKey = true;
        Say(new KeyRequest(order.Attempt, ++_question, "xlog", new byte[64]));
    }

    static Finished Ended(Attempt attempt, Outcome outcome, string code) =>
        new(attempt, outcome, code, "", "", 1, 1, default);

    void SayProgress()
    {
        _words++;
        if (_order is { } order) Say(new Progress(order.Attempt, _bytes, _bytes, _cpu));
    }

    void Say(Message message, bool hasReport = true) =>
        world.Report(this, new Event.WorkerSaid(name, message, hasReport));

    void End(string how)
    {
        if (!Lives) return;
        (Lives, Dying) = (false, true);
        world.Report(this, new Event.WorkerGone(name, how));
    }

    void Sinned(long job, string what)
    {
        Sin ??= (job, what);
        world.Faults++;
    }

    void Soon(double seconds, Action act) => world.After(seconds, () =>
    {
        if (Lives && !Dying) act();
    });
}
