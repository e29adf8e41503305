using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli;

/// <summary>What we say to people, on stderr, so that stdout holds nothing but what was asked for.</summary>
static class Talk
{
    /// <summary>Which exit code stands for several inputs: the one that comes last here.</summary>
    static readonly int[] _ranks = [0, 1, 3, 66, 65, 77, 76, 75, 74, 73, 69, 70];

    public static int Error(string message, string hint, int exitCode)
    {
        Say(message);
        if (hint.Length > 0) Say($"hint: {hint}");
        return exitCode;
    }

    public static void Say(string line) => Console.Error.WriteLine($"decryptor: {Harmless.Text(line)}");

    public static int Worse(int a, int b) => Array.IndexOf(_ranks, b) > Array.IndexOf(_ranks, a) ? b : a;

    public static int ExitCodeOf(Outcome outcome, string code) => outcome switch
    {
        Outcome.Complete => 0,
        Outcome.Partial => 3,
        _ => (FailureCode.Find(code) ?? FailureCode.Internal).ExitCode,
    };
}
