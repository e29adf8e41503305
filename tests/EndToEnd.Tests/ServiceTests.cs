using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

sealed class ServiceTests
{
    const string KeyA = "xlog 4c269abe1751bb73126f268d3062fed3d234fe2e032afe5a9400ea401f4a9e96";
    const string KeyS = "xlog 9bef0c45fe9e1f898fbbb4cbf0684d4b1698026fa725fa73b5687f7e4edbe7";

    [Test, CancelAfter(120_000)]
    public void Every_good_file_of_the_corpus_goes_through_four_workers_byte_for_byte()
    {
        var good = Programs.NeedCorpus("xlog/good");
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "4", "--keys", scratch.Ring(KeyA, KeyS)]);
        var files = Programs.PackagesIn(good);
        foreach (var file in files) Serving.Drop(scratch, Path.GetFileName(file), File.ReadAllBytes(file));
        var ended = service.AwaitEnded(files.Length);
        foreach (var file in files)
        {
            var (folder, report) = ended[Path.GetFileName(file)];
            var text = File.ReadAllBytes(Path.Combine(folder, report.Files.Single().Path!));
            Assert.That(text.AsSpan().SequenceEqual(Programs.ExpectedTextOf(file)), file);
        }

        Assert.That(Directory.GetFileSystemEntries(Path.Combine(service.Spool, "incoming")), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(service.Spool, "queue")), Is.Empty);
    }

    [Test, CancelAfter(180_000)]
    public void Large_files_decode_in_less_than_64_MiB_a_worker()
    {
        var large = Programs.NeedCorpus("large");
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(large, "manifest.json")));
        var files = manifest.RootElement.GetProperty("files").EnumerateArray()
            .Where(file => file.GetProperty("format").GetString() == "xlog")
            .ToDictionary(
                file => file.GetProperty("file").GetString()!,
                file => file.GetProperty("plaintext_sha256").GetString()!);
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1", "--keys", scratch.Ring(KeyA)]);
        service.AwaitReady();
        foreach (var file in files.Keys) Serving.Drop(scratch, file, File.ReadAllBytes(Path.Combine(large, file)));
        var ended = service.AwaitEnded(files.Count, 120);
        foreach (var (file, sha256) in files)
        {
            var (folder, report) = ended[file];
            using var text = File.OpenRead(Path.Combine(folder, report.Files.Single().Path!));
            Assert.That(Convert.ToHexStringLower(SHA256.HashData(text)), Is.EqualTo(sha256), file);
        }

        Assert.That(service.Workers().Max(Proc.PeakMemory), Is.LessThan(64L << 20), "one worker has decoded them all");
    }

    [Test, CancelAfter(60_000)]
    public void All_workers_are_started_at_once()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "8"]);
        service.Until(() => service.Workers().Count == 8, "eight workers live", 10);
    }

    [Test, CancelAfter(60_000)]
    public void A_second_service_on_the_same_spool_is_refused_with_a_clear_word()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch);
        service.AwaitReady();
        var second = Programs.Run("serve", "--spool", service.Spool);
        Assert.That(second.ExitCode, Is.Not.Zero);
        Assert.That(second.Stderr, Does.Contain($"{service.Pid}").And.Contain("hint:"), second.ToString());
        Serving.Drop(scratch, "a.txt", "still served\n"u8.ToArray());
        service.AwaitEnded(1);
    }

    [Test, CancelAfter(60_000)]
    public void A_tenants_upload_carries_the_tenants_name()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch);
        Directory.CreateDirectory(scratch["spool/incoming/acme"]);
        Serving.Drop(scratch, "acme/a.txt", "hello\n"u8.ToArray());
        Assert.That(service.AwaitEnded(1)["a.txt"].Report.Tenant, Is.EqualTo("acme"));
    }

    [Test, CancelAfter(60_000)]
    public void Failed_jobs_keep_their_input_and_completed_ones_do_not()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch);
        Serving.Drop(scratch, "bad.bin", [1, 0, 2, 0, 3]);
        Serving.Drop(scratch, "good.txt", "good\n"u8.ToArray());
        var ended = service.AwaitEnded(2);
        var kept = Path.Combine(ended["bad.bin"].Folder, "input");
        service.Until(() => File.Exists(kept), "the input is kept");
        Assert.That(File.ReadAllBytes(kept), Is.EqualTo(new byte[] { 1, 0, 2, 0, 3 }));
        Assert.That(Directory.GetFiles(ended["good.txt"].Folder).Select(Path.GetFileName), Does.Not.Contain("input"));
    }

    [Test, CancelAfter(60_000)]
    public void A_job_that_failed_for_want_of_a_key_runs_again_when_the_ring_changes()
    {
        var file = Path.Combine(Programs.NeedCorpus("xlog/good"), "async-zlib-crypt-4k.xlog");
        using var scratch = new Scratch();
        var ring = scratch.Ring("# empty for now");
        using var service = new Serving(scratch, ["--keys", ring]);
        Serving.Drop(scratch, "sealed.xlog", File.ReadAllBytes(file));
        Assert.That(service.AwaitEnded(1)["sealed.xlog"].Report.Code, Is.EqualTo("KEY_MISSING"));
        File.WriteAllText(Path.Combine(ring, "ring"), KeyA + "\n");
        service.Send(Proc.SigHup);
        service.Until(() => service.Ended().Values.Any(job => job.Report.Outcome == "complete"), "the job completes");
        Assert.That(service.Ended(), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public void The_command_line_tells_what_the_ledger_and_the_status_page_know()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch);
        Serving.Drop(scratch, "a.txt", "hello\n"u8.ToArray());
        service.AwaitEnded(1);
        string Table() => Programs.Run("jobs", "--spool", service.Spool).Text;
        service.Until(() => Table().Contains("Completed", StringComparison.Ordinal), "the job is listed");
        var line = Programs.Run("jobs", "--spool", service.Spool, "--json").Text.Trim();
        Assert.That(JsonDocument.Parse(line).RootElement.GetProperty("source").GetString(), Is.EqualTo("a.txt"));
        service.Until(() => Programs.Run("status", "--spool", service.Spool).ExitCode == 0, "the status is there");
        Assert.That(Programs.Run("status", "--spool", service.Spool).Text, Does.Contain("VERDICT"));
        service.Send(Proc.SigTerm);
        Assert.That(service.AwaitExit(), Is.Zero);
        var after = Programs.Run("status", "--spool", service.Spool);
        Assert.That(after.ExitCode, Is.EqualTo(69), after.ToString());
        Assert.That(Table(), Does.Contain("a.txt"), "the ledger is readable without a service");
    }

    [Test, CancelAfter(60_000)]
    public void Uploads_that_are_still_being_written_are_left_alone()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, config: new { rescanSeconds = 0.1 });
        service.AwaitReady();
        var incoming = Path.Combine(service.Spool, "incoming");
        File.WriteAllText(Path.Combine(incoming, ".hidden"), "x");
        File.WriteAllText(Path.Combine(incoming, "upload.part"), "x");
        using (var growing = File.Create(Path.Combine(incoming, "growing.txt")))
        {
            growing.Write("first "u8);
            growing.Flush();
            Serving.Drop(scratch, "whole.txt", "whole\n"u8.ToArray());
            Assert.That(service.AwaitEnded(1).Keys, Is.EqualTo(new[] { "whole.txt" }));
            growing.Write("second\n"u8);
        }

        var (folder, report) = service.AwaitEnded(2)["growing.txt"];
        var text = File.ReadAllBytes(Path.Combine(folder, report.Files[0].Path!));
        Assert.That(Encoding.UTF8.GetString(text), Is.EqualTo("first second\n"));
        var left = Directory.GetFiles(incoming).Select(Path.GetFileName);
        Assert.That(left, Is.EquivalentTo(new[] { ".hidden", "upload.part" }));
    }

    [TestCase("{ \"wrokers\": 4 }", "wrokers")]
    [TestCase("{ \"workers\": 0 }", "workers is 0")]
    [CancelAfter(30_000)]
    public void A_wrong_setting_is_named_and_ends_in_78(string config, string named)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("config.json", Encoding.UTF8.GetBytes(config));
        var ran = Programs.Run("serve", "--spool", scratch["spool"], "--config", file);
        Assert.That(ran.ExitCode, Is.EqualTo(78), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain(named));
    }
}
