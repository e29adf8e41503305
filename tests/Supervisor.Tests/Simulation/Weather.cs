using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>What becomes of an attempt.</summary>
enum Fate
{
    Honest,
    Asks,
    Crawl,
    TwoResults,
    ForeignResult,
    FinishAndDie,
    Crash,
    CrashUnheard,
    ExitClean,
    Freeze,
    MuteFreeze,
    Livelock,
    Overrun,
    NoReport,
    OutOfTurn,
    AsksTwice,
    TooManyQuestions,
    Garbage,
    EndOfFile,
    Swell,
}

/// <summary>What becomes of a start.</summary>
enum StartFate
{
    Prompt,
    Slow,
    DiesIdle,
    CannotStart,
    NeverGreets,
    ExitsUngreeted,
    WrongVersion,
    WrongName,
}

/// <summary>
/// How rough it is in one seed: which faults there are, and how often. All of it is drawn at the beginning; once the
/// weather is calm, only poison is deadly.
/// </summary>
sealed class Weather(World world)
{
    const int HonestFates = 6;

    readonly double _misdeeds = Draw(world.Random, 0, 0.05, 0.2, 0.5);
    readonly double _badStarts = Draw(world.Random, 0, 0, 0.1, 0.4);
    readonly TimeSpan _brokenFrom = TimeSpan.FromSeconds(world.Random.Next(0, 300));
    readonly TimeSpan _brokenFor = TimeSpan.FromSeconds(Draw(world.Random, 0, 0, 0, 120));
    readonly HashSet<Incarnation> _broken = [];

    public bool IsCalm { get; set; }

    /// <summary>Deaths of the supervisor for each turn that it takes.</summary>
    public double Outages { get; } = Draw(world.Random, 0, 0.002, 0.01, 0.03);

    /// <summary>Seconds between two sleeps of the supervisor, on average; 0 for none.</summary>
    public double Sleeps { get; } = Draw(world.Random, 0, 300, 60, 20);

    /// <summary>Seconds between two acts of operators, on average; 0 for none.</summary>
    public double Operators { get; } = Draw(world.Random, 0, 60, 15, 4);

    /// <summary>Seconds between two bursts of uploads.</summary>
    public double Uploads { get; } = Draw(world.Random, 5, 10, 20, 40);

    public double Poison { get; } = Draw(world.Random, 0, 0, 0.05, 0.3);

    /// <summary>The longest that a frame lies in its pipe, in seconds.</summary>
    public double Latency { get; } = Draw(world.Random, 0.001, 0.01, 0.1, 0.4);

    /// <summary>The longest that the key ring takes, in seconds.</summary>
    public double RingTime { get; } = Draw(world.Random, 0.01, 1, 30, 120);

    /// <summary>Whether something that only happens in rough weather happens.</summary>
    public bool Happens(double chance) => !IsCalm && world.Random.NextDouble() < chance * Math.Min(1, _misdeeds * 4);

    public StartFate StartFate(Incarnation worker)
    {
        var sinceBegin = world.Now - World.Begin;
        if (!IsCalm && sinceBegin >= _brokenFrom && sinceBegin < _brokenFrom + _brokenFor) _broken.Add(worker);
        if (IsCalm || world.Random.NextDouble() >= _badStarts) return Simulation.StartFate.Prompt;
        return (StartFate)world.Random.Next(1, Enum.GetValues<StartFate>().Length);
    }

    /// <summary>Whether the worker is of a build that dies over every input, the probe included.</summary>
    public bool IsBroken(Incarnation worker) => _broken.Contains(worker);

    public Fate Fate(Incarnation worker)
    {
        if (IsBroken(worker)) return Simulation.Fate.Crash;
        if (IsCalm) return Simulation.Fate.Honest;
        if (world.Random.NextDouble() >= _misdeeds) return (Fate)world.Random.Next(0, 3);
        return (Fate)world.Random.Next(HonestFates - 3, Enum.GetValues<Fate>().Length);
    }

    static double Draw(Random random, params double[] values) => values[random.Next(values.Length)];
}
