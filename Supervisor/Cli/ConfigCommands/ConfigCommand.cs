using System.CommandLine;
using System.Text.Json;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.ConfigCommands;

/// <summary>
/// <c>decryptor config check FILE</c> and <c>show [FILE]</c>: whether the settings can be used, and what is in force
/// and why. Neither touches a spool or a service.
/// </summary>
static class ConfigCommand
{
    static readonly Columns _columns = new(("SETTING", 28), ("VALUE", 16), ("ORIGIN", 0));

    public static Command Build(SharedOptions shared)
    {
        var command = new Command("config", "check the settings, or show those in force");
        var needed = new Argument<string>("FILE") { Description = "the file of settings" };
        var check = new Command("check", "tell whether a file of settings can be used") { needed, shared.Json };
        check.SetAction(parsed => Check(parsed.GetValue(needed)!, parsed.GetValue(shared.Json)));
        var file = new Argument<string?>("FILE")
        {
            Description = "the file of settings (default: none)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var show = new Command("show", "show every setting, and where its value comes from") { file, shared.Json };
        show.SetAction(parsed => Show(parsed.GetValue(file), parsed.GetValue(shared.Json)));
        command.Add(check);
        command.Add(show);
        return command;
    }

    static int Check(string path, bool json)
    {
        try
        {
            _ = Read(path);
        }
        catch (UsageException e) when (json)
        {
            PrintVerdict(path, e);
            return e.ExitCode;
        }

        if (json) PrintVerdict(path, null);
        else Console.WriteLine($"{Harmless.Text(path)}: {Tint.Stdout.Green("ok")}");
        return 0;
    }

    static void PrintVerdict(string path, UsageException? refused) => JsonLine.Print("configCheck", json =>
    {
        json.WriteString("file", path);
        json.WriteBoolean("ok", refused is null);
        if (refused is null) return;
        json.WriteString("message", refused.Message);
        json.WriteString("hint", refused.Hint);
    });

    static Settings Read(string path)
    {
        var settings = Settings.Read(path);
        try
        {
            return settings.Checked();
        }
        catch (UsageException e)
        {
            throw new UsageException($"{path}: {e.Message}", "correct the setting") { ExitCode = e.ExitCode };
        }
    }

    static int Show(string? path, bool json)
    {
        var settings = path is null ? new() : Read(path);
        var set = path is null ? [] : SettingsFile.NamesIn(File.ReadAllBytes(path));
        var fromFile = set.Select(each => each.Name).ToHashSet();
        var fromEnvironment = settings.Keys is null && SharedOptions.RingOf(null) is not null;
        var effective = settings with { Keys = SharedOptions.RingOf(settings.Keys) };
        if (!json) Console.WriteLine(Tint.Stdout.Bold(_columns.Headings));
        foreach (var (name, value) in SettingsFile.Flat(effective))
        {
            var origin = fromFile.Contains(name) ? $"file {path}"
                : name == "keys" && fromEnvironment ? "environment DECRYPTOR_KEYS"
                : "default";
            if (json) PrintJson(name, value, origin);
            else Console.WriteLine(_columns.Line(name, TextOf(value), Harmless.Text(origin)));
        }

        return 0;
    }

    static void PrintJson(string name, JsonElement value, string origin) => JsonLine.Print("setting", json =>
    {
        json.WriteString("name", name);
        json.WritePropertyName("value");
        value.WriteTo(json);
        json.WriteString("origin", origin.Split(' ')[0]);
    });

    static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "-",
        JsonValueKind.String when value.GetString() is { Length: > 0 } text => Harmless.Text(text),
        JsonValueKind.String => "-",
        _ => value.GetRawText(),
    };
}
