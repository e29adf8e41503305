using System.Diagnostics;
using System.Globalization;
using System.Text;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>
/// The power goes after any change of the disk, and of all that nobody had synced nothing, all, a torn part or any part
/// is there: the next life finds every upload, no Completed without its whole output, and never uses a number twice.
/// <c>scripts/powerloss</c> tries every cut; here so many as fit into the time.
/// </summary>
[NonParallelizable]
sealed class PowerLossTests
{
    const int Dice = 3;

    static readonly Lazy<Uploads> Sent = new(() => new());
    static readonly Lazy<Trace> Run = new(() => Recording.Of(Sent.Value));

    readonly HashSet<ulong> _seen = [];
    readonly Dictionary<string, Choice> _wrongs = [];
    readonly HashSet<long> _completed = [];
    long _lastJob;
    int _states;
    int _doubles;

    static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var set) ? set : null;

    [TestCase(Disk.Journal), TestCase(Disk.Scattered), CancelAfter(7_200_000)]
    [TestCase(Disk.Disordered, Explicit = true, Reason = "no disk in use is so disordered: it measures, no more")]
    public void Whatever_the_power_takes_no_upload_and_no_completed_text_is_lost(Disk disk)
    {
        Recording.NeedStrace();
        Forget();
        var watch = Stopwatch.StartNew();
        var cuts = Cuts(Run.Value, Setting("DECRYPTOR_POWER_CUTS") ?? 60);
        watch.Restart();
        foreach (var cut in cuts) Cut(disk, cut);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{disk}: {Run.Value.Changes.Count - Run.Value.Begin} changes, {cuts.Count} cuts, {_states} different "
            + $"remains, {_wrongs.Count} wrongs, {_doubles} remains with an upload in two places, "
            + $"{watch.Elapsed.TotalSeconds:F0} s"));
        Assert.That(_wrongs, Is.Empty, Told());
        if (disk == Disk.Journal) Assert.That(_doubles, Is.Zero, "a rename is one change there");
    }

    [Test, CancelAfter(600_000)]
    public void A_run_whose_syncs_are_all_taken_away_does_lose_something()
    {
        Recording.NeedStrace();
        Forget();
        var trace = Run.Value.WithoutSyncs();
        foreach (var cut in Cuts(trace, 60).TakeWhile(_ => _wrongs.Count == 0)) Cut(Disk.Scattered, cut, trace);
        Assert.That(_wrongs, Is.Not.Empty, "or this would prove nothing");
    }

    void Forget()
    {
        _seen.Clear();
        _wrongs.Clear();
        _completed.Clear();
        (_lastJob, _states, _doubles) = (0, 0, 0);
    }

    // At each end of a stretch at least, and the last of all.
    static List<int> Cuts(Trace trace, int most)
    {
        var all = trace.Changes.Count - trace.Begin;
        if (most == 0 || most > all) most = all;
        return [.. Enumerable.Range(1, most).Select(i => trace.Begin + (int)((long)all * i / most))];
    }

    void Cut(Disk disk, int cut, Trace? trace = null)
    {
        trace ??= Run.Value;
        foreach (var fate in Enum.GetValues<Fate>())
        {
            for (var seed = 0; seed < (fate == Fate.Diced ? Dice : 1); seed++)
                Try(trace, new(cut, disk, fate, fate is Fate.Diced or Fate.Torn ? cut * Dice + seed : 0));
        }
    }

    void Try(Trace trace, Choice choice)
    {
        var remains = Remains.After(trace, choice);
        if (!_seen.Add(remains.Mark)) return;
        _states++;
        using var scratch = new Scratch(inMemory: true);
        var spool = Directory.CreateDirectory(scratch["spool"]).FullName;
        remains.Write(spool);
        var life = NextLife.Begin(spool, Sent.Value);
        if (life.Doubles > 0) _doubles++;
        foreach (var wrong in life.Wrongs) _wrongs.TryAdd(wrong, choice);
        Remember(life, choice);
    }

    // What is on the disk without any luck stays there in every later cut.
    void Remember(NextLife life, Choice choice)
    {
        var completed = life.Jobs.Where(job => job.State == JobState.Completed && !job.WantsKey)
            .Select(job => job.Id).ToHashSet();
        foreach (var id in _completed.Where(id => !completed.Contains(id)))
            _wrongs.TryAdd($"job {id} was Completed, and is no more", choice);
        if (life.LastJob < _lastJob) _wrongs.TryAdd($"job numbers after {life.LastJob} are used twice", choice);
        if (choice.Fate != Fate.Dropped) return;
        _completed.UnionWith(completed);
        _lastJob = Math.Max(_lastJob, life.LastJob);
    }

    string Told()
    {
        var told = new StringBuilder();
        foreach (var (wrong, choice) in _wrongs.Take(40)) told.AppendLine($"{choice}: {wrong}");
        return told.ToString();
    }
}
