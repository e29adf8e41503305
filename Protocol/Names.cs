using System.Globalization;

namespace Decryptor.Protocol;

/// <summary>
/// One worker process, for ever: the <paramref name="Number"/>-th worker of the spool, in slot <paramref name="Slot"/>.
/// Written <c>w3.7</c>. Numbers are never used again, not even by the next supervisor.
/// </summary>
/// <param name="Slot">The place the worker fills, from 1.</param>
/// <param name="Number">Counts every worker that the spool has ever started, from 1.</param>
public readonly record struct Incarnation(int Slot, long Number)
{
    /// <summary>Reads <c>w3.7</c>; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Incarnation incarnation)
    {
        incarnation = default;
        var dot = text.IndexOf('.');
        if (dot < 2 || text[0] != 'w') return false;
        if (!int.TryParse(text[1..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)) return false;
        if (!long.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        incarnation = new(slot, number);
        return slot > 0 && number > 0;
    }

    /// <summary><c>w3.7</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"w{Slot}.{Number}");
}

/// <summary>One attempt at one job by one worker: the name that every frame about work carries.</summary>
/// <param name="Job">The job's number, from 1.</param>
/// <param name="Number">Which attempt at the job this is, from 1.</param>
/// <param name="Worker">The worker that makes the attempt.</param>
public readonly record struct Attempt(long Job, int Number, Incarnation Worker)
{
    /// <summary>The name of the attempt's output directory, <c>17-1</c>.</summary>
    public string Folder => string.Create(CultureInfo.InvariantCulture, $"{Job}-{Number}");

    /// <summary><c>17-1@w3.7</c></summary>
    public override string ToString() => $"{Folder}@{Worker}";
}
