using System.CommandLine;
using Decryptor.Protocol;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor status --spool DIR</c>: the page that the service keeps there, read without talking to it, so that it
/// can be read while the service is wedged, stopped or dead. A dead one is said to be dead.
/// </summary>
static class StatusCommand
{
    public static Command Build(SharedOptions shared)
    {
        var command = new Command("status", "show what a service is doing") { shared.Spool, shared.Json };
        command.SetAction(parsed => Show(parsed.GetValue(shared.Spool)!, parsed.GetValue(shared.Json)));
        return command;
    }

    static int Show(string spool, bool json)
    {
        var page = Path.Combine(spool, "run", json ? "status.json" : "status.txt");
        if (!File.Exists(page))
            return Missing($"no service has ever run on {spool}", "decryptor serve --spool DIR starts one");
        using (var stdout = Console.OpenStandardOutput()) stdout.Write(File.ReadAllBytes(page));
        return SpoolHolder.Of(spool) is not null
            ? 0
            : Missing($"no service runs on {spool}; this is what the last one left", "");
    }

    static int Missing(string message, string hint) =>
        Talk.Error(message, hint, FailureCode.NotRunning.ExitCode);
}
