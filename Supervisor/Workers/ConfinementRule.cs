using Decryptor.Protocol;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// How far workers must have confined themselves before they get a job. A worker enters what its kernel has and says in
/// <see cref="Hello"/> what that was; here it is held against the setting.
/// </summary>
sealed class ConfinementRule
{
    const string Required = "required";
    const string Possible = "possible";
    const string Off = "off";

    static readonly string[] Parts = ["landlock:", "seccomp", "rlimits"];

    readonly string _wanted;
    readonly Action<string> _tell;
    int _told;

    /// <param name="wanted">One of <see cref="Words"/>.</param>
    /// <param name="tell">Is told once, where less is in force than there could be and that is not refused.</param>
    public ConfinementRule(string wanted = Possible, Action<string>? tell = null)
    {
        _wanted = wanted;
        _tell = tell ?? (_ => { });
    }

    /// <summary>What the setting may be.</summary>
    public static IReadOnlyList<string> Words { get; } = [Required, Possible, Off];

    /// <summary>Whether workers are told to leave themselves as they are.</summary>
    public bool IsOff => _wanted == Off;

    /// <summary>Why a worker that greets so gets no job; null for one that does.</summary>
    public string? Refusal(Hello hello)
    {
        // Of a foreign version nothing is known; that is refused for a better reason.
        if (hello.ProtocolVersion != Message.Version || Missing(hello) is not { Length: > 0 } missing) return null;
        if (_wanted == Required)
            return $"is confined by less than the setting requires ({missing} is missing): {hello.Confinement}";
        if (Interlocked.Exchange(ref _told, 1) == 0)
            _tell($"workers are not confined by {missing}: {hello.Confinement}");
        return null;
    }

    static string Missing(Hello hello)
    {
        var isNone = hello.Confinement.StartsWith("none:", StringComparison.Ordinal);
        var inForce = isNone ? [] : hello.Confinement.Split(';')[0].Split(' ');
        return string.Join(" and ", Parts
            .Where(part => !inForce.Any(word => part[^1] == ':' ? IsVersionOf(part, word) : word == part))
            .Select(part => part.TrimEnd(':')));
    }

    static bool IsVersionOf(string part, string word) =>
        word.StartsWith(part, StringComparison.Ordinal) && int.TryParse(word.AsSpan(part.Length), out _);
}
