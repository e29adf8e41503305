using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli;

/// <summary>What we say to people, on stderr, so that stdout holds nothing but what was asked for.</summary>
static class Talk
{
    /// <summary>
    /// Which exit code stands for several inputs: the one that comes last here; 130 is a cancelled job's.
    /// </summary>
    static readonly int[] _ranks = [0, 1, 3, 66, 65, 77, 76, 75, 74, 73, 69, 70, 130];

    static readonly Lock _gate = new();
    static Action<string>? _through;

    public static int Error(string message, string hint, int exitCode)
    {
        Say(message);
        if (hint.Length > 0) Say($"hint: {hint}");
        return exitCode;
    }

    public static void Say(string line)
    {
        var said = $"decryptor: {Harmless.Text(line)}";
        lock (_gate)
        {
            if (_through is { } through) through(said);
            else Console.Error.WriteLine(said);
        }
    }

    /// <summary>
    /// From now on lines go to <paramref name="through"/>, since something is drawn below them; null for stderr again.
    /// </summary>
    public static void Through(Action<string>? through)
    {
        lock (_gate) _through = through;
    }

    public static int Worse(int a, int b) => Array.IndexOf(_ranks, b) > Array.IndexOf(_ranks, a) ? b : a;

    public static int ExitCodeOf(Outcome outcome, string code) => outcome switch
    {
        Outcome.Complete => 0,
        Outcome.Partial => 3,
        _ => (FailureCode.Find(code) ?? FailureCode.Internal).ExitCode,
    };
}
