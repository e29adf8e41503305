using System.CommandLine;
using System.Text;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor status --spool DIR</c>: the page that the service keeps there, read without talking to it, so that it
/// can be read while the service is wedged, stopped or dead; with <c>--watch</c> again and again, until it is
/// interrupted (130). Returns 69 where no service runs, or has ever run.
/// </summary>
static class StatusCommand
{
    static readonly JsonSerializerOptions _readable = new() { WriteIndented = true };
    static readonly JsonSerializerOptions _oneLine = new();

    public static Command Build(SharedOptions shared)
    {
        var watch = new Option<double?>("--watch")
        {
            Description = "show it again and again, so many seconds apart (default: 1)",
            HelpName = "SECONDS",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var postMortem = new Option<bool>("--post-mortem")
        {
            Description = "show the page only of a service that did not end in order",
        };
        var command = new Command("status", "show what a service is doing")
        {
            shared.Spool, watch, postMortem, shared.Json,
        };
        command.SetAction(parsed =>
        {
            var (spool, json) = (parsed.GetValue(shared.Spool)!, parsed.GetValue(shared.Json));
            if (parsed.GetValue(postMortem)) return PostMortem(spool);
            if (parsed.GetResult(watch) is null) return Show(spool, json ? _readable : null);
            var pause = Pause(parsed.GetValue(watch) ?? 1);
            SignalListener.BlockAndReexec();
            return Watch(spool, json ? _oneLine : null, pause);
        });
        return command;
    }

    static int Show(string spool, JsonSerializerOptions? json)
    {
        if (StatusPage.Read(spool, json) is not { } page) return Never(spool);
        using (var stdout = new StandardStream(1)) stdout.Write(Encoding.UTF8.GetBytes(page.Shown));
        return page.IsDead
            ? Talk.Error(
                $"no service runs on {spool}; this is what the last one left", "", FailureCode.NotRunning.ExitCode)
            : 0;
    }

    // As lines: of an entry of its own the journal would not know the unit, once this process has ended.
    static int PostMortem(string spool)
    {
        if (StatusPage.Read(spool, null) is not { IsDead: true, Seen.IsInOrder: false } page) return 0;
        var text = "The service did not end in order; this is the last that it said of itself.\n" + page.Shown;
        using var stdout = new StandardStream(1);
        stdout.Write(Encoding.UTF8.GetBytes(text));
        return 0;
    }

    static int Watch(string spool, JsonSerializerOptions? json, TimeSpan pause)
    {
        if (StatusPage.Read(spool, json) is null) return Never(spool);
        using var stdout = new StandardStream(1);
        using var screen = json is null ? Screen.On(stdout) : null;
        using var watch = new StatusWatch(stdout, screen, separator: json is null ? "---\n" : "");
        return watch.Run(() => StatusPage.Read(spool, json)?.Shown, pause);
    }

    static TimeSpan Pause(double seconds) => seconds is >= 0.1 and <= 3600 ? TimeSpan.FromSeconds(seconds)
        : throw new UsageException("--watch takes seconds from 0.1 to 3600", "the service writes its page each second");

    static int Never(string spool) => Talk.Error(
        $"no service has ever run on {spool}", "decryptor serve --spool DIR starts one",
        FailureCode.NotRunning.ExitCode);
}
