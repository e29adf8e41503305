using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor jobs retry|cancel|release ID…</c>: asks a running service, a job at a time, and says what became of
/// each. What is done is told on stdout, what is not on stderr. Exit codes: 0 all is done, 1 one was refused, 66 there
/// is no such job, 77 this user may not, 74 the ledger cannot be read, 69 no service runs or it does not answer; over
/// several the later in the common order wins.
/// </summary>
static class JobsActCommand
{
    static readonly (OperatorAct Act, string What)[] _acts =
    [
        (OperatorAct.Retry, "run failed or partial jobs again whose inputs are kept"),
        (OperatorAct.Cancel, "end jobs that wait or run, as CANCELLED"),
        (OperatorAct.Release, "let jobs and their bytes out of quarantine, and run them again"),
    ];

    public static IEnumerable<Command> Build(SharedOptions shared) => _acts.Select(act => Build(shared, act));

    static Command Build(SharedOptions shared, (OperatorAct Act, string What) act)
    {
        if (act.Act == OperatorAct.Retry) return JobsRetryCommand.Build(shared, act.What);
        var ids = new Argument<long[]>("ID") { Description = "the jobs' numbers", Arity = ArgumentArity.OneOrMore };
        var command = new Command(WordFor(act.Act), act.What) { ids, shared.Spool, shared.Json };
        command.SetAction(parsed => Ask(
            parsed.GetValue(shared.Spool)!, WordFor(act.Act), parsed.GetValue(ids)!, parsed.GetValue(shared.Json)));
        return command;
    }

    public static string WordFor(OperatorAct act) => ControlRequest.Acts.Single(pair => pair.Value == act).Key;

    /// <summary>Asks for each and tells; the worst exit code.</summary>
    public static int Ask(string spool, string act, IEnumerable<long> ids, bool json)
    {
        var exitCode = 0;
        foreach (var id in ids.Distinct())
        {
            var reply = ControlLine.Ask(spool, act, id);
            exitCode = Talk.Worse(exitCode, Tell(id, reply, json));
        }

        return exitCode;
    }

    static int Tell(long id, ControlReply reply, bool json)
    {
        var exitCode = reply.Done ? 0 : ExitCodeOf(reply.Code);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(ActLine.Of(id, reply), ActLineJson.Compact.ActLine));
        else if (reply.Done)
            Console.WriteLine(reply.Text);
        else
            Talk.Error(reply.Text, reply.Hint ?? "", exitCode);
        return exitCode;
    }

    static int ExitCodeOf(string? code) => code switch
    {
        "refused" => 1,
        "usage" => 2,
        "unknown" => FailureCode.NoInput.ExitCode,
        "forbidden" => FailureCode.KeyMissing.ExitCode,
        "trouble" => FailureCode.IoError.ExitCode,
        _ => FailureCode.NotRunning.ExitCode,
    };
}

/// <summary>One line of <c>jobs retry --json</c>.</summary>
sealed record ActLine(string Type, string Id, bool Done, string? Code, string Text, string? Hint)
{
    public static ActLine Of(long id, ControlReply reply) => new(
        "act", id.ToString(CultureInfo.InvariantCulture), reply.Done, reply.Code, reply.Text, reply.Hint);
}

[JsonSerializable(typeof(ActLine))]
sealed partial class ActLineJson : JsonSerializerContext
{
    internal static readonly ActLineJson Compact = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
