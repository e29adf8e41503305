using System.Globalization;

namespace Decryptor.Protocol;

/// <summary>What the files of an attempt's output are called, so that both sides know one from the other.</summary>
public static class OutputNames
{
    /// <summary>
    /// The names of the outputs in the order of the input, a line each, while the attempt runs; gone once there is a
    /// report. Others follow the outputs by it as they grow.
    /// </summary>
    public const string List = ".files";

    /// <summary>What the name of a text ends in.</summary>
    public const string OfText = ".log";

    /// <summary>What the name of bytes that are no text ends in.</summary>
    public const string OfBytes = ".bin";

    const string Crash = "crash-", OfCrash = ".json";

    /// <summary>
    /// What the supervisor calls its word on the death of an attempt's worker, in the folder of the ended job. No
    /// output may have such a name, whatever the upload calls its members.
    /// </summary>
    public static string CrashOf(int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Crash}{attempt}{OfCrash}");

    /// <summary>Whether a name is kept for that.</summary>
    public static bool IsCrash(string name) =>
        name.StartsWith(Crash, StringComparison.OrdinalIgnoreCase)
        && name.EndsWith(OfCrash, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an output of that name holds bytes that are no text.</summary>
    public static bool IsBytes(string name) => name.EndsWith(OfBytes, StringComparison.Ordinal);
}
