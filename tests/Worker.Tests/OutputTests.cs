using System.Diagnostics;
using System.Text;
using CsCheck;
using Decryptor.Protocol;
using Decryptor.Samples;
using Decryptor.Worker.Output;

namespace Decryptor.Worker.Tests;

sealed class OutputTests
{
    [TestCase("boot.xlog", "boot.log")]
    [TestCase("boot.log", "boot.log")]
    [TestCase("crash-of-user-4711.mmap3", "crash-of-user-4711.log")]
    [TestCase("a.b.c.xlog", "a.b.c.log")]
    [TestCase("plain", "plain.log")]
    [TestCase("", "text.log")]
    [TestCase("..", "text.log")]
    [TestCase("trace.log.age", "trace.log")]
    [TestCase("net.log.1.gz", "net.log.1.log")]
    [TestCase(".xlog", "xlog.log")]
    [TestCase("../../etc/passwd", "passwd.log")]
    [TestCase("C:\\logs\\app.xlog", "app.log")]
    [TestCase("folder/", "text.log")]
    [TestCase("report.json", "report.log")]
    [TestCase("input", "input.log")]
    [TestCase("crash-1.json", "crash-1.log")]
    [TestCase("-rf.xlog", "rf.log")]
    [TestCase("line\nfeed\u0000.xlog", "line_feed_.log")]
    [TestCase("gnp.\u202Egolx.xlog", "gnp._golx.log")]
    [TestCase("\u65e5\u5fd7.xlog", "\u65e5\u5fd7.log")]
    public void A_name_is_made_harmless(string source, string name) =>
        Assert.That(HarmlessName.For(source, ".log"), Is.EqualTo(name));

    [Test]
    public void No_output_has_a_name_that_is_kept_for_crash_cards() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Bool).Sample((attempt, isText) =>
            OutputNames.IsCrash(OutputNames.CrashOf(attempt))
            && !OutputNames.IsCrash(HarmlessName.For(
                OutputNames.CrashOf(attempt), isText ? OutputNames.OfText : OutputNames.OfBytes)));

    [Test]
    public void Any_name_at_all_is_made_harmless() => Gen.String.Sample(source =>
    {
        var name = HarmlessName.For(source, ".log");
        return name.Length > 4 && Encoding.UTF8.GetByteCount(name) <= 200 && name[0] is not ('.' or '-')
            && !name.Contains('/') && !name.Any(char.IsControl) && name.EndsWith(".log", StringComparison.Ordinal);
    });

    [Test]
    public void A_long_name_is_cut_at_a_character()
    {
        var name = HarmlessName.For(string.Concat(Enumerable.Repeat("\U0001F600", 100)) + ".xlog", ".log");
        Assert.That((Encoding.UTF8.GetByteCount(name), name.Contains('\uFFFD')), Is.EqualTo((200, false)));
    }

    [Test]
    public void The_report_says_what_a_reader_needs()
    {
        var (file, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 3);
        using var trial = Trial.OfBytes(file, Made.Ring, "boot.xlog");
        trial.MustBeSound();
        var report = trial.Report;
        Assert.Multiple(() =>
        {
            Assert.That((report.Id, report.Source, report.State, report.Attempts, report.Worker),
                Is.EqualTo(("17", "boot.xlog", "Completed", 1, "w3.7")));
            Assert.That((report.BytesIn, report.BytesOut), Is.EqualTo((file.Length, text.Length)));
            Assert.That((trial.Only.Path, trial.Only.Format, trial.Only.Key),
                Is.EqualTo(("boot.log", "xlog", "prod-2026")));
            Assert.That(trial.Only.Blocks, Is.EqualTo(new ReportedBlocks(3, 3, 0)));
        });
    }

    [Test]
    public void Two_attempts_never_share_a_folder()
    {
        using var first = Trial.OfBytes("text\n"u8.ToArray());
        var again = new Assign(new(17, 1, new(3, 7)), "/dev/null", first.Output, "boot.xlog", "", Trial.Usual);
        var finished = new Unpacker(again, (_, _, _) => throw new InvalidOperationException("nothing is sealed")).Run();
        Assert.Multiple(() =>
        {
            Assert.That((finished.Outcome, finished.Code), Is.EqualTo((Outcome.Failed, "IO_ERROR")));
            Assert.That(Encoding.UTF8.GetString(first.Text), Is.EqualTo("text\n"));
        });
    }

    [Test]
    public void A_worst_report_has_at_most_1000_gaps_and_says_how_many_more_there_are()
    {
        var tip = Made.Tip("a line\n");
        byte[] one = [.. tip, .. "garbage between"u8];
        var file = Enumerable.Repeat(one, 1500).SelectMany(bytes => bytes).ToArray();
        using var trial = Trial.OfBytes(file);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Only.Gaps, Has.Count.EqualTo(1000));
            Assert.That(trial.Only.Warnings, Has.Some.EqualTo("500 more gaps are not listed"));
            Assert.That(trial.Finished.Blocks.Ok, Is.EqualTo(1500));
        });
    }

    [Test, CancelAfter(30_000)]
    public void A_full_disk_is_DISK_FULL_and_the_partial_text_makes_room_for_the_report()
    {
        var small = Directory.CreateTempSubdirectory("decryptor-small-disk-").FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small))
            Assert.Ignore("mounting a small disk needs root");
        try
        {
            var input = Path.Combine(small, "..", Path.GetFileName(small) + ".log");
            File.WriteAllText(input, string.Concat(Enumerable.Repeat("a line that fills the disk\n", 100_000)));
            var output = Path.Combine(small, "17-1");
            var assign = new Assign(new(17, 1, new(3, 7)), input, output, "fill.log", "", Trial.Usual);
            var finished = new Unpacker(assign, (_, _, _) =>
                throw new InvalidOperationException("nothing is sealed")).Run();
            File.Delete(input);
            Assert.Multiple(() =>
            {
                Assert.That((finished.Outcome, finished.Code, finished.BytesOut),
                    Is.EqualTo((Outcome.Failed, "DISK_FULL", 0L)));
                Assert.That(Directory.GetFiles(output).Select(Path.GetFileName), Is.EqualTo((string[])["report.json"]));
            });
        }
        finally
        {
            Run("umount", small);
            Directory.Delete(small);
        }
    }

    static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
