using System.CommandLine;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor jobs retry ID…</c>, or <c>--all</c> for the failed ones of the ledger, all or some of them: what a
/// person does once the key, the disk or the limit that they failed for is there.
/// </summary>
static class JobsRetryCommand
{
    const int PageSize = 1000;

    // The one is let out by `release`, and a person has ended the other.
    static readonly string[] _left = [FailureCode.Poison.Name, FailureCode.Cancelled.Name];

    public static Command Build(SharedOptions shared, string what)
    {
        var ids = new Argument<long[]>("ID") { Description = "the jobs' numbers", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "all that failed, but for POISON and CANCELLED" };
        var dry = new Option<bool>("--dry-run") { Description = "say which, and do nothing" };
        var choice = new JobChoice();
        var command = new Command("retry", what) { ids, all };
        choice.AddFiltersTo(command);
        foreach (var option in new Option[] { dry, shared.Spool, shared.Json }) command.Add(option);
        command.SetAction(parsed =>
        {
            var spool = parsed.GetValue(shared.Spool)!;
            var chosen = Chosen(parsed, (ids, all), choice, spool);
            return parsed.GetValue(dry) ? Tell(chosen)
                : JobsActCommand.Ask(
                    spool, JobsActCommand.WordFor(OperatorAct.Retry), chosen, parsed.GetValue(shared.Json));
        });
        return command;
    }

    static IReadOnlyCollection<long> Chosen(
        ParseResult parsed, (Argument<long[]> Ids, Option<bool> All) asked, JobChoice choice, string spool)
    {
        var (ids, all) = (parsed.GetValue(asked.Ids)!, parsed.GetValue(asked.All));
        if (all == ids.Length > 0)
            throw new UsageException(
                all ? "--all and numbers are given" : "no job is given", "the jobs' numbers, or --all");
        if (all) return AllOf(spool, choice.Filter(parsed));
        return choice.IsGiven(parsed)
            ? throw new UsageException("a filter chooses among --all", "leave out the filter, or the numbers") : ids;
    }

    // Oldest first, as they came; and all are known before the first is asked for, since those that fail again at once
    // would come back into the list.
    static List<long> AllOf(string spool, JobFilter filter)
    {
        using var ledger = JobLedger.OpenForReading(Path.Combine(spool, Spool.LedgerName));
        var chosen = new List<long>();
        for (var page = filter with { State = JobState.Failed }; ;)
        {
            var jobs = ledger.List(page, PageSize);
            chosen.AddRange(
                jobs.Where(job => filter.Code is not null || !_left.Contains(job.Code)).Select(job => job.Id));
            if (jobs.Count < PageSize) break;
            page = page with { Before = jobs[^1].Id };
        }

        chosen.Reverse();
        Talk.Say(chosen.Count == 1 ? "1 failed job is chosen" : $"{chosen.Count} failed jobs are chosen");
        return chosen;
    }

    static int Tell(IReadOnlyCollection<long> chosen)
    {
        foreach (var id in chosen) Console.WriteLine($"job {id} would be tried again");
        return 0;
    }
}
