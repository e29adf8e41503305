using System.Globalization;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// How a process ended, in words that an operator knows: <c>exit 0</c>, <c>exit 139 (SIGSEGV)</c>, <c>SIGKILL</c>.
/// </summary>
static class ExitCode
{
    /// <summary>The code of a process that SIGKILL has ended.</summary>
    public const int OfSigKill = SignalBase + Libc.SigKill;

    const int SignalBase = 128;

    public static string InWords(int code)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"exit {code}");
        return Signal(code - SignalBase) switch
        {
            null => number,
            "SIGKILL" => "SIGKILL",
            { } name => $"{number} ({name})",
        };
    }

    static string? Signal(int number) => number switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        Libc.SigKill => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => null,
    };
}
