using System.CommandLine;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Observability.Journald;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Decryptor.Supervisor.Cli;

/// <summary><c>decryptor serve --spool DIR</c>: the service.</summary>
static class ServeCommand
{
    public static Command Build(SharedOptions shared)
    {
        var spool = new Option<string?>("--spool") { Description = "the spool", HelpName = "DIR" };
        var group = new Option<string?>("--group")
        {
            Description = "the group that may upload and read",
            HelpName = "NAME",
        };
        var verbose = new Option<bool>("--verbose") { Description = "log every turn" };
        var command = new Command("serve", "run the service on a spool")
        {
            spool, shared.Config, group, verbose, shared.Keys, shared.Workers, shared.Worker,
        };
        command.SetAction(parsed =>
        {
            SignalListener.BlockAndReexec();
            Settings Load() => Merge(parsed, shared, spool, group);
            return Serve(Load, parsed.GetValue(verbose));
        });
        return command;
    }

    static Settings Merge(
        ParseResult parsed, SharedOptions shared, Option<string?> spool, Option<string?> group)
    {
        var file = parsed.GetValue(shared.Config) is { } path ? Settings.Read(path) : new();
        var merged = file with
        {
            Spool = parsed.GetValue(spool) ?? file.Spool,
            Keys = SharedOptions.RingOf(parsed.GetValue(shared.Keys) ?? file.Keys),
            Workers = parsed.GetValue(shared.Workers) ?? file.Workers,
            Worker = parsed.GetValue(shared.Worker) ?? file.Worker,
            Group = parsed.GetValue(group) ?? file.Group,
        };
        return merged.Spool.Length > 0
            ? merged.Checked()
            : throw new UsageException("serve needs a spool", "decryptor serve --spool DIR");
    }

    static int Serve(Func<Settings> load, bool verbose)
    {
        var settings = load();
        ThreadReserve.Fill();
        var ring = KeyRing.Load(settings.Keys);
        using var journal = JournalSocket.IsOurs ? new JournalSocket(JournalSocket.Place) : null;
        using var log = MakeLog(verbose, journal);
        foreach (var warning in ring.Warnings) log.Warning("{Warning:l}", warning);
        HostedSupervisor? supervisor = null;
        using var engine = Engine.Open(settings, ring, log, _ => supervisor!.AfterTurn());
        using var hosted = supervisor = new HostedSupervisor(
            engine, settings, load, log, (text, verdict) => Dump(text, verdict, journal));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSerilog(log);
        builder.Services.AddSingleton<IHostLifetime>(new QuietLifetime());
        builder.Services.AddHostedService(
            provider => supervisor.Under(provider.GetRequiredService<IHostApplicationLifetime>()));
        builder.Build().Run();
        return supervisor.ExitCode;
    }

    static void Dump(string text, string verdict, JournalSocket? journal)
    {
        if (journal is null) Console.Error.Write(text);
        else journal.Send(
            [("MESSAGE", text), ("PRIORITY", "5"), ("MESSAGE_ID", MessageId.StatusDump), ("VERDICT", verdict)]);
    }

    /// <summary>
    /// Entries with fields where systemd's journal listens, compact JSON on stderr where one merely collects it, text
    /// for people elsewhere.
    /// </summary>
    static Serilog.Core.Logger MakeLog(bool verbose, JournalSocket? journal)
    {
        var shape = new LoggerConfiguration()
            .MinimumLevel.Is(verbose ? LogEventLevel.Verbose : LogEventLevel.Information)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        if (journal is not null) return shape.WriteTo.Sink(new JournalSink(journal)).CreateLogger();
        var underSystemd = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };
        return (underSystemd
            ? shape.WriteTo.Console(new CompactJsonFormatter(), standardErrorFromLevel: LogEventLevel.Verbose)
            : shape.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}",
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                standardErrorFromLevel: LogEventLevel.Verbose)).CreateLogger();
    }
}
