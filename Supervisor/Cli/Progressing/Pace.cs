namespace Decryptor.Supervisor.Cli.Progressing;

/// <summary>
/// How fast something grows: over the last seconds, so that a slow beginning does not weigh on it for ever and a single
/// moment does not make it jump.
/// </summary>
sealed class Pace
{
    static readonly TimeSpan _window = TimeSpan.FromSeconds(5);

    readonly Queue<(TimeSpan At, long Sum)> _seen = [];

    /// <summary>Units a second; null until there are two moments to tell it by.</summary>
    public double? PerSecond { get; private set; }

    /// <summary>At this time of the run the sum is this.</summary>
    public void See(TimeSpan at, long sum)
    {
        _seen.Enqueue((at, sum));
        // The oldest that stays is as old as the window or older: fewer would make the window jump.
        while (_seen.Count > 2 && at - _seen.ElementAt(1).At >= _window) _seen.Dequeue();
        var (since, before) = _seen.Peek();
        PerSecond = at > since ? Math.Max(0, sum - before) / (at - since).TotalSeconds : null;
    }

    /// <summary>When the rest is done at this pace; null where nobody knows.</summary>
    public TimeSpan? TimeFor(long rest) =>
        PerSecond is > 0 and var pace && rest / pace < TimeSpan.FromDays(100).TotalSeconds
            ? TimeSpan.FromSeconds(rest / pace) : null;
}
