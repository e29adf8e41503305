using System.CommandLine;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Cli.Completing;

/// <summary>What may stand at a place of the command line.</summary>
enum Expected
{
    /// <summary>Something that no shell can know.</summary>
    Anything,

    /// <summary>A file or a folder.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A name in the key ring.</summary>
    KeyName,

    /// <summary>One of a few words.</summary>
    Choice,
}

/// <summary>One command as a shell sees it.</summary>
sealed record Completable(Command Command)
{
    /// <summary>The command and all below it, the program first.</summary>
    public static IEnumerable<Completable> All(Command command) =>
        Shape.Below(command).SelectMany(All).Prepend(new(command));

    /// <summary>Empty for the program, else <c>keys add</c>.</summary>
    public string Path => Shape.PathOf(Command);

    public IReadOnlyList<Command> Below => [.. Shape.Below(Command)];

    public IReadOnlyList<Option> Options => [.. Shape.OptionsOf(Command)];

    /// <summary>What stands in the place of an argument; in that of a command too, a file may.</summary>
    public Expected Expected => Command is RootCommand ? Expected.File
        : Command.Arguments.Count == 0 ? Expected.Anything
        : Shape.ChoicesOf(Command.Arguments[0]).Count > 0 ? Expected.Choice
        : Of(Command.Arguments[0].Name);

    public IReadOnlyList<string> Choices =>
        Command.Arguments.Count == 0 ? [] : Shape.ChoicesOf(Command.Arguments[0]);

    /// <summary>What stands behind an option that takes a value.</summary>
    public static Expected Behind(Option option) =>
        Shape.ChoicesOf(option).Count > 0 ? Expected.Choice : Of(option.HelpName ?? "");

    static Expected Of(string name) => name switch
    {
        "FILE" or "PATH" => Expected.File,
        "DIR" => Expected.Folder,
        "KEY" => Expected.KeyName,
        _ => Expected.Anything,
    };
}
