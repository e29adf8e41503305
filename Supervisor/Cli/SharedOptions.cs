using System.CommandLine;
using Decryptor.Supervisor.Cli.Progressing;

namespace Decryptor.Supervisor.Cli;

/// <summary>Options that several commands have, so that they mean the same everywhere.</summary>
sealed class SharedOptions
{
    /// <summary>The spool of a service that is asked about; it may run or not.</summary>
    public Option<string> Spool { get; } = new("--spool")
    {
        Description = "the service's spool",
        HelpName = "DIR",
        Required = true,
    };

    public Option<string?> Keys { get; } = new("--keys")
    {
        Description = "folder of the key ring (default: $DECRYPTOR_KEYS)",
        HelpName = "DIR",
    };

    public Option<int?> Workers { get; } = new("--workers", "-j")
    {
        Description = "worker processes (default: one a processor)",
        HelpName = "N",
    };

    public Option<string?> Config { get; } = new("--config")
    {
        Description = "a JSON file of settings, the limits among them; options win over it",
        HelpName = "FILE",
    };

    public Option<string?> Worker { get; } = new("--worker-program")
    {
        Description = "the worker program",
        HelpName = "PATH",
        Hidden = true,
    };

    /// <summary>Of the whole program.</summary>
    public Option<string> Color { get; } = ColorOption();

    public Option<bool> Json { get; } = new("--json") { Description = "print JSON lines instead of text" };

    /// <summary>Of the commands that a person may wait for.</summary>
    public Option<string?> Progress { get; } = ProgressOption();

    static Option<string?> ProgressOption()
    {
        var option = new Option<string?>("--progress")
        {
            Description = "bars on a terminal, or a line in ten seconds (default: auto)",
            HelpName = string.Join('|', Streams.Words),
        };
        option.AcceptOnlyFromAmong(Streams.Words);
        return option;
    }

    static Option<string> ColorOption()
    {
        var option = new Option<string>("--color")
        {
            Description = "colour on a terminal, always or never (default: auto)",
            HelpName = string.Join('|', Tint.Words),
            Recursive = true,
        };
        option.AcceptOnlyFromAmong(Tint.Words);
        return option;
    }

    /// <summary>The ring's folder as asked for, or as the environment has it.</summary>
    public static string? RingOf(string? asked) =>
        asked ?? (Environment.GetEnvironmentVariable("DECRYPTOR_KEYS") is { Length: > 0 } folder ? folder : null);
}
