using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Samples;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests.Keys;

sealed class AgeAnswerTests
{
    const string Password = "correct horse battery staple";
    Scratch _scratch;
    string _folder;

    [SetUp]
    public void SetUp()
    {
        _scratch = new();
        _folder = Directory.CreateDirectory($"{_scratch.Path}/keys").FullName;
    }

    [TearDown]
    public void TearDown() => _scratch.Dispose();

    [TestCase("x25519_4k.log.age", "X25519", "age-x25519", "alice.key")]
    [TestCase("x25519_1m.log.gz.age", "X25519", "age-x25519", "bob.key")]
    [TestCase("multi_4k.log.age", "X25519", "age-x25519", "carol.key")]
    [TestCase("typage_x25519_4k.age", "X25519", "age-x25519", "alice.key")]
    [TestCase("typage_hybrid_4k.age", "mlkem768x25519", "age-mlkem768x25519", "hybrid_pq.key")]
    [TestCase("ssh_ed25519_4k.age", "ssh-ed25519", "age-ssh-ed25519", "ssh_ed25519")]
    [TestCase("ssh_rsa_4k.age", "ssh-rsa", "age-ssh-rsa", "ssh_rsa")]
    public void A_real_file_is_opened_by_its_own_key_and_by_no_other(
        string file, string kind, string format, string key)
    {
        var age = new AgeFile(File.ReadAllBytes($"{AgeFile.Corpus("age")}/{file}"));
        Write("stranger", File.ReadAllText($"{AgeFile.Corpus("age")}/stranger.key"));
        Assert.That(Load().Answer(Ask(format, age.Question(kind))).Candidates, Is.Empty);
        Write(key, File.ReadAllText($"{AgeFile.Corpus("age")}/{key}"));
        var answer = Load().Answer(Ask(format, age.Question(kind)));
        Assert.That(answer.Candidates.Single().Name, Is.EqualTo(key));
        Assert.That(age.IsOpenedBy(answer.Candidates[0].Secret.Span));
        Assert.That(answer.OfThatKind, Is.EqualTo(format == "age-x25519" ? 2 : 1));
    }

    [Test]
    public void Every_stanza_that_a_public_vector_opens_is_opened()
    {
        var opened = 0;
        foreach (var path in Directory.GetFiles(AgeFile.Corpus("cctv-age")).Where(Opens))
        {
            Write("identity", Field(path, "identity"));
            var bytes = File.ReadAllBytes(path);
            var age = new AgeFile(bytes[(bytes.AsSpan().IndexOf("\n\n"u8) + 2)..]);
            var ring = Load();
            var secret = ring.Answer(Ask("age-x25519", age.Question("X25519"))).Candidates
                .Concat(ring.Answer(Ask("age-mlkem768x25519", age.Question("mlkem768x25519"))).Candidates).First();
            Assert.That(Convert.ToHexStringLower(secret.Secret.Span), Is.EqualTo(Field(path, "file key")), path);
            opened++;
        }

        Assert.That(opened, Is.GreaterThanOrEqualTo(5));

        static bool Opens(string path) => Field(path, "expect") == "success" && Field(path, "identity").Length > 0
            && Field(path, "armored").Length + Field(path, "compressed").Length == 0;
    }

    [TestCase("hybrid_no_match")]
    [TestCase("hybrid_bad_tag")]
    [TestCase("hybrid_currupted_enc_x25519")]
    [TestCase("x25519_bad_tag")]
    public void A_stanza_that_a_public_vector_does_not_open_is_not_opened(string vector)
    {
        var bytes = File.ReadAllBytes($"{AgeFile.Corpus("cctv-age")}/{vector}");
        var age = new AgeFile(bytes[(bytes.AsSpan().IndexOf("\n\n"u8) + 2)..]);
        Write("identity", Field($"{AgeFile.Corpus("cctv-age")}/{vector}", "identity"));
        var kind = age.Stanzas[0].Arguments[0];
        var answer = Load().Answer(Ask($"age-{kind.ToLowerInvariant()}", age.Question(kind)));
        Assert.That((answer.OfThatKind, answer.Candidates.Count), Is.EqualTo((1, 0)));
    }

    [Test]
    public void All_stanzas_of_a_file_are_tried_with_all_keys()
    {
        var strangers = Enumerable.Range(100, 5).Select(seed => new AgePair(new Random(seed))).ToArray();
        var encoder = new AgeEncoder(new Random(1));
        foreach (var stranger in strangers[..4]) encoder.For(stranger.Public);
        var age = new AgeFile(encoder.For(AgeKeys.Pair.Public).Seal([]));
        Write("other", strangers[4].Identity);
        Write("own", $"# ours\n{strangers[4].Identity}\n{AgeKeys.Identity}\n");
        var answer = Load().Answer(Ask("age-x25519", age.Question("X25519")));
        Assert.That(answer.OfThatKind, Is.EqualTo(3));
        Assert.That(answer.Candidates.Single().Name, Is.EqualTo("own#2"));
        Assert.That(answer.Candidates.Single().Secret.ToArray(), Is.EqualTo(encoder.FileKey));
    }

