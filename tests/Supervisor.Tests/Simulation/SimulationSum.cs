namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>What many worlds came to, from several threads.</summary>
sealed class SimulationSum
{
    readonly Lock _lock = new();
    TimeSpan _virtual;
    TimeSpan _longestCalm;
    long _steps;
    long _faults;
    int _worlds;

    public int Outages { get; private set; }

    public long Charged { get; private set; }

    public double FaultsInAnHour => _faults / _virtual.TotalHours;

    public void Add(World world, TimeSpan calm)
    {
        lock (_lock)
        {
            _worlds++;
            _virtual += world.Now - World.Begin;
            _steps += world.Steps;
            _faults += world.Faults;
            Outages += world.Outages;
            Charged += world.Witness.Charged;
            if (calm > _longestCalm) _longestCalm = calm;
        }
    }

    public string Figures(TimeSpan real) => FormattableString.Invariant(
        $"""
        {_worlds} seeds in {real.TotalSeconds:0.0} s, {_steps} steps, {_virtual.TotalHours:0} virtual hours
        {_virtual / real:0} times as fast as real, {FaultsInAnHour:0} faults in a virtual hour
        {Outages} deaths of the supervisor, {Charged} deaths of workers charged
        all had ended {_longestCalm.TotalMinutes:0.0} virtual minutes after the last fault, at the latest
        """);
}
