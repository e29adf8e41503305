namespace Decryptor.EndToEnd.Tests;

/// <summary>The completion scripts, sourced in the shells themselves and asked.</summary>
sealed class CompletionTests
{
    // The line as bash would split it at the moment of the key: its words, the last of which is being typed.
    const string InBash = """
        exec bash --norc -c '
            PATH=$(dirname "$1"):$PATH; cd "$2"
            source <(decryptor completion bash) || exit
            shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            _decryptor 2>&1; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
        """;

    const string InFish = """
        exec fish --no-config -c '
            set -x PATH (dirname $argv[1]) $PATH; cd $argv[2]
            decryptor completion fish | source
            complete -C $argv[3] | string replace -r "\t.*" ""' "$@"
        """;

    [TestCase("ke", new[] { "keys" })]
    [TestCase("keys ", new[] { "add", "check", "export-public", "generate", "list" })]
    [TestCase("keys gen", new[] { "generate" })]
    [TestCase("explain KEY_", new[] { "KEY_MISSING", "KEY_NO_MATCH" })]
    [TestCase("explain --lang ", new[] { "en", "zh" })]
    [TestCase("explain --lang = z", new[] { "zh" })]
    [TestCase("keys generate p --ki", new[] { "--kind" })]
    [TestCase("keys generate p --kind ", new[] { "age", "xlog" })]
    [TestCase("keys export-public --keys ring ", new[] { "prod", "prod#2" })]
    [TestCase("--color never keys li", new[] { "list" })]
    [TestCase("completion ", new[] { "bash", "fish", "zsh" })]
    [TestCase("help expl", new[] { "explain" })]
    [TestCase("config check my-c", new[] { "my-config.json" })]
    [TestCase("unpack x -o my-", new[] { "my-folder" })]
    [TestCase("cat --config my-c", new[] { "my-config.json" })]
    [TestCase("cat --since 09:00 --part", new[] { "--partial-ok" })]
    [TestCase("cat --level = e", new[] { "error" })]
    [TestCase("cat -C 3 --format ", new[] { "json", "text" })]
    [CancelAfter(60_000)]
    public void Bash_completes(string line, string[] words)
    {
        if (Shell.Run("command -v bash").ExitCode != 0) Assert.Ignore("bash is not installed");
        using var scratch = Surroundings();
        var ran = Shell.Run(InBash, [Programs.Supervisor, scratch.Folder, "decryptor", .. line.Split(' ')]);
        Assert.That(Lines(ran), Is.EqualTo(words), ran.ToString());
    }

    [TestCase("keys gen", new[] { "generate" })]
    [TestCase("keys ", new[] { "add", "check", "export-public", "generate", "list" })]
    [TestCase("explain KEY_", new[] { "KEY_MISSING", "KEY_NO_MATCH" })]
    [TestCase("explain --lang ", new[] { "en", "zh" })]
    [TestCase("keys export-public --keys ring ", new[] { "prod", "prod#2" })]
    [TestCase("keys generate p --ki", new[] { "--kind" })]
    [TestCase("cat --config my-c", new[] { "my-config.json" })]
    [CancelAfter(60_000)]
    public void Fish_completes(string line, string[] words)
    {
        if (Shell.Run("command -v fish").ExitCode != 0) Assert.Ignore("fish is not installed");
        using var scratch = Surroundings();
        var ran = Shell.Run(InFish, Programs.Supervisor, scratch.Folder, $"decryptor {line}");
        Assert.That(ran.Stderr, Is.Empty);
        Assert.That(Lines(ran), Is.EqualTo(words), ran.ToString());
    }

    [Test, CancelAfter(60_000)]
    public void Zsh_takes_the_script()
    {
        if (Shell.Run("command -v zsh").ExitCode != 0) Assert.Ignore("zsh is not installed");
        const string source = "autoload -U compinit; compinit -u -d /dev/null; source <($1 completion zsh); "
            + "print $_comps[decryptor]";
        var ran = Shell.Run($"exec zsh -f -c '{source}' zsh \"$1\"", Programs.Supervisor);
        Assert.That((ran.ExitCode, ran.Text.Trim(), ran.Stderr), Is.EqualTo((0, "_decryptor", "")));
    }

    static Scratch Surroundings()
    {
        var scratch = new Scratch();
        scratch.Ring("password one", "password two");
        Directory.Move(scratch["keys"], scratch["ring"]);
        File.Move(scratch["ring"] + "/ring", scratch["ring"] + "/prod");
        scratch.Write("my-config.json", "{}"u8.ToArray());
        Directory.CreateDirectory(scratch["my-folder"]);
        return scratch;
    }

    static string[] Lines(Ran ran) =>
        [.. ran.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
