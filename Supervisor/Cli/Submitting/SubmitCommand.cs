using System.CommandLine;
using Decryptor.Supervisor.Cli.Reading;
using Decryptor.Supervisor.Intake;

namespace Decryptor.Supervisor.Cli.Submitting;

/// <summary>
/// <c>decryptor submit FILE… --spool DIR</c>: hands packages to a service over its spool, and waits for what becomes of
/// them where that is asked. A package is on the service's disk before anything is said of it.
/// </summary>
static class SubmitCommand
{
    const int SecondsMax = 7 * 86_400;

    public static Command Build(SharedOptions shared)
    {
        var files = OneShot.Files("the packages, or - for the standard input");
        var tenant = new Option<string?>("--tenant") { Description = "whose they are", HelpName = "NAME" };
        var move = new Option<bool>("--move") { Description = "take the files away, and do not copy them" };
        var wait = new Option<bool>("--wait") { Description = "wait until all have ended; exit codes as of cat" };
        var timeout = new Option<int?>("--timeout") { Description = "wait so long at most", HelpName = "SECONDS" };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > SecondsMax)
                result.AddError($"--timeout takes 1 to {SecondsMax} seconds");
        });
        var command = new Command("submit", "hand packages to a service")
        {
            files, shared.Spool, tenant, move, wait, timeout, shared.Json,
        };
        command.SetAction(parsed =>
        {
            var (spool, patience) = (parsed.GetValue(shared.Spool)!, parsed.GetValue(timeout));
            var named = parsed.GetValue(files)!;
            if (named.Count(file => file == InputList.Stdin) > 1)
                throw new UsageException("the standard input can be read once", "name - once");
            SignalListener.BlockAndReexec();
            var run = new SubmitRun(spool, parsed.GetValue(tenant), parsed.GetValue(shared.Json));
            SignalListener.Start(run.Hear);
            run.HandIn(named, parsed.GetValue(move));
            var waits = parsed.GetValue(wait) || patience is not null;
            return waits ? run.Await(TimeSpan.FromSeconds(patience ?? SecondsMax)) : run.ExitCode;
        });
        return command;
    }
}
