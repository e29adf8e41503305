namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// The conservation law, held after every turn in production: accepted = undecrypted + decrypting + completed + failed,
/// and every job in Decrypting is held by just one worker that lives. A scheduler that breaks it has lost count of a
/// log, and may not go on: it throws, the process ends, and recovery counts anew.
/// </summary>
sealed class Law(Roster roster, JobQueue queue, long held)
{
    /// <summary>Turns after which it held.</summary>
    public long Held { get; private set; } = held;

    /// <exception cref="InvalidOperationException">It does not hold: a mistake of ours.</exception>
    public void Check(Tally tally)
    {
        var (undecrypted, decrypting) = (queue.Count, queue.Running);
        var ended = tally.Complete + tally.Partial + tally.Failed;
        if (tally.Accepted != undecrypted + decrypting + ended)
            throw Broken(
                $"{tally.Accepted} accepted, {undecrypted} undecrypted, {decrypting} decrypting, {ended} ended");
        var jobs = roster.All.Select(slot => slot.Holds?.Id).OfType<long>().ToList();
        if (jobs.Count != decrypting || !jobs.TrueForAll(queue.Runs) || jobs.Distinct().Count() != jobs.Count)
            throw Broken($"{decrypting} decrypting, and workers hold {string.Join(' ', jobs)}");
        Held++;
    }

    InvalidOperationException Broken(string how) =>
        new($"the conservation law is broken after {Held} turns: {how}");
}
