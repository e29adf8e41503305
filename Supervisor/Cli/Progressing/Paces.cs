namespace Decryptor.Supervisor.Cli.Progressing;

/// <summary>The pace of the run and of each input in hand.</summary>
sealed class Paces
{
    readonly Dictionary<string, Pace> _inputs = new(StringComparer.Ordinal);

    public Pace All { get; } = new();

    public Pace Of(InputSight one) => _inputs.GetValueOrDefault(one.Name) ?? new();

    /// <summary>How far things are at this time of the run.</summary>
    public void See(TimeSpan at, RunSight sight)
    {
        All.See(at, sight.Read);
        var names = sight.Running.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _inputs.Keys.Where(name => !names.Contains(name)).ToList()) _inputs.Remove(gone);
        foreach (var one in sight.Running)
        {
            if (!_inputs.TryGetValue(one.Name, out var pace)) _inputs[one.Name] = pace = new();
            pace.See(at, one.Read);
        }
    }
}
