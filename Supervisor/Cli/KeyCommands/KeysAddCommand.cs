using System.CommandLine;
using System.Text;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Supervisor.Cli.KeyCommands;

/// <summary>
/// <c>decryptor keys add NAME</c>: takes a secret from stdin or a file into the ring, once it is known to be one.
/// </summary>
static class KeysAddCommand
{
    public static Command Build(SharedOptions shared)
    {
        var name = new Argument<string>("NAME") { Description = "what the ring will call it" };
        var from = new Option<string?>("--from")
        {
            Description = "the file with the secret (default: stdin)",
            HelpName = "FILE",
        };
        var kind = new Option<string?>("--kind")
        {
            Description = "what it is, where the secret alone is given",
            HelpName = string.Join('|', KeyText.Kinds),
        };
        kind.AcceptOnlyFromAmong(KeyText.Kinds);
        var force = ForceOption();
        var command = new Command("add", "take a secret into the ring")
        {
            name, from, kind, force, shared.Keys, shared.Json,
        };
        command.SetAction(parsed => Add(
            new(KeyFolder.Of(parsed.GetValue(shared.Keys)), parsed.GetValue(name)!, parsed.GetValue(force),
                parsed.GetValue(shared.Json)),
            parsed.GetValue(from), parsed.GetValue(kind)));
        return command;
    }

    /// <summary>The option that lets an older key be replaced.</summary>
    public static Option<bool> ForceOption() => new("--force") { Description = "replace a key of that name" };

    static int Add(NewKey asked, string? from, string? kind)
    {
        KeyFolder.CheckName(asked.Name);
        var (file, keys) = KeyText.Read(asked.Name, ReadSecret(from), kind);
        var others = Directory.Exists(asked.Folder)
            ? RingFile.In(asked.Folder).Where(each => each.Name != asked.Name).SelectMany(each => each.Keys).ToList()
            : [];
        asked.Save(file, keys);
        foreach (var note in keys.SelectMany(key => RingFile.NotesOn(key, others))) Talk.Say($"warning: {note}");
        if (from is not null && IsOpen(from)) Talk.Say($"warning: others can read {from}; remove it");
        return 0;
    }

    static bool IsOpen(string path) =>
        (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    static byte[] ReadSecret(string? from)
    {
        if (from is null && !Console.IsInputRedirected) return ReadFromTerminal();
        try
        {
            using Stream source = from is null ? new StandardStream(0) : File.OpenRead(from);
            var secret = new byte[KeyFile.LengthMax + 1];
            var length = source.ReadAtLeast(secret, secret.Length, throwOnEndOfStream: false);
            return length <= KeyFile.LengthMax
                ? secret[..length]
                : throw new UsageException($"this is no key: it is longer than {KeyFile.LengthMax} bytes", "")
                {
                    ExitCode = 65,
                };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{from} cannot be read: {e.Message}", "check the path behind --from")
            {
                ExitCode = 66,
            };
        }
    }

    // One line, not shown while it is typed.
    static byte[] ReadFromTerminal()
    {
        Talk.Say("type or paste the secret, one line; it is not shown (for a file: --from FILE)");
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace) line.Length = Math.Max(0, line.Length - 1);
            else if (!char.IsControl(key.KeyChar)) line.Append(key.KeyChar);
        }

        return Encoding.UTF8.GetBytes(line.ToString());
    }
}

/// <summary>A key that is about to be in a ring.</summary>
sealed record NewKey(string Folder, string Name, bool Force, bool Json)
{
    /// <summary>Writes it, and tells what it is.</summary>
    public void Save(byte[] file, IReadOnlyList<RingKey> keys)
    {
        var path = KeyFolder.Save(Folder, Name, file, Force);
        foreach (var key in keys)
        {
            if (Json) JsonLine.Print("key", line => KeysCommand.WriteKey(line, key, null));
            else Talk.Say($"{new KeyView(key.Name, key.Kind, key.Fingerprint)} is in {path}");
        }
    }
}
