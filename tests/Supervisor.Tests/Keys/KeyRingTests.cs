using System.Security.Cryptography;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests.Keys;

sealed class KeyRingTests
{
    const string PrivateA = "4c269abe1751bb73126f268d3062fed3d234fe2e032afe5a9400ea401f4a9e96";
    const string PrivateB = "516f18c1472236a08ddd5ad3c21071e6cb5cff34d8301b8cb0dcb64e003692e6";
    const string Secret = "SeCrEt-TeXt-0123";
    static readonly Attempt Attempt = new(1, 1, new(1, 1));
    Scratch _scratch;
    string _folder;

    [SetUp]
    public void SetUp()
    {
        _scratch = new();
        _folder = Directory.CreateDirectory($"{_scratch.Path}/keys").FullName;
    }

    [TearDown]
    public void TearDown()
    {
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
        _scratch.Dispose();
    }

    [Test]
    public void The_published_samples_are_told_from_keys_of_ones_own()
    {
        Write("mars", "xlog 145aa7717bf9745b91e9569b80bbf1eedaa6cc6cd0e26317d810e35710f44cf8\n");
        Write("logan", "logan 0123456789012345 0123456789012345\nlogan 0123456789012345 5432109876543210\n");
        var logan = KeyRing.Load(_folder).Answer(Ask("logan", [])).Candidates;
        Assert.That(logan.Select(key => key.IsPublished), Is.EqualTo(new[] { true, false }));
        var mars = KeyRing.Load(_folder).Views.Single(view => view.Kind == "xlog");
        Assert.That(mars.Fingerprint, Is.EqualTo("d147bac1"));
    }

    [Test]
    public void Single_rings_have_one_key_each_in_the_rings_order_and_answer_with_it_alone()
    {
        Write("a", "logan 0123456789012345 0123456789012345\npassword open sesame\n");
        var singles = KeyRing.Load(_folder).Singles;
        Assert.That(singles.Select(single => single.Views.Single().Kind), Is.EqualTo(new[] { "logan", "password" }));
        Assert.That(singles[0].Answer(Ask("logan", [])).OfThatKind, Is.EqualTo(1));
        Assert.That(singles[1].Answer(Ask("logan", [])).OfThatKind, Is.Zero);
    }

    [Test]
    public void No_folder_is_a_ring_without_keys()
    {
        var ring = KeyRing.Load(null);
        Assert.That(ring.Count("xlog"), Is.Zero);
        Assert.That(ring.Answer(Ask("xlog", new byte[64])).OfThatKind, Is.Zero);
    }

    [Test]
    public void Every_kind_of_key_is_recognised_and_named_after_its_file()
    {
        Write("app", $"\uFEFF# our app\r\n\r\nxlog {PrivateA}\r\nxlog {PrivateB}\r\n");
        Write("logan.txt", "logan K9#mZ2!qLp7$xW4& iv-of-16-bytes!!\n"
            + "logan 00112233445566778899aabbccddeeff 0123456789012345");
        Write("words", "password  two blanks ");
        Write("age", $"# public key: age1xyz\n{AgeKeys.Identity}\n{AgeKeys.HybridIdentity}\n");
        Write("rsa.pem", AgeKeys.RsaPem);
        Write("id_ed25519", AgeKeys.OpenSsh(AgeKeys.Ed25519));
        Write("pgp.asc", "\n-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxxxx\n-----END PGP PRIVATE KEY BLOCK-----\n");
        var ring = KeyRing.Load(_folder);
        Assert.That(ring.Warnings, Is.Empty);
        Assert.That(ring.Views.Select(view => $"{view.Kind} {view.Name}"), Is.EqualTo(new[]
        {
            "age age", "age-pq age#2", "xlog app", "xlog app#2", "ssh-ed25519 id_ed25519",
            "logan logan.txt", "logan logan.txt#2",
            "openpgp pgp.asc", "ssh-rsa rsa.pem", "password words",
        }));
        Assert.That(ring.Count("xlog"), Is.EqualTo(2));
        Assert.That(ring.Views.Where(view => view.Kind == "xlog").Select(view => view.Fingerprint.Length),
            Is.All.EqualTo(8));
    }

