using System.Text;

namespace Decryptor.Supervisor.Keys;

/// <summary>A line of an age identity file, held as it is until the age format reads it.</summary>
sealed class AgeKey(string name, string identity) : RingKey("age", name, Encoding.UTF8.GetBytes(identity))
{
    internal string Identity => identity;

    /// <summary>Whether a line is an age identity.</summary>
    public static bool Recognises(string line) =>
        line.StartsWith("AGE-SECRET-KEY-1", StringComparison.Ordinal)
        || line.StartsWith("AGE-SECRET-KEY-PQ-1", StringComparison.Ordinal);
}
