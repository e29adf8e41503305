using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Decryptor.Supervisor.Tests;

sealed class EventJournalTests
{
    sealed class Kept : ILogEventSink
    {
        public List<(LogEventLevel Level, string Text)> Lines { get; } = [];

        public void Emit(LogEvent told) => Lines.Add((told.Level, told.RenderMessage(null)));
    }

    static List<(LogEventLevel Level, string Text)> Told(params Row[] rows)
    {
        var kept = new Kept();
        using var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(kept).CreateLogger();
        new EventJournal(log).Watch(new() { Rows = rows });
        return kept.Lines;
    }

    [Test]
    public void Quarantine_is_a_warning_and_what_an_operator_does_is_told_with_the_name()
    {
        var poison = new Poison("ab12", 7, 17);
        var at = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        var told = Told(
            new Row.Quarantined(poison, at),
            new Row.Released(poison),
            new Row.Audit(at, "eve\n (uid 0)", OperatorAct.Retry, 17, "done"));
        Assert.That(told, Is.EqualTo(new[]
        {
            (LogEventLevel.Warning, "ab12, 7 bytes, is quarantined for what job 17 did: it is not opened again"),
            (LogEventLevel.Information, "ab12, 7 bytes, is out of quarantine; it was job 17"),
            (LogEventLevel.Information, "eve\\u000a (uid 0) asked to retry job 17: done"),
        }));
    }

    [Test]
    public void One_change_is_one_line()
    {
        var job = new Job { Id = 1, Source = "a\nb", Attempts = 1, Worker = new(1, 2) };
        var told = Told(
            new Row.JobIs(job, "w1.2 crashed over it"),
            new Row.WorkerStarts(new(1, 3), default),
            new Row.WorkerEnded(new(1, 2), default, "SIGKILL", 1));
        Assert.That(told.Select(line => line.Level), Is.EqualTo(
            new[] { LogEventLevel.Warning, LogEventLevel.Debug, LogEventLevel.Warning }));
        Assert.That(told.Select(line => line.Text), Has.None.Contains("\n"));
        Assert.That(told[2].Text, Does.Contain("charged to job 1 attempt 1"));
    }
}
