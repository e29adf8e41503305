using System.CommandLine;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>The options that say which jobs of the ledger are meant.</summary>
sealed class JobChoice
{
    readonly Option<JobState?> _state = new("--state") { Description = "jobs in this state", HelpName = "STATE" };
    readonly Option<string?> _before = new("--before")
    {
        Description = "jobs older than this one: the next page",
        HelpName = "ID",
    };
    readonly Option<int> _limit = new("--limit", "-n")
    {
        Description = "how many, newest first",
        DefaultValueFactory = _ => 50,
        HelpName = "N",
    };
    readonly Option<string?> _code = new("--code") { Description = "jobs with this failure code", HelpName = "CODE" };
    readonly Option<string?> _tenant = new("--tenant") { Description = "jobs of this tenant", HelpName = "NAME" };
    readonly Option<string?> _source = new("--source")
    {
        Description = "jobs whose file name fits: *, ? and [...] as in a shell",
        HelpName = "GLOB",
    };

    public JobChoice()
    {
        _code.CompletionSources.Add([.. FailureCode.All.Select(code => code.Name)]);
        _limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--limit takes a number from 1");
        });
    }

    public void AddTo(Command command)
    {
        command.Add(_state);
        AddFiltersTo(command);
        command.Add(_before);
        command.Add(_limit);
    }

    /// <summary>Adds those that choose among jobs that have failed.</summary>
    public void AddFiltersTo(Command command)
    {
        command.Add(_code);
        command.Add(_tenant);
        command.Add(_source);
    }

    public int Limit(ParseResult parsed) => parsed.GetValue(_limit);

    /// <summary>Whether a filter of <see cref="AddFiltersTo"/> is given.</summary>
    public bool IsGiven(ParseResult parsed) =>
        (parsed.GetValue(_code) ?? parsed.GetValue(_tenant) ?? parsed.GetValue(_source)) is not null;

    /// <exception cref="UsageException">There is no such code, or no such number.</exception>
    public JobFilter Filter(ParseResult parsed) => new(
        parsed.GetValue(_state), Code(parsed.GetValue(_code)), parsed.GetValue(_tenant), parsed.GetValue(_source),
        Number(parsed.GetValue(_before)));

    static string? Code(string? word)
    {
        if (word is null) return null;
        var names = FailureCode.All.Select(code => code.Name).ToList();
        return names.Find(name => name.Equals(word, StringComparison.OrdinalIgnoreCase)) ?? throw new UsageException(
            $"--code: there is no code {word}",
            Near.Of(word.ToUpperInvariant(), names) is { } near
                ? $"did you mean {near}?" : "decryptor explain lists them");
    }

    static long? Number(string? word) => word is null ? null
        : long.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new UsageException($"--before: {word} is no job's number", "decryptor jobs lists them");
}
