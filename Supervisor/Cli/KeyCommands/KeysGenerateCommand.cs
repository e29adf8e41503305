using System.CommandLine;
using System.Globalization;
using System.Text;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Supervisor.Cli.KeyCommands;

/// <summary>
/// <c>decryptor keys generate NAME --kind xlog|age</c>: a new key in the ring, and on stdout its public part, which is
/// what the app is built with, or what senders seal for.
/// </summary>
static class KeysGenerateCommand
{
    const string Xlog = "xlog", Age = "age";

    public static Command Build(SharedOptions shared)
    {
        var name = new Argument<string>("NAME") { Description = "what the ring will call it" };
        var kind = new Option<string>("--kind")
        {
            Description = "what it is for: logs of Mars, or files of age",
            HelpName = $"{Xlog}|{Age}",
            Required = true,
        };
        kind.AcceptOnlyFromAmong(Xlog, Age);
        var force = KeysAddCommand.ForceOption();
        var command = new Command("generate", "make a new key, and print its public part")
        {
            name, kind, force, shared.Keys, shared.Json,
        };
        command.SetAction(parsed => Generate(
            new(KeyFolder.Of(parsed.GetValue(shared.Keys)), parsed.GetValue(name)!, parsed.GetValue(force),
                parsed.GetValue(shared.Json)),
            parsed.GetValue(kind)!));
        return command;
    }

    static int Generate(NewKey asked, string kind)
    {
        KeyFolder.CheckName(asked.Name);
        var secret = Encoding.UTF8.GetBytes((kind == Xlog ? $"xlog {XlogKey.Generate()}" : AgeKey.Generate()) + "\n");
        var (line, keys) = KeyText.Read(asked.Name, secret, null);
        var created = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var comments = $"# created: {created}\n# public key: {keys[0].PublicPart}\n";
        asked.Save([.. Encoding.UTF8.GetBytes(comments), .. line], keys);
        if (!asked.Json) Console.WriteLine(keys[0].PublicPart);
        return 0;
    }
}
