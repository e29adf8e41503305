using System.Text;
using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>The ring as a person keeps it.</summary>
sealed class KeysTests
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Test, CancelAfter(60_000)]
    public void What_an_app_seals_for_a_generated_xlog_key_is_opened_by_it()
    {
        using var scratch = new Scratch();
        var made = Programs.Run("keys", "generate", "prod", "--kind", "xlog", "--keys", scratch["keys"]);
        Assert.That(made.Text, Does.Match("^[0-9a-f]{128}\n$"), made.Stderr);
        var encoder = new XlogEncoder(Compression.Zstd, KeyPair.OfPublic(made.Text.Trim()), new(4711));
        encoder.Add("[I] sealed for the new key\n"u8.ToArray());
        using var log = new MemoryStream();
        encoder.Flush(log);
        var file = scratch.Write("boot.xlog", log.ToArray());
        var ran = Programs.Run("cat", file, "--keys", scratch["keys"]);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((0, "[I] sealed for the new key\n")), ran.Stderr);
    }

    [Test, CancelAfter(60_000)]
    public void Age_itself_takes_a_generated_identity_and_what_it_seals_is_opened_here()
    {
        if (Shell.Run("command -v age && command -v age-keygen").ExitCode != 0) Assert.Ignore("age is not installed");
        using var scratch = new Scratch();
        var made = Programs.Run("keys", "generate", "support", "--kind", "age", "--keys", scratch["keys"]);
        var identity = scratch["keys"] + "/support";
        Assert.That(File.ReadAllText(identity), Does.Match("^# created: .*Z\n# public key: age1.*\nAGE-SECRET-KEY-1"));
        Assert.That(Shell.Run("age-keygen -y \"$1\"", identity).Text, Is.EqualTo(made.Text));
        var sealedFile = scratch["a.age"];
        var packed = Shell.Run("echo hello | age -r \"$1\" -o \"$2\"", made.Text.Trim(), sealedFile);
        Assert.That(packed.ExitCode, Is.Zero, packed.Stderr);
        var ran = Programs.Run("cat", sealedFile, "--keys", scratch["keys"]);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((0, "hello\n")), ran.Stderr);
        Assert.That(Shell.Run("age -d -i \"$1\" \"$2\"", identity, sealedFile).Text, Is.EqualTo("hello\n"));
    }

    [Test, CancelAfter(60_000)]
    public void An_identity_of_age_keygen_is_taken_in_as_it_is_and_exports_its_recipient()
    {
        if (Shell.Run("command -v age-keygen").ExitCode != 0) Assert.Ignore("age is not installed");
        using var scratch = new Scratch();
        var file = scratch["id.txt"];
        Assert.That(Shell.Run("age-keygen -o \"$1\"", file).ExitCode, Is.Zero);
        var added = Programs.Run("keys", "add", "support", "--from", file, "--keys", scratch["keys"]);
        Assert.That(added.ExitCode, Is.Zero, added.Stderr);
        Assert.That(File.ReadAllBytes(scratch["keys"] + "/support"), Is.EqualTo(File.ReadAllBytes(file)));
        var exported = Programs.Run("keys", "export-public", "support", "--keys", scratch["keys"]);
        Assert.That(exported.Text, Is.EqualTo(Shell.Run("age-keygen -y \"$1\"", file).Text));
        Assert.That(exported.Stderr, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void A_secret_from_stdin_is_written_for_its_owner_alone_and_shown_by_nobody()
    {
        using var scratch = new Scratch();
        const string secret = "Sw0rdf1sh-Sw0rdf1sh";
        var added = Feed($"password {secret}\n", "keys", "add", "zip", "--keys", scratch["keys"]);
        Assert.That(added.ExitCode, Is.Zero, added.Stderr);
        Assert.That(File.GetUnixFileMode(scratch["keys"]), Is.EqualTo(OwnerOnly | UnixFileMode.UserExecute));
        Assert.That(File.GetUnixFileMode(scratch["keys"] + "/zip"), Is.EqualTo(OwnerOnly));
        Assert.That(Directory.GetFileSystemEntries(scratch["keys"]), Has.Length.EqualTo(1), "no half-written file");
        string[][] calls =
        [
            ["list"], ["list", "--json"], ["check"], ["check", "--json"], ["names"], ["export-public", "zip"],
            ["export-public", "zip", "--json"],
        ];
        foreach (var call in calls)
        {
            var ran = Programs.Run(["keys", .. call, "--keys", scratch["keys"]]);
            Assert.That(ran.Text + ran.Stderr + added, Does.Contain("zip").And.Not.Contain(secret), ran.ToString());
        }
    }

    [Test, CancelAfter(60_000)]
    public void A_key_that_is_there_is_replaced_only_when_asked()
    {
        using var scratch = new Scratch();
        string[] add = ["keys", "add", "zip", "--kind", "password", "--keys", scratch["keys"]];
        Assert.That(Feed("first\n", add).ExitCode, Is.Zero);
        var refused = Feed("second\n", add);
        Assert.That(refused.ExitCode, Is.EqualTo(73));
        Assert.That(refused.Stderr,
            Does.Contain("there is a key zip").And.Contain("--force").And.Not.Contain("second"));
        Assert.That(File.ReadAllText(scratch["keys"] + "/zip"), Is.EqualTo("password first\n"));
        Assert.That(Feed("second\n", [.. add, "--force"]).ExitCode, Is.Zero);
        Assert.That(File.ReadAllText(scratch["keys"] + "/zip"), Is.EqualTo("password second\n"));
    }

    [TestCase(1024 * 1024, 0)]
    [TestCase(1024 * 1024 + 1, 65)]
    [CancelAfter(60_000)]
    public void A_secret_has_at_most_a_mebibyte(int length, int exitCode)
    {
        using var scratch = new Scratch();
        const string line = "password open sesame\n#";
        var file = scratch.Write("secret", Encoding.ASCII.GetBytes(line.PadRight(length, 'x')));
        var added = Programs.Run("keys", "add", "long", "--from", file, "--keys", scratch["keys"]);
        Assert.That(added.ExitCode, Is.EqualTo(exitCode), added.Stderr);
        Assert.That(File.Exists(scratch["keys"] + "/long"), Is.EqualTo(exitCode == 0));
    }

    [Test, CancelAfter(60_000)]
    public void Check_tells_all_that_is_wrong_at_once_and_list_goes_on_over_it()
    {
        using var scratch = new Scratch();
        var ring = scratch.Ring("password same", "password same", "nonsense S3CRET");
        var open = Path.Combine(ring, "open");
        File.WriteAllText(open, "password other\n");
        File.SetUnixFileMode(open, OwnerOnly | UnixFileMode.OtherRead);
        var check = Programs.Run("keys", "check", "--keys", ring);
        Assert.That(check.ExitCode, Is.EqualTo(78));
        Assert.That(check.Stderr, Does.Contain("0604").And.Contain("chmod 600").And.Contain("line 3")
            .And.Contain("are the same key").And.Not.Contain("S3CRET"));
        var list = Programs.Run("keys", "list", "--keys", ring);
        Assert.That(list.ExitCode, Is.Zero, list.Stderr);
        Assert.That(list.Text, Does.Contain("ring#2").And.Contain("0604 BAD"));
    }

    [Test, CancelAfter(60_000)]
    public void Check_of_a_file_names_the_key_that_opens_it_and_of_another_that_none_does()
    {
        using var scratch = new Scratch();
        new SampleMaker(scratch["samples"], 4711).Write(1);
        string[] files = [scratch["samples"] + "/boot.xlog", scratch["samples"] + "/sealed-for-somebody-else.xlog"];
        string[] call = ["keys", "check", .. files, "--keys", scratch["samples"] + "/keys"];
        var text = Programs.Run(call);
        Assert.That(text.ExitCode, Is.EqualTo(77), text.Stderr);
        Assert.That(text.Text, Does.Match(@"boot\.xlog +prod-2026 +xlog").And.Match(@"else\.xlog +- .*KEY_NO_MATCH"));
        var json = Programs.Run([.. call, "--json"]);
        var lines = json.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parsed).ToList();
        Assert.That(json.ExitCode, Is.EqualTo(77), "the same as without");
        Assert.That(lines.Select(line => line.GetProperty("type").GetString()), Has.All.EqualTo("keyTrial"));
        Assert.That(lines[0].GetProperty("files")[0].GetProperty("key").GetString(), Is.EqualTo("prod-2026"));
        Assert.That(lines[1].GetProperty("code").GetString(), Is.EqualTo("KEY_NO_MATCH"));
    }

    [Test, CancelAfter(60_000)]
    public void Without_a_ring_it_says_how_to_name_one()
    {
        var ran = Programs.Run("keys", "list");
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((2, "")));
        Assert.That(ran.Stderr, Does.Contain("DECRYPTOR_KEYS"));
    }

    static JsonElement Parsed(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        return parsed.RootElement.Clone();
    }

    static Ran Feed(string input, params string[] arguments)
    {
        using var process = Programs.Start([], arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var text = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, Encoding.UTF8.GetBytes(text), errors);
    }
}
