using System.CommandLine;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli;

/// <summary>What <c>cat</c> and <c>unpack</c> have in common.</summary>
static class OneShot
{
    public static Settings SettingsFrom(ParseResult parsed, SharedOptions shared)
    {
        var settings = parsed.GetValue(shared.Config) is { } path ? Settings.Read(path) : new();
        return (settings with
        {
            Keys = SharedOptions.RingOf(parsed.GetValue(shared.Keys) ?? settings.Keys),
            Workers = parsed.GetValue(shared.Workers) ?? settings.Workers,
            Worker = parsed.GetValue(shared.Worker) ?? settings.Worker,
            Limits = settings.Limits with
            {
                ThreadsMax = settings.Limits.ThreadsMax ?? Math.Min(64, Environment.ProcessorCount),
            },
            DrainSeconds = 0,
            Durable = false,
        }).Checked();
    }

    /// <summary>
    /// The inputs. The library takes an option that it does not know for one of them; a person's slip is told.
    /// </summary>
    public static Argument<string[]> Files(string description = "the packages")
    {
        var files = new Argument<string[]>("FILE") { Description = description, Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result =>
        {
            var asked = Environment.GetCommandLineArgs().TakeWhile(word => word != "--").ToHashSet();
            var slip = result.Tokens.Select(token => token.Value)
                .FirstOrDefault(word => word is ['-', _, ..] && asked.Contains(word));
            if (slip is not null) result.AddError($"there is no option {slip}");
        });
        return files;
    }

    /// <summary>The ended job; null when the run was interrupted before its end.</summary>
    public static Job? AwaitEnd(PrivateRun run, long id)
    {
        while (true)
        {
            if (run.Look(id) is { IsOpen: false } ended) return ended;
            if (run.Ended) return null;
            run.AwaitNews(TimeSpan.FromSeconds(1));
        }
    }
}
