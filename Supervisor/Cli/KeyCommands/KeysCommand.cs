using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.KeyCommands;

/// <summary>
/// <c>decryptor keys</c>: the ring, as plain files in a folder. Nothing that any of these prints holds a secret, and
/// none takes one as an argument, where everybody on the machine could see it.
/// </summary>
static class KeysCommand
{
    static readonly Columns _columns =
        new(("NAME", 20), ("KIND", 12), ("FINGERPRINT", 14), ("MODE", 8), ("CREATED", 0));

    public static Command Build(SharedOptions shared)
    {
        var command = new Command("keys", "look after the key ring");
        command.Add(BuildList(shared));
        command.Add(KeysAddCommand.Build(shared));
        command.Add(KeysGenerateCommand.Build(shared));
        command.Add(KeysCheckCommand.Build(shared));
        command.Add(BuildExport(shared));
        command.Add(BuildNames(shared));
        return command;
    }

    /// <summary>What may be told of a key, in JSON.</summary>
    public static void WriteKey(Utf8JsonWriter json, RingKey key, RingFile? file)
    {
        json.WriteString("name", key.Name);
        json.WriteString("kind", key.Kind);
        if (key.Fingerprint.Length > 0) json.WriteString("fingerprint", key.Fingerprint);
        if (key.PublicPart is { } whole) json.WriteString("publicKey", whole);
        if (key.IsPublished) json.WriteBoolean("published", true);
        if (file is null) return;
        json.WriteString("mode", file.Mode);
        json.WriteBoolean("modeOk", !file.IsOpen);
        if (file.Created is { } at) json.WriteString("created", at);
    }

    static Command BuildList(SharedOptions shared)
    {
        var command = new Command("list", "list the keys of the ring") { shared.Keys, shared.Json };
        command.SetAction(parsed => List(KeyFolder.Of(parsed.GetValue(shared.Keys)), parsed.GetValue(shared.Json)));
        return command;
    }

    static Command BuildExport(SharedOptions shared)
    {
        var name = new Argument<string>("KEY") { Description = "the key's name, as keys list has it" };
        var command = new Command("export-public", "print the public part of a key, and nothing else")
        {
            name, shared.Keys, shared.Json,
        };
        command.SetAction(parsed => Export(
            KeyFolder.Of(parsed.GetValue(shared.Keys)), parsed.GetValue(name)!, parsed.GetValue(shared.Json)));
        return command;
    }

    // For the shells' completion: no word of what is wrong with the ring.
    static Command BuildNames(SharedOptions shared)
    {
        var command = new Command("names", "print the names of the keys") { shared.Keys };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var folder = SharedOptions.RingOf(parsed.GetValue(shared.Keys));
            if (!Directory.Exists(folder)) return 0;
            foreach (var key in RingFile.In(folder).SelectMany(file => file.Keys)) Console.WriteLine(key.Name);
            return 0;
        });
        return command;
    }

    static int List(string folder, bool json)
    {
        var files = RingFile.In(folder);
        if (!json && files.Count > 0) Console.WriteLine(Tint.Stdout.Bold(_columns.Headings));
        foreach (var file in files)
        {
            foreach (var key in file.Keys)
            {
                if (json) JsonLine.Print("key", line => WriteKey(line, key, file));
                else Console.WriteLine(LineOf(key.Name, key.Kind, key.Fingerprint, file));
            }

            if (file.Keys.Count == 0 && !json) Console.WriteLine(LineOf(file.Name, "-", "", file));
            foreach (var problem in file.Problems) Talk.Say(problem);
        }

        if (files.All(file => file.Keys.Count == 0)) Talk.Say($"there is no key in {folder}");
        return 0;
    }

    static string LineOf(string name, string kind, string fingerprint, RingFile file) => _columns.Line(
        Harmless.Text(name), kind, fingerprint.Length > 0 ? fingerprint : "-",
        $"{file.Mode}{(file.IsOpen ? " BAD" : "")}",
        file.Created?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-").TrimEnd();

    static int Export(string folder, string name, bool json)
    {
        var all = RingFile.In(folder).SelectMany(file => file.Keys).ToList();
        if (all.Find(key => key.Name == name) is not { } found)
        {
            var near = Near.Of(name, all.Select(key => key.Name));
            return Talk.Error(
                $"there is no key {name} in {folder}",
                near is null ? "decryptor keys list shows the names" : $"did you mean {near}?", 66);
        }

        if (found.PublicPart is not { } whole)
            return Talk.Error(
                $"{name} is a {found.Kind} key: there is no public part to print",
                found.Kind.StartsWith("ssh-", StringComparison.Ordinal) ? "ssh-keygen -y -f FILE prints it" : "", 65);
        if (json) JsonLine.Print("key", line => WriteKey(line, found, null));
        else Console.WriteLine(whole);
        return 0;
    }
}
