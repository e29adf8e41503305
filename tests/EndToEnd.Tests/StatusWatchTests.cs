using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary><c>decryptor status --watch</c>.</summary>
[CancelAfter(120_000)]
sealed class StatusWatchTests
{
    [TestCase(80), TestCase(40)]
    public void On_a_terminal_the_page_is_drawn_in_its_place_and_what_was_there_comes_back(int columns)
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        var ran = Terminal.Run(
            columns, scratch.Folder, "status --watch 0.2 --spool spool; echo code $?", rows: 20, seconds: 1.5);
        Assert.That(ran.Text, Does.StartWith("\e[?1049h").And.Contain("\e[?1049l").And.Contain("code 130"));
        var pictures = ran.Text.Split("\e[H")[1..];
        Assert.That(pictures, Has.Length.GreaterThan(2), "drawn again and again");
        foreach (var picture in pictures)
        {
            Assert.That(picture, Does.StartWith("decryptor status · "));
            Assert.That(picture.Split('\n'), Has.Length.LessThanOrEqualTo(21));
        }
    }

    [Test]
    public void Elsewhere_each_page_that_has_changed_is_printed_and_nothing_is_drawn()
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        using var watch = Programs.Start([], "status", "--watch", "0.2", "--spool", scratch["spool"]);
        var pages = 0;
        while (pages < 2 && watch.StandardOutput.ReadLine() is { } line)
        {
            Assert.That(line, Does.Not.Contain('\e'));
            if (line == "---") pages++;
        }

        Proc.Send(watch.Id, Proc.SigInt);
        watch.StandardOutput.ReadToEnd();
        watch.WaitForExit();
        Assert.That(watch.ExitCode, Is.EqualTo(130));
    }

    [Test]
    public void As_json_it_is_a_line_a_page_also_over_the_death_of_the_service()
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        using var watch = Programs.Start([], "status", "--watch", "0.2", "--json", "--spool", scratch["spool"]);
        Assert.That(Verdict(watch.StandardOutput.ReadLine()!), Is.Not.EqualTo("dead"));
        service.Send(Proc.SigKill);
        while (Verdict(watch.StandardOutput.ReadLine()!) != "dead") continue;
        watch.StandardOutput.Close();
        watch.WaitForExit();
        Assert.That((watch.ExitCode, watch.StandardError.ReadToEnd()), Is.EqualTo((0, "")), "nobody reads any more");
    }

    [TestCase("0"), TestCase("3601"), TestCase("-1")]
    public void A_pause_that_cannot_be_is_refused(string seconds)
    {
        using var scratch = new Scratch();
        var ran = Programs.Run("status", "--watch", seconds, "--spool", scratch["spool"]);
        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.ToString());
    }

    static string? Verdict(string line) => JsonDocument.Parse(line).RootElement.GetProperty("verdict").GetString();

    static Serving Serve(Scratch scratch)
    {
        var service = new Serving(scratch, ["--workers", "1"]);
        service.AwaitServing(workers: 1);
        service.Until(() => File.Exists(scratch["spool/run/status.json"]), "there is a page");
        return service;
    }
}
