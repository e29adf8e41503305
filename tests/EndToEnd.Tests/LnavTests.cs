namespace Decryptor.EndToEnd.Tests;

/// <summary>The formats for lnav, read by lnav itself.</summary>
sealed class LnavTests
{
    const string Mars = """
        ^^^^^^^^^^Nov 23 2026^^^06:18:34^^^^^^^^^^[12623,12623][2026-11-20 +0800 09:59:00]
        [E][2026-11-20 +8.0 09:59:02.163][21873, 21907*][net.http][a.kt:139, f][timeout
            at com.example.Net.get(Net.kt:7)
        [W][2026-11-20 +8.0 09:59:03.000][21873, 1][pay][W.m:5, -[W query:]][slow
        [V][2026-11-20 +8.0 09:59:04.000][21873, 1][][, , 0][x

        """;

    const string Logan = """
        {"c":"clogan header","f":1,"l":1767225600000,"n":"clogan","i":1,"m":true}
        {"c":"hello","f":3,"l":1767225601500,"n":"main","i":7,"m":false}

        """;

    [TestCase(true), TestCase(false), CancelAfter(60_000)]
    public void Lnav_reads_level_time_tag_process_and_thread_of_mars_lines(bool piped)
    {
        using var scratch = new Scratch();
        var ran = Query(
            scratch, Mars, piped,
            "SELECT log_level, log_time, tag, pid, tid, log_body LIKE 'timeout%Net.kt%' AS whole FROM mars_xlog");
        Assert.That(ran.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..], Is.EqualTo(new[]
        {
            "info,2026-11-20 09:59:00.000,<NULL>,12623,12623,0",
            "error,2026-11-20 09:59:02.163,net.http,21873,21907,1",
            "warning,2026-11-20 09:59:03.000,pay,21873,1,0",
            "trace,2026-11-20 09:59:04.000,,21873,1,0",
        }), ran.ToString());
    }

    [TestCase("-12.0"), TestCase("+0.0"), TestCase("+5.5"), TestCase("+5.75"), TestCase("+14.0"), CancelAfter(60_000)]
    public void Lnav_reads_the_time_behind_every_zone(string zone)
    {
        using var scratch = new Scratch();
        var lines = string.Concat(Enumerable.Range(0, 3).Select(i =>
            $"[I][2026-11-20 {zone} 09:59:0{i}.163][1, 2][t][a.c:1, f][x\n"));
        var ran = Query(scratch, lines, false, "SELECT max(log_time) AS t, count(*) AS n FROM mars_xlog");
        Assert.That(ran.Text, Is.EqualTo("t,n\n2026-11-20 09:59:02.163,3\n"), ran.Stderr);
    }

    [Test, CancelAfter(60_000)]
    public void Lnav_reads_time_thread_and_message_of_logans_lines()
    {
        using var scratch = new Scratch();
        var ran = Query(scratch, Logan, true, "SELECT log_time, n, i, log_body FROM logan");
        Assert.That(ran.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..], Is.EqualTo(new[]
        {
            "2026-01-01 00:00:00.000,clogan,1,clogan header", "2026-01-01 00:00:01.500,main,7,hello",
        }), ran.ToString());
    }

    static Ran Query(Scratch scratch, string lines, bool piped, string query)
    {
        if (Shell.Run("command -v lnav").ExitCode != 0) Assert.Ignore("needs lnav");
        var file = scratch.Write("app.txt", System.Text.Encoding.UTF8.GetBytes(lines));
        const string read = "lnav -n -I \"$3\" -c \";$4\" -c ':write-csv-to -'";
        var script = piped ? $"\"$1\" \"$2\" | {read}" : $"{read} \"$2\"";
        return Shell.Run(
            $"HOME=\"$5\"; export HOME; {script}", Programs.Supervisor, file,
            Path.Combine(Programs.Root, "scripts/package/lnav"), query, scratch.Folder);
    }
}