    [Test]
    public void A_share_that_makes_all_keys_agree_upon_zeros_opens_nothing()
    {
        Write("own", AgeKeys.Identity);
        Write("id_ed25519", AgeKeys.OpenSsh(AgeKeys.Ed25519));
        var ring = Load();
        var one = new byte[32];
        one[0] = 1;
        foreach (var share in new[] { new byte[32], one })
        {
            byte[] body = [.. ZeroWrap(share, AgeKeys.Pair.Public)];
            Assert.That(ring.Answer(Ask("age-x25519", [.. share, .. body])).Candidates, Is.Empty);
        }
    }

    [TestCase("age-x25519", 64)]
    [TestCase("age-mlkem768x25519", 1152)]
    [TestCase("age-ssh-ed25519", 68)]
    [TestCase("age-ssh-rsa", 260)]
    public void A_header_that_is_no_whole_number_of_records_has_no_answer(string format, int length)
    {
        Write("age", $"{AgeKeys.Identity}\n{AgeKeys.HybridIdentity}\n");
        Write("ed", AgeKeys.OpenSsh(AgeKeys.Ed25519));
        Write("rsa", AgeKeys.RsaPem);
        var ring = Load();
        foreach (var wrong in new[] { 0, 1, length - 1, length, length + 1, Frame.HeaderMax })
        {
            var answer = ring.Answer(Ask(format, new byte[wrong]));
            Assert.That((answer.OfThatKind, answer.Candidates.Count), Is.EqualTo((1, 0)));
        }
    }

    [Test]
    public void A_question_costs_no_more_agreements_than_it_may()
    {
        var identities = Enumerable.Range(0, 33).Select(seed => new AgePair(new Random(seed)).Identity);
        Write("many", string.Join('\n', identities));
        var record = new AgeFile(new AgeEncoder(new Random(1)).For(new AgePair(new Random(32)).Public).Seal([]))
            .Question("X25519");
        var ring = Load();
        byte[] filled = [.. Enumerable.Repeat(new byte[64], 127).SelectMany(each => each), .. record];
        Assert.That(ring.Answer(Ask("age-x25519", filled)).Candidates, Is.Empty, "33 keys, 128 records: too many");
        Assert.That(ring.Answer(Ask("age-x25519", filled[^(64 * 64)..])).Candidates, Has.Count.EqualTo(1));
    }

    [Test]
    public void Shared_secrets_are_handed_out_as_they_are_and_only_to_an_empty_header()
    {
        Write("logan", "logan K9#mZ2!qLp7$xW4& 000102030405060708090a0b0c0d0e0f");
        Write("words", "password  two blanks \npassword 電池");
        var ring = Load();
        var logan = ring.Answer(Ask("logan", []));
        Assert.That(logan.Candidates.Single().Secret.ToArray(),
            Is.EqualTo((byte[])[.. "K9#mZ2!qLp7$xW4&"u8, .. Enumerable.Range(0, 16).Select(i => (byte)i)]));
        var words = ring.Answer(Ask("password", []));
        Assert.That(words.Candidates.Select(each => System.Text.Encoding.UTF8.GetString(each.Secret.Span)),
            Is.EqualTo(new[] { " two blanks ", "電池" }));
        Assert.That(words.OfThatKind, Is.EqualTo(2));
        Assert.That(ring.Answer(Ask("password", [1])).Candidates, Is.Empty);
        Assert.That(ring.Answer(Ask("logan", [1])).Candidates, Is.Empty);
    }

    [Test]
    public void The_fingerprint_is_the_beginning_of_what_others_are_shown()
    {
        foreach (var name in new[] { "alice", "bob", "carol" })
            Write(name, File.ReadAllText($"{AgeFile.Corpus("age")}/{name}.key"));
        Write("ssh", File.ReadAllText($"{AgeFile.Corpus("age")}/ssh_ed25519"));
        var blob = File.ReadAllText($"{AgeFile.Corpus("age")}/ssh_ed25519.pub").Split(' ')[1];
        var sum = System.Security.Cryptography.SHA256.HashData(Convert.FromBase64String(blob));
        var shown = Load().Views.ToDictionary(view => view.Name, view => view.Fingerprint);
        foreach (var name in new[] { "alice", "bob", "carol" })
            Assert.That(shown[name], Is.EqualTo(AgeFile.Recipient(name)[..12]));
        Assert.That(shown["ssh"], Is.EqualTo(Convert.ToBase64String(sum)[..8]));
    }