    [Test]
    public void What_is_not_known_is_named_by_line_and_never_by_its_text()
    {
        Write("app", $"xlog {PrivateA}\n{Secret}\nxlog {Secret}\nxlog\nxlog 0\n"
            + $"xlog {new string('f', 64)}\nxlog {new string('1', 65)}\n"
            + $"xlog {new string('1', 128)}\nlogan {Secret}\nlogan {Secret} short\npassword\nAGE-SECRET-KEYX\n");
        Write("cert.pem", $"-----BEGIN CERTIFICATE-----\n{Secret}\n-----END CERTIFICATE-----\n");
        File.WriteAllBytes(Write("binary", ""), [0xff, 0xfe, 0x00]);
        Directory.CreateDirectory($"{_folder}/folder");
        File.CreateSymbolicLink($"{_folder}/dangling", $"{_folder}/nowhere");
        Scratch.Shell($"mkfifo {_folder}/pipe && chmod 600 {_folder}/pipe");
        var ring = KeyRing.Load(_folder);
        Assert.That(ring.Views, Has.Count.EqualTo(1));
        Assert.That(ring.Warnings, Has.Count.EqualTo(11 + 5));
        Assert.That(string.Join('\n', ring.Warnings), Does.Not.Contain(Secret));
        for (var line = 2; line <= 12; line++) Assert.That(ring.Warnings, Has.Some.StartsWith($"app, line {line}:"));
        foreach (var file in new[] { "cert.pem", "binary", "folder", "dangling", "pipe" })
            Assert.That(ring.Warnings, Has.Some.StartsWith($"{file}: "));
    }

    [Test]
    public void Secrets_are_in_no_text_that_a_ring_or_a_key_gives()
    {
        Write("app", $"xlog {PrivateA}\nlogan {Secret} {Secret}\npassword {Secret}\nAGE-SECRET-KEY-1{Secret}\n"
            + $"{AgeKeys.Identity}\n{AgeKeys.HybridIdentity}\n");
        Write("pem", $"-----BEGIN PRIVATE KEY-----\n{Secret}\n-----END PRIVATE KEY-----");
        Write("ssh", AgeKeys.OpenSsh(AgeKeys.Ed25519));
        Write("rsa", AgeKeys.RsaPem);
        var ring = KeyRing.Load(_folder);
        RingKey[] keys =
        [
            new PasswordKey("p", Secret), AgeKey.Read("a", AgeKeys.Identity, out _)!,
            new ArmoredKey("openpgp", "k", System.Text.Encoding.UTF8.GetBytes(Secret)),
            LoganKey.TryRead("l", $"{Secret} {Secret}", out var logan, out _)
                ? logan : throw new AssertionException("no key"),
            XlogKey.TryRead("x", PrivateA, out var xlog, out _) ? xlog : throw new AssertionException("no key"),
        ];
        var texts = string.Join('\n', keys.Select(key => key.ToString())
            .Concat(ring.Views.Select(view => view.ToString())).Concat(ring.Warnings)) + ring;
        Assert.That(ring.Views, Has.Count.EqualTo(7));
        Assert.That(texts, Does.Not.Contain(Secret).And.Not.Contain(PrivateA).IgnoreCase);
        Assert.That(texts, Does.Not.Contain("AGE-SECRET-KEY").IgnoreCase);
        Assert.That(texts, Does.Contain("xlog key x"));
    }

    [TestCase(0b110_100_000, "0640")]
    [TestCase(0b110_000_100, "0604")]
    [TestCase(0b110_000_010, "0602")]
    [TestCase(0b110_100_100, "0644")]
    public void A_file_that_others_can_read_is_refused_with_the_way_to_mend_it(int mode, string octal)
    {
        var path = Write("app", $"xlog {PrivateA}");
        Scratch.Shell($"chmod {octal} {path}");
        var refusal = Assert.Throws<KeyRingException>(() => KeyRing.Load(_folder));
        Assert.That(refusal!.Message, Does.Contain(path).And.Contain(octal));
        Assert.That(refusal.Hint, Is.EqualTo($"chmod 600 '{path}'"));
        Assert.That(mode, Is.EqualTo(Convert.ToInt32(octal, 8)));
    }

