using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Tar;
using Decryptor.Worker.Formats.Zip;

namespace Decryptor.Worker.Tests;

/// <summary>Packages made by the programs that make them; each holds the same eight files.</summary>
sealed class PackageCorpusTests
{
    const string Password = "zip-Pw1!";

    [TestCase("plain_deflate.zip")]
    [TestCase("plain_stored.zip")]
    [TestCase("streamed_dd.zip")]
    [TestCase("piped_dd.zip")]
    [TestCase("deflate64.zip")]
    [TestCase("lzma.zip")]
    [TestCase("bzip2.zip")]
    [TestCase("aes128.zip")]
    [TestCase("aes192.zip")]
    [TestCase("aes256.zip")]
    [TestCase("pax.tar")]
    public void Every_member_comes_out_byte_for_byte(string file)
    {
        var path = Corpus.File("packages/" + file);
        OpenContainer container = file.EndsWith(".zip", StringComparison.Ordinal) ? ZipPackage.Open : TarPackage.Open;
        foreach (var asWhole in (bool[])[false, true])
        {
            var package = OpenedPackage.OfFile(container, path, PackageTrials.Passwords("wrong", Password),
                asWhole: asWhole);
            Assert.Multiple(() =>
            {
                Assert.That(package.Trouble, Is.Null);
                Assert.That(package.Members.Select(one => one.Trouble), Is.All.Null);
                Assert.That(package.Members.Select(one => (Name(one.Name), PackageTrials.Hash(one.Bytes))),
                    Is.EquivalentTo(Tree().Select(one => (one.Name, one.Sum))));
            });
        }
    }

