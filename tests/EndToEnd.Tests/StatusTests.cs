using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// What can be learnt of a service that is well, wedged, stopped or dead: by command, by file and by signal.
/// </summary>
sealed partial class StatusTests
{
    static string Page(Serving service)
    {
        var page = Path.Combine(service.Spool, "run", "status.txt");
        return File.Exists(page) ? File.ReadAllText(page) : "";
    }

    static JsonElement Json(Serving service, int exitCode = 0)
    {
        var ran = Programs.Run("status", "--spool", service.Spool, "--json");
        Assert.That(ran.ExitCode, Is.EqualTo(exitCode), ran.ToString());
        return JsonDocument.Parse(ran.Text).RootElement;
    }

    static string Verdict(Serving service) => Json(service).GetProperty("verdict").GetString()!;

    static Serving WithFakes(Scratch scratch, Dictionary<string, string>? environment = null) =>
        new(scratch, ["--worker-program", Programs.FakeWorker, "--workers", "2"], environment);

    [Test, CancelAfter(120_000)]
    public void The_law_the_last_crash_and_the_failures_are_told_of_a_service_at_work()
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch);
        service.AwaitReady();
        foreach (var name in new[] { "a.txt", "b.txt", "crash-native~1.txt", "crash-native.txt" })
            Serving.Drop(scratch, name, "some text\n"u8.ToArray());
        service.AwaitEnded(4);
        const string law = "accepted 4 = 0 undecrypted + 0 decrypting + 3 completed + 1 failed";
        service.Until(() => Page(service).Contains(law, StringComparison.Ordinal), "the law is told");
        var page = Programs.Run("status", "--spool", service.Spool).Text;
        TestContext.Out.WriteLine(page);
        Assert.That(page, Does.Match(@"held for \d+ turns"));
        Assert.That(page, Does.Match(@"last crash .* ago: w\d\.\d+, exit 139 \(SIGSEGV\) · job \d-\d, charged"));
        Assert.That(page, Does.Match(@"failures  POISON 1, last job \d"));
        Assert.That(page, Does.Contain("recorded in").And.Contain("run/flight/000001.txt"));
        Assert.That(page.Split('\n').Select(line => line.Length), Is.All.LessThanOrEqualTo(100));
        var json = Json(service);
        Assert.That(json.GetProperty("v").GetInt32(), Is.EqualTo(1));
        Assert.That(json.GetProperty("law").GetProperty("accepted").GetInt32(), Is.EqualTo(4));
        Assert.That(json.GetProperty("failures")[0].GetProperty("code").GetString(), Is.EqualTo("POISON"));
    }

    [Test, CancelAfter(120_000)]
    public void A_wedged_loop_is_told_by_file_command_and_signal_and_since_when()
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch, new() { ["DECRYPTOR_WEDGE_AT"] = "committed:6" });
        service.Until(() => Page(service).Contains("WEDGED", StringComparison.Ordinal), "the page says so");
        Assert.That(Page(service), Does.Match(@"VERDICT   WEDGED · the event loop is silent since \d\d:\d\d:\d\dZ"));
        var json = Json(service);
        Assert.That(json.GetProperty("verdict").GetString(), Is.EqualTo("wedged"));
        var silent = json.GetProperty("loopSilentSeconds").GetDouble();
        TestContext.Out.WriteLine($"said after {silent:0.0} s of silence; 5 are allowed");
        var since = SilentSince().Match(Page(service)).Value;
        Assert.That(Programs.Run("status", "--spool", service.Spool).Text, Does.Contain(since));
        service.Send(Proc.SigUsr1);
        service.Until(() => service.Says("SIGUSR1 from pid") && service.Says(since), "the signal is answered");
    }

    [Test, CancelAfter(120_000)]
    public void A_ledger_that_somebody_holds_is_told_and_forgotten_when_it_is_let_go()
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch);
        service.AwaitServing(workers: 2);
        using (var other = new SqliteConnection($"Data Source={service.Spool}/ledger.db;Pooling=False"))
        {
            other.Open();
            using var begin = other.CreateCommand();
            begin.CommandText = "BEGIN EXCLUSIVE";
            begin.ExecuteNonQuery();
            Serving.Drop(scratch, "a.txt", "some text\n"u8.ToArray());
            service.Until(() => SilentSince().IsMatch(Page(service)), "the page says since when");
            Assert.That(Verdict(service), Is.EqualTo("degraded"));
            service.Send(Proc.SigUsr1);
            service.Until(() => service.Says("SIGUSR1 from pid"), "the signal is answered");
        }

        service.AwaitEnded(1);
        service.Until(() => Verdict(service) == "ok", "all is well again");
    }

    [Test, CancelAfter(120_000)]
    public void A_service_that_is_stopped_killed_or_ended_is_told_from_outside()
    {
        using var scratch = new Scratch();
        using (var service = WithFakes(scratch))
        {
            service.AwaitServing(workers: 2);
            service.Until(() => Verdict(service) == "ok", "all is well");
            service.Send(Proc.SigStop);
            service.Until(() => Verdict(service) == "wedged", "it is seen to stand still");
            var page = Programs.Run("status", "--spool", service.Spool).Text;
            Assert.That(page, Does.Match(@"VERDICT   WEDGED since \d{4}-.*Z\s+process \d+ is stopped, as by SIGSTOP"));
            Assert.That(page, Does.Contain("it said last: OK"));
            service.Send(Proc.SigCont);
            service.Until(() => Verdict(service) == "ok", "all is well again");
            service.Send(Proc.SigKill);
            service.AwaitExit();
            var ran = Programs.Run("status", "--spool", service.Spool);
            Assert.That(ran.ExitCode, Is.EqualTo(69), ran.ToString());
            Assert.That(ran.Text, Does.Match(@"VERDICT   DEAD since \d{4}-.*Z · it was killed, or crashed"));
            Assert.That(Json(service, 69).GetProperty("verdict").GetString(), Is.EqualTo("dead"));
        }

        using var next = WithFakes(scratch);
        next.AwaitServing(workers: 2);
        next.Send(Proc.SigTerm);
        next.AwaitExit();
        var ended = Programs.Run("status", "--spool", next.Spool);
        Assert.That(ended.Text, Does.Contain("it was stopped, and ended in order"));
    }

    [GeneratedRegex(@"silent since \d\d:\d\d:\d\dZ")]
    private static partial Regex SilentSince();
}