    [TestCase("")]
    [TestCase("/app")]
    public void Files_from_systemd_are_accepted_with_the_modes_that_it_gives(string below)
    {
        var folder = Directory.CreateDirectory($"{_folder}{below}").FullName;
        File.WriteAllText($"{folder}/key", $"xlog {PrivateA}");
        Scratch.Shell($"chmod 440 {folder}/key");
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", _folder + "/");
        Assert.That(KeyRing.Load(folder).Count("xlog"), Is.EqualTo(1));
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", "/run/credentials/other");
        Assert.Throws<KeyRingException>(() => KeyRing.Load(folder));
    }

    [Test]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        if (Environment.UserName == "root") Assert.Ignore("root may read everything");
        Scratch.Shell($"chmod 000 {Write("app", "")}");
        Assert.That(Assert.Throws<KeyRingException>(() => KeyRing.Load(_folder))!.Message,
            Does.Contain("cannot be read"));
    }

    [Test]
    public void A_folder_that_is_not_there_is_an_error()
    {
        var refusal = Assert.Throws<KeyRingException>(() => KeyRing.Load($"{_folder}/none"));
        Assert.That(refusal!.Message, Does.Contain($"{_folder}/none"));
    }

    [Test]
    public void Hidden_files_and_backups_are_skipped_without_a_word()
    {
        Write(".hidden", Secret);
        Write("app~", Secret);
        Assert.That(KeyRing.Load(_folder).Warnings, Is.Empty);
    }

    [Test]
    public void A_link_to_a_file_is_followed()
    {
        File.CreateSymbolicLink($"{_folder}/linked", Write("..data", $"xlog {PrivateA}"));
        Assert.That(KeyRing.Load(_folder).Views.Single().Name, Is.EqualTo("linked"));
    }

    [Test]
    public void A_file_longer_than_any_key_is_skipped()
    {
        Write("long", new string('#', KeyFile.LengthMax + 1));
        Assert.That(KeyRing.Load(_folder).Warnings.Single(), Does.StartWith("long: "));
    }

    [Test]
    public void Too_many_keys_or_files_are_an_error()
    {
        Write("many", string.Concat(Enumerable.Repeat("password x\n", KeyReader.KeysMax)));
        Assert.That(KeyRing.Load(_folder).Count("password"), Is.EqualTo(KeyReader.KeysMax));
        Write("one more", "password x");
        Assert.That(Assert.Throws<KeyRingException>(() => KeyRing.Load(_folder))!.Message, Does.Contain("4096"));
        for (var i = 0; i < 1000; i++) File.WriteAllText($"{_folder}/{i}", "");
        Assert.That(Assert.Throws<KeyRingException>(() => KeyRing.Load(_folder))!.Message, Does.Contain("1000 files"));
    }

    [Test]
    public void Rings_are_equal_if_they_hold_the_same_keys_under_the_same_names()
    {
        Write("app", $"xlog {PrivateA}");
        var first = KeyRing.Load(_folder);
        Write("app", $"# a new comment\n\nxlog   {PrivateA}\n");
        Assert.That(KeyRing.Load(_folder), Is.EqualTo(first));
        Write("app", $"xlog {PrivateB}");
        Assert.That(KeyRing.Load(_folder), Is.Not.EqualTo(first));
        Write("app", $"xlog {PrivateA}");
        Write("other", "password x");
        Assert.That(KeyRing.Load(_folder), Is.Not.EqualTo(first));
        File.Move($"{_folder}/app", $"{_folder}/renamed");
        File.Delete($"{_folder}/other");
        Assert.That(KeyRing.Load(_folder), Is.Not.EqualTo(first));
    }

    [Test]
    public void A_question_of_an_unknown_format_has_no_answer()
    {
        Write("app", $"xlog {PrivateA}");
        var answer = KeyRing.Load(_folder).Answer(Ask("zip", new byte[64]));
        Assert.That((answer.OfThatKind, answer.Candidates.Count, answer.Question), Is.EqualTo((0, 0, 5)));
    }

    [Test]
    public void A_header_that_is_no_point_has_no_candidates_though_there_are_keys()
    {
        Write("app", $"xlog {PrivateA}");
        var ring = KeyRing.Load(_folder);
        var odd = new byte[64];
        odd.AsSpan().Fill(0xff);
        foreach (var header in new[] { new byte[64], new byte[63], new byte[65], [], odd, [.. new byte[63], 1] })
        {
            var answer = ring.Answer(Ask("xlog", header));
            Assert.That((answer.OfThatKind, answer.Candidates.Count), Is.EqualTo((1, 0)));
        }
    }

    [Test]
    public void More_keys_than_a_frame_holds_are_answered_with_those_that_fit()
    {
        var longName = new string('n', 250);
        Write(longName, string.Concat(Enumerable.Range(1, 260).Select(i => $"xlog {i:x}\n")));
        Write("short", string.Concat(Enumerable.Range(1, 260).Select(i => $"xlog {i:x}\n")));
        using var client = ECDiffieHellman.Create(ECCurve.CreateFromValue("1.3.132.0.10"));
        var q = client.ExportParameters(includePrivateParameters: false).Q;
        byte[] point = [.. q.X!, .. q.Y!];
        var answer = KeyRing.Load(_folder).Answer(Ask("xlog", point));
        Assert.That(answer.OfThatKind, Is.EqualTo(520));
        Assert.That(answer.Candidates.Count, Is.InRange(200, 256));
        Assert.That(FrameWriter.Write(answer).Length, Is.LessThanOrEqualTo(Frame.LengthMax + Frame.PrefixLength));
        File.Delete($"{_folder}/{longName}");
        Assert.That(KeyRing.Load(_folder).Answer(Ask("xlog", point)).Candidates, Has.Count.EqualTo(256));
    }

    [TestCase("async-zlib-crypt-4k.xlog", "78502e503e46f8d3f02417019cbe0097")]
    [TestCase("async-zstd-crypt-4k.xlog", "a4f1799c1876b893d24ca96a5149a610")]
    public void The_key_of_a_real_file_is_the_one_that_its_encoder_used(string file, string key)
    {
        Write("a", $"xlog {Corpus.PrivateKey("A")}");
        Write("b", $"xlog {Corpus.PrivateKey("B")}");
        var header = Corpus.Bytes($"good/{file}").AsSpan(9, 64).ToArray();
        var answer = KeyRing.Load(_folder).Answer(Ask("xlog", header));
        Assert.That(answer.Candidates.Select(candidate => candidate.Name), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(Convert.ToHexStringLower(answer.Candidates[0].Secret.Span), Is.EqualTo(key));
        Assert.That(answer.Candidates[1].Secret.Length, Is.EqualTo(16));
    }

    [Test]
    public void A_key_printed_without_its_leading_zeros_is_the_same_key()
    {
        var digits = Corpus.PrivateKey("S");
        Assert.That(digits, Has.Length.EqualTo(62));
        Assert.That(XlogKey.TryRead("s", digits, out var key, out _), Is.True);
        Assert.That(key!.Fingerprint,
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(Corpus.PublicKey("S")))[..8]));
    }

    static KeyRequest Ask(string format, byte[] header) => new(Attempt, 5, format, header);

    string Write(string name, string contents)
    {
        var path = $"{_folder}/{name}";
        File.WriteAllText(path, contents);
        Scratch.Shell($"chmod 600 '{path}'");
        return path;
    }

    /// <summary>The real files beside the project.</summary>
    static class Corpus
    {
        static string Folder
        {
            get
            {
                for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
                    if (Directory.Exists($"{at.FullName}/shared/corpus")) return $"{at.FullName}/shared/corpus/xlog";
                Assert.Ignore("the corpus of real files (shared/corpus) is not here");
                return "";
            }
        }

        public static byte[] Bytes(string file) => File.ReadAllBytes($"{Folder}/{file}");

        public static string PrivateKey(string name) => Key(name, "private_hex");

        public static byte[] PublicKey(string name) => Convert.FromHexString(Key(name, "public_hex"));

        static string Key(string name, string part)
        {
            using var keys = JsonDocument.Parse(Bytes("keys.json"));
            return keys.RootElement.GetProperty(name).GetProperty(part).GetString()!;
        }
    }
}