    [TestCase("plain_deflate.zip", "zip")]
    [TestCase("plain_stored.zip", "zip")]
    [TestCase("streamed_dd.zip", "zip")]
    [TestCase("piped_dd.zip", "zip")]
    [TestCase("deflate64.zip", "zip")]
    [TestCase("lzma.zip", "zip")]
    [TestCase("bzip2.zip", "zip")]
    [TestCase("aes128.zip", "zip")]
    [TestCase("aes192.zip", "zip")]
    [TestCase("aes256.zip", "zip")]
    [TestCase("pax.tar", "tar")]
    [TestCase("t.tar.gz", "gzip>tar")]
    [TestCase("t.tar.xz", "xz>tar")]
    public void An_attempt_delivers_every_file_and_opens_the_layers_in_it(string file, string format)
    {
        using var trial = Trial.OfFile(Corpus.File("packages/" + file), PackageTrials.Passwords(Password));
        trial.MustBeSoundPackage();
        var files = trial.Report.Files.ToDictionary(one => Name(one.Source));
        Assert.Multiple(() =>
        {
            Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete), trial.Finished.Text);
            Assert.That(files.Keys, Is.EquivalentTo(Tree().Select(one => one.Name)));
            foreach (var (name, sum) in Tree().Where(one => IsPlain(one.Name)))
                Assert.That(files[name].Sha256, Is.EqualTo(sum), name);
            Assert.That(files["logs/net.log.1.gz"].Format, Is.EqualTo(format + ">gzip>text"));
            Assert.That(files["logs/net.log.1.gz"].Sha256, Is.EqualTo(files["logs/net.log"].Sha256));
            Assert.That(files["crash/中文名字.log.age"].Sha256, Is.EqualTo(files["logs/app.log"].Sha256));
            Assert.That(files["logs/2026-01-01/1767225600000"].Sha256, Is.EqualTo(PackageTrials.Hash(
                File.ReadAllBytes(Corpus.File("logan/good_4k.expected.ndjson")))));
            Assert.That(files["logs/app.log"].Key,
                Is.EqualTo(file.StartsWith("aes", StringComparison.Ordinal) ? "pw1" : null));
        });
    }

    [Test, CancelAfter(30_000)]
    public void A_worker_process_opens_one_package_after_another()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        string[] files = ["piped_dd.zip", "deflate64.zip", "aes128.zip", "aes256.zip", "t.tar.gz", "one.nocheck.zst"];
        foreach (var (job, file) in files.Index())
        {
            worker.Tell(worker.Order(Corpus.File("packages/" + file), job + 1));
            var finished = worker.Serve(PackageTrials.Passwords("wrong", Password));
            Assert.That(finished.Outcome, Is.EqualTo(Outcome.Complete), $"{file}: {finished.Text}");
        }
    }

    [TestCase("aes256.zip", "KEY_NO_MATCH", "none of 2 passwords", "wrong", "zip-Pw1")]
    [TestCase("aes256.zip", "KEY_MISSING", "no password")]
    public void Without_its_password_nothing_is_delivered_and_what_the_ring_had_is_told(string file, string code,
        string words, params string[] passwords)
    {
        using var trial = Trial.OfFile(Corpus.File("packages/" + file), PackageTrials.Passwords(passwords));
        trial.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, code)));
            Assert.That(trial.Report.Files.Select(one => one.Message), Is.All.Contains(words));
            Assert.That(trial.Report.Files, Has.Count.EqualTo(8));
            Assert.That(trial.Ring.Asked, Is.EqualTo(1), "a secret that has to travel travels once");
        });
    }

    [TestCase("one.pigz.gz", "gzip>text")]
    [TestCase("one.named.gz", "gzip>text")]
    [TestCase("one.zlib", "zlib>text")]
    [TestCase("one.nocheck.zst", "zstd>text")]
    [TestCase("one.xz", "xz>text")]
    [TestCase("one.bz2", "bzip2>text")]
    [TestCase("one.lz4", "lz4>text")]
    public void A_layer_around_one_file_gives_its_text(string file, string format)
    {
        using var trial = Trial.OfFile(Corpus.File("packages/" + file), Ring.Empty);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete), trial.Finished.Text);
            Assert.That(trial.Only.Format, Is.EqualTo(format));
            Assert.That(trial.Text.AsSpan().SequenceEqual(Plain()));
        });
    }

    [TestCase("one.gz_trunc.gz", "TRUNCATED", 25_909)]
    [TestCase("one.gz_notrailer.gz", "TRUNCATED", 60_000)]
    [TestCase("one.gz_badcrc.gz", "DAMAGED", 60_000)]
    public void What_a_damaged_layer_gave_is_kept_and_the_damage_is_told(string file, string code, int bytes)
    {
        using var trial = Trial.OfFile(Corpus.File("packages/" + file), Ring.Empty);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Partial, code)));
            Assert.That(trial.Text, Has.Length.GreaterThanOrEqualTo(bytes));
            Assert.That(Plain().AsSpan().StartsWith(trial.Text));
        });
    }

    [TestCase("one.dict.zst", "dictionary")]
    [TestCase("plain.7z", "7z")]
    [TestCase("one.rsa.asc", "OpenPGP")]
    [TestCase("one.cv.gpg", "OpenPGP")]
    [TestCase("one.nocomp.gpg", "OpenPGP")]
    [TestCase("one.bz.gpg", "OpenPGP")]
    [TestCase("one.stream.gpg", "OpenPGP")]
    [TestCase("one.prot.gpg", "OpenPGP")]
    [TestCase("one.signed.gpg", "OpenPGP")]
    [TestCase("one.sym3des.gpg", "OpenPGP")]
    [TestCase("one.sym.asc", "OpenPGP")]
    [TestCase("one.signedonly.gpg", "OpenPGP")]
    [TestCase("one.clearsign.asc", "OpenPGP")]
    [TestCase("one.gcm.cms", "CMS")]
    [TestCase("one.enc_pbkdf2", "openssl")]
    [TestCase("one.enc_pbkdf2_b64", "openssl")]
    [TestCase("one.enc_ctr", "openssl")]
    public void What_cannot_be_opened_is_named(string file, string word)
    {
        using var trial = Trial.OfFile(Corpus.File("packages/" + file), Ring.Empty);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, "UNSUPPORTED")));
            Assert.That(trial.Finished.Text, Does.Contain(word));
        });
    }

    [Test]
    public void No_file_of_the_manifest_is_left_out_here()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Corpus.File("packages/manifest.json")));
        var named = typeof(PackageCorpusTests).GetMethods().SelectMany(method =>
            method.GetCustomAttributes(typeof(TestCaseAttribute), false)).Select(one =>
            (string)((TestCaseAttribute)one).Arguments[0]!).ToHashSet();
        Assert.That(manifest.RootElement.GetProperty("files").EnumerateArray().Select(one =>
            one.GetProperty("file").GetString()).Distinct(), Is.SubsetOf(named));
    }

    static byte[] Plain() => File.ReadAllBytes(Corpus.File("packages/one.log"));

    static bool IsPlain(string name) =>
        name is "meta.json" or "logs/app.log" or "logs/net.log" || name.EndsWith(".txt", StringComparison.Ordinal);

    static string Name(string source) => source.StartsWith("./", StringComparison.Ordinal) ? source[2..] : source;

    static IEnumerable<(string Name, string Sum)> Tree()
    {
        foreach (var line in File.ReadAllLines(Corpus.File("packages/tree.sha256")))
        {
            var parts = line.Split("  ", 3);
            yield return (parts[2], parts[0]);
        }
    }
}
