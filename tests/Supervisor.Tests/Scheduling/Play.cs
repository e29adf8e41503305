using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>A play as a test has it: all of it in one text. <see cref="Script"/> says how it is written.</summary>
static class Play
{
    /// <summary>The play with what really follows below each line of dashes.</summary>
    public static string Perform(string text)
    {
        using var performed = new StringWriter();
        new Script(performed).Perform(text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
        return performed.ToString();
    }
}