    [Test]
    public void A_misspelt_identity_is_named_by_file_and_line()
    {
        var swapped = AgeKeys.Identity[..30] + AgeKeys.Identity[31] + AgeKeys.Identity[30] + AgeKeys.Identity[32..];
        var wrong = new[]
        {
            swapped, AgeKeys.Identity[..^1], AgeKeys.Identity + "Q", AgeKeys.HybridIdentity[..^1] + "B",
            AgePair.Bech32("age-secret-key-", new byte[31]).ToUpperInvariant(),
            AgePair.Bech32("age-secret-key-pq-", new byte[64]).ToUpperInvariant(),
            "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1" + AgeKeys.Identity[16..].ToLowerInvariant(),
        };
        Write("id", string.Join('\n', wrong) + $"\n{AgeKeys.Identity}\n");
        var ring = Load();
        Assert.That(ring.Views.Single().Name, Is.EqualTo("id"));
        Assert.That(ring.Warnings, Has.Count.EqualTo(wrong.Length));
        for (var i = 0; i < wrong.Length; i++)
            Assert.That(ring.Warnings[i], Does.StartWith($"id, line {i + 1}: ").And.Not.Contain("SECRET"));
    }

    [Test]
    public void A_protected_pem_key_is_unlocked_by_a_password_of_the_ring()
    {
        Write("a.pem", AgeKeys.EncryptedPem(Password));
        Assert.That(Load().Warnings.Single(), Does.StartWith("a.pem: it is protected"));
        Write("z words", $"password something else\npassword {Password}");
        var ring = Load();
        Assert.That(ring.Warnings, Is.Empty);
        Assert.That(ring.Count("ssh-rsa"), Is.EqualTo(1));
    }

    [Test]
    public void Keys_that_open_nothing_and_damaged_ones_are_named()
    {
        Write("ec.pem", AgeKeys.EcPem);
        Write("rsa.pem", AgeKeys.RsaPem.Replace("MII", "MIJ", StringComparison.Ordinal));
        var ssh = AgeKeys.OpenSsh(AgeKeys.Ed25519);
        Write("cut", ssh[..^60] + "\n-----END OPENSSH PRIVATE KEY-----\n");
        Write("odd", "-----BEGIN OPENSSH PRIVATE KEY-----\n####\n-----END OPENSSH PRIVATE KEY-----\n");
        var ring = Load();
        Assert.That(ring.Views, Is.Empty);
        Assert.That(ring.Warnings.Select(warning => warning.Split(':')[0]),
            Is.EqualTo(new[] { "cut", "ec.pem", "odd", "rsa.pem" }));
    }

    [Test]
    public void A_cut_or_flipped_ssh_key_is_a_warning_or_a_key_and_never_an_error()
    {
        var text = AgeKeys.OpenSsh(AgeKeys.Ed25519);
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            var damaged = text.ToCharArray();
            damaged[random.Next(40, text.Length)] = "A/z=\n"[random.Next(5)];
            var read = OpenSshFile.Read("x", new string(damaged), out var reason);
            Assert.That(read is not null || reason.Length > 0);
        }
    }

    [Test]
    public void Protected_ssh_keys_are_named_with_the_way_to_mend_them()
    {
        var path = $"{_folder}/locked";
        using (var maker = StartKeygen(path))
        {
            if (maker is null) Assert.Ignore("no ssh-keygen here");
            maker!.WaitForExit();
        }

        File.Delete($"{path}.pub");
        Assert.That(Load().Warnings.Single(), Does.StartWith("locked: it is protected").And.Contain("ssh-keygen -p"));
    }

    static Process? StartKeygen(string path)
    {
        try
        {
            string[] options = ["-q", "-t", "ed25519", "-N", Password, "-f", path];
            return Process.Start(new ProcessStartInfo("ssh-keygen", options));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    static byte[] ZeroWrap(byte[] share, byte[] receiver)
    {
        using var cipher = new System.Security.Cryptography.ChaCha20Poly1305(
            System.Security.Cryptography.HKDF.DeriveKey(System.Security.Cryptography.HashAlgorithmName.SHA256,
                new byte[32], 32, [.. share, .. receiver], "age-encryption.org/v1/X25519"u8.ToArray()));
        var body = new byte[32];
        cipher.Encrypt(new byte[12], new byte[16], body.AsSpan(0, 16), body.AsSpan(16));
        return body;
    }

    static string Field(string path, string name) => File.ReadLines(path).TakeWhile(line => line.Length > 0)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[(name.Length + 2)..] ?? "";

    KeyRing Load() => KeyRing.Load(_folder);

    static KeyRequest Ask(string format, byte[] header) => new(new(1, 1, new(1, 1)), 5, format, header);

    void Write(string name, string contents)
    {
        var path = $"{_folder}/{name}";
        File.WriteAllText(path, contents);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
