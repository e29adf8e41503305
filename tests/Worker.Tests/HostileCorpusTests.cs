using System.Globalization;
using System.Text;
using System.Text.Json;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>Files made to break a service: each has one right outcome, and its good members are delivered.</summary>
[CancelAfter(60_000)]
sealed class HostileCorpusTests
{
    static readonly Limits Small = Trial.Usual with { OutputBytes = 16L << 20, RatioFloor = 1 << 20, Members = 100 };

    // After each file name: the outcome of the whole, then each file as it has to be in the report.
    [TestCase("zipslip_dotdot.zip", "partial UNSAFE_MEMBER", "good.log=1000",
        "../../../../tmp/decryptor_pwned.txt=UNSAFE_MEMBER")]
    [TestCase("zipslip_mixed_prefix.zip", "partial UNSAFE_MEMBER", "good.log=1000", "logs/../../evil.txt=UNSAFE_MEMBER",
        "./../evil2.txt=UNSAFE_MEMBER", "logs/./a/../b.log=UNSAFE_MEMBER", "....//evil3=1")]
    [TestCase("zip_prefix_sibling.zip", "partial UNSAFE_MEMBER", "good.log=1000",
        "../task-1-evil/x.txt=UNSAFE_MEMBER")]
    [TestCase("zip_name_gbk_noflag.zip", "complete", "good.log=1000", "╚╒╓╛_.log___=1000")]
    [TestCase("zip_symlink_dir.zip", "partial UNSAFE_MEMBER", "d=UNSAFE_MEMBER", "d/decryptor_pwned_link.txt=5",
        "good.log=1000")]
    [TestCase("zip_duplicate_names.zip", "complete", "a.log=1000", "a.log=1007", "a.log=6")]
    [TestCase("zip_file_and_dir_clash.zip", "complete", "a=1000", "a/b.log=1000", "good.log=1000")]
    [TestCase("zip_empty.zip", "failed EMPTY", "zip_empty.zip=EMPTY")]
    [TestCase("zip_only_dirs.zip", "failed EMPTY", "zip_only_dirs.zip=EMPTY")]
    [TestCase("zip_truncated.zip", "partial TRUNCATED", "good.log=50000", "second.log=TRUNCATED",
        "zip_truncated.zip=TRUNCATED")]
    [TestCase("zip_eocd_offset_lie.zip", "complete", "good.log=50000", "second.log=50000")]
    [TestCase("zip_method_mismatch.zip", "partial DAMAGED", "good.log=DAMAGED", "second.log=50000")]
    [TestCase("gzip_huge_header_fields.gz", "complete", "gzip_huge_header_fields.gz=0")]
    [TestCase("gzip_name_traversal.gz", "complete", "gzip_name_traversal.gz=1000")]
    [TestCase("zip_nest_60_deep.zip", "failed LIMIT_DEPTH", "n59.zip/n58.zip/n57.zip/n56.zip/n55.zip=LIMIT_DEPTH")]
    [TestCase("zstd_fcs_lie.zst", "failed LIMIT_MEMORY", "zstd_fcs_lie.zst=LIMIT_MEMORY")]
    [TestCase("tar_symlink_chain.tar.gz", "partial UNSAFE_MEMBER", "a=UNSAFE_MEMBER", "a/b=UNSAFE_MEMBER", "a/b/c=1",
        "loop1=UNSAFE_MEMBER", "loop2=UNSAFE_MEMBER", "good.log=1000")]
    [TestCase("tar_devices_fifo.tar.gz", "partial UNSAFE_MEMBER", "fifo=UNSAFE_MEMBER", "zero=UNSAFE_MEMBER",
        "sda=UNSAFE_MEMBER", "good.log=1000")]
    [TestCase("tar_size_lie_8GiB.tar", "partial TRUNCATED", "good.log=9728 TRUNCATED",
        "tar_size_lie_8GiB.tar=TRUNCATED")]
    [TestCase("tar_truncated.tar.gz", "partial TRUNCATED", "good.log=2488 TRUNCATED", "tar_truncated.tar.gz=TRUNCATED")]
    [TestCase("tar_gz_truncated_stream.tar.gz", "partial TRUNCATED", "good.log=8885 TRUNCATED",
        "tar_gz_truncated_stream.tar.gz=TRUNCATED")]
    [TestCase("tar_sparse_1TiB.tar.gz", "failed UNSUPPORTED", "sparse.log=UNSUPPORTED")]
    [TestCase("text_one_line_8MiB.log.gz", "complete", "text_one_line_8MiB.log.gz=8388608")]
    [TestCase("text_all_newlines_8MiB.log.gz", "complete", "text_all_newlines_8MiB.log.gz=8388608")]
    [TestCase("text_nul_bytes.log.gz", "complete", "text_nul_bytes.log.gz=205550")]
    [TestCase("text_invalid_utf8.log.gz", "complete", "text_invalid_utf8.log.gz=2620")]
    [TestCase("json_deep_100k.ndjson.gz", "complete", "json_deep_100k.ndjson.gz=200062")]
    [TestCase("json_bad_lines.ndjson.gz", "complete", "json_bad_lines.ndjson.gz=311")]
    [TestCase("re_dos_lines.log.gz", "complete", "re_dos_lines.log.gz=1000040")]
    [TestCase("one_byte.bin", "failed UNKNOWN_FORMAT", "one_byte.bin=UNKNOWN_FORMAT")]
    [TestCase("html_error_page.zip", "failed UNKNOWN_FORMAT", "html_error_page.zip=UNKNOWN_FORMAT")]
    [TestCase("plain_utf16.log", "complete", "plain_utf16.log=2002")]
    public void It_ends_as_it_has_to_and_gives_every_good_member(string file, string outcome, params string[] files)
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/" + file), Ring.Empty);
        trial.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That($"{trial.Report.Outcome} {trial.Report.Code}".TrimEnd(), Is.EqualTo(outcome),
                trial.Finished.Text);
            Assert.That(trial.Report.Files.Select(Line), Is.EqualTo(files));
        });
    }

    [TestCase("zip_eocd_count_lie.zip", "claims 60000 members and lists 2")]
    [TestCase("zip_trailing_garbage.zip", "70000 bytes follow the zip archive at 640")]
    public void A_lie_about_the_whole_is_told_and_costs_no_member(string file, string words)
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/" + file), Ring.Empty);
        trial.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete));
            Assert.That(trial.Report.Files.Select(Line),
                Is.EqualTo(["good.log=50000", "second.log=50000", $"{file}="]));
            Assert.That(trial.File(file).Warnings.Single(), Does.Contain(words));
        });
    }

    [Test]
    public void Where_the_two_names_of_a_member_differ_the_directory_s_counts_and_it_is_told()
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/zip_local_name_differs.zip"), Ring.Empty);
        trial.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Report.Files.Select(Line), Is.EqualTo(["good.log=50000", "second.log=50000"]));
            Assert.That(trial.File("good.log").Warnings.Single(), Does.Contain("another name"));
        });
    }

    [TestCase("bomb_gzip_nested2_256MiB.gz.gz")]
    [TestCase("bomb_gzip_members_8GiB.gz.gz")]
    [TestCase("bomb_zip_flat_16x256MiB.zip.gz")]
    [TestCase("bomb_nested_8pow4.zip")]
    [TestCase("bomb_zstd_256MiB.zst")]
    [TestCase("bomb_xz_256MiB.xz")]
    [TestCase("bomb_zstd_16GiB.zst.zst")]
    public void A_bomb_ends_at_the_ratio_and_leaves_little_on_the_disk(string file)
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/" + file), Ring.Empty, Small);
        trial.MustBeSoundPackage();
        var bombsAtMost = 3 * Math.Max(Small.RatioFloor, Small.Ratio * new FileInfo(
            Corpus.File("hostile/" + file)).Length);
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, "LIMIT_RATIO")));
            Assert.That(trial.Finished.BytesOut, Is.InRange(1, bombsAtMost));
        });
    }

    [TestCase(200, "LIMIT_RATIO", 200 * 260_934)]
    [TestCase(10_000, "LIMIT_OUTPUT", 16 << 20)]
    public void A_bomb_that_keeps_one_limit_ends_at_the_other(int ratio, string code, long limit)
    {
        var limits = Small with { Ratio = ratio, OutputBytes = ratio == 200 ? 1L << 30 : 16 << 20 };
        using var trial = Trial.OfFile(Corpus.File("hostile/bomb_gzip_256MiB.gz"), Ring.Empty, limits);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, code)));
            Assert.That(trial.Finished.BytesOut, Is.InRange(limit - (1 << 20), limit));
        });
    }

    [Test]
    public void Members_that_claim_the_same_bytes_are_all_refused_and_none_is_read()
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/bomb_overlap_full_1000.zip"), Ring.Empty);
        trial.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code, trial.Finished.BytesOut),
                Is.EqualTo((Outcome.Failed, "DAMAGED", 0)));
            Assert.That(trial.Report.Files, Has.Count.EqualTo(1000));
            Assert.That(trial.Report.Files.Select(one => one.Message), Is.All.Contains("overlap"));
        });
    }

    [Test]
    public void Seventy_thousand_members_end_at_the_limit_and_those_before_it_are_delivered()
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/zip64_70000_empty_members.zip.gz"), Ring.Empty, Small);
        trial.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code),
                Is.EqualTo((Outcome.Partial, "LIMIT_MEMBERS")));
            Assert.That(trial.Report.Files.Count(one => one.Outcome == "complete"), Is.EqualTo(100));
            Assert.That(trial.Report.Files, Has.Count.EqualTo(101));
        });
    }

    [Test]
    public void A_hundred_thousand_empty_gzip_members_are_one_empty_text()
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/gzip_100k_empty_members.gz.gz"), Ring.Empty);
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Finished.BytesOut), Is.EqualTo((Outcome.Complete, 0)),
            trial.Finished.Text);
    }

    [Test]
    public void Endless_names_are_refused_or_cut_and_their_neighbours_delivered()
    {
        using var zip = Trial.OfFile(Corpus.File("hostile/zip_name_4096.zip"), Ring.Empty);
        using var tar = Trial.OfFile(Corpus.File("hostile/tar_pax_200k_name.tar.gz"), Ring.Empty);
        zip.MustBeSoundPackage();
        tar.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That(zip.Report.Files.Select(one => (one.Code, one.Bytes)),
                Is.EqualTo([((string?)null, 1000L), ("LIMIT_NAME", 0L)]));
            Assert.That(tar.Report.Files.Select(one => (one.Code, one.Bytes)), Is.EqualTo([("LIMIT_NAME", 0L)]));
            Assert.That(zip.Report.Files.Concat(tar.Report.Files).Select(one => one.Source.Length),
                Is.All.LessThan(300));
        });
    }

    [TestCase("zip_names_control.zip", 10)]
    [TestCase("zip_names_rtl_and_twins.zip", 6)]
    public void Odd_names_are_kept_as_text_and_files_get_harmless_ones_that_differ(string file, int members)
    {
        using var trial = Trial.OfFile(Corpus.File("hostile/" + file), Ring.Empty);
        trial.MustBeSoundPackage();
        var paths = trial.Report.Files.Select(one => one.Path!).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete), trial.Finished.Text);
            Assert.That(trial.Report.Files.Select(one => one.Bytes), Is.EqualTo(Enumerable.Repeat(1000L, members)));
            Assert.That(paths.Distinct(StringComparer.OrdinalIgnoreCase).Count(), Is.EqualTo(members));
            Assert.That(string.Concat(paths).Any(c => char.IsControl(c) || c is '/' or '\u202E'), Is.False);
            Assert.That(paths.Select(Encoding.UTF8.GetByteCount), Is.All.LessThanOrEqualTo(204));
            Assert.That(File.ReadAllBytes(Path.Combine(trial.Output, Report.FileName)).Contains((byte)0x1B), Is.False);
        });
    }

    [Test]
    public void A_worker_stays_small_whatever_it_is_given()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        var (job, outcomes) = (0L, new Dictionary<string, int>());
        foreach (var name in Files())
        {
            worker.Tell(worker.Order(Corpus.File("hostile/" + name), ++job, Small));
            var finished = worker.Serve(Ring.Empty);
            var code = finished.Code.Length == 0 ? "complete" : finished.Code;
            outcomes[code] = outcomes.GetValueOrDefault(code) + 1;
        }

        var peak = PeakKibibytes(worker.Process.Id);
        TestContext.Out.WriteLine($"MEASURED peak {peak >> 10} MiB over {job} files: {string.Join(", ", outcomes)}");
        Assert.Multiple(() =>
        {
            Assert.That(job, Is.GreaterThan(40));
            Assert.That(peak, Is.LessThan(128 << 10), "KiB");
            Assert.That(outcomes.Keys, Has.No.Member("INTERNAL"));
        });
    }

    static IEnumerable<string> Files()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Corpus.File("hostile/manifest.json")));
        foreach (var file in manifest.RootElement.GetProperty("files").EnumerateArray())
            yield return file.GetProperty("file").GetString()!;
    }

    static long PeakKibibytes(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    static string Line(ReportedFile file)
    {
        var bytes = file.Path is null ? "" : file.Bytes.ToString(CultureInfo.InvariantCulture);
        return $"{file.Source}={$"{bytes} {file.Code}".Trim()}";
    }
}
