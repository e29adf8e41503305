using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>Which jobs are looked for; what is null is not asked about. State and code have an index.</summary>
/// <param name="State">Jobs in this state.</param>
/// <param name="Code">Jobs with this failure code.</param>
/// <param name="Tenant">Jobs of this tenant.</param>
/// <param name="Source">
/// Jobs whose source this pattern fits, with <c>*</c>, <c>?</c> and <c>[…]</c> as in a shell.
/// </param>
/// <param name="Before">Jobs with smaller numbers than this: the next page of a list.</param>
sealed record JobFilter(
    JobState? State = null, string? Code = null, string? Tenant = null, string? Source = null, long? Before = null)
{
    /// <summary>The query of the newest such jobs; the first argument says how many.</summary>
    /// <returns>Its text and its arguments from the second on.</returns>
    public (string Sql, object[] Arguments) Newest(string columns)
    {
        var asked = new (string Condition, object? Value)[]
        {
            ("state = ", State?.ToString()), ("code = ", Code), ("tenant = ", Tenant), ("source GLOB ", Source),
            ("id < ", Before),
        }.Where(each => each.Value is not null).ToList();
        var conditions = asked.Select((each, i) => $"{each.Condition}${i + 2}").ToList();
        // The index of codes holds no job without one, and is used only where the query says so.
        if (Code is not null) conditions.Add("code <> ''");
        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)} ";
        return ($"SELECT {columns} FROM job {where}ORDER BY id DESC LIMIT $1", [.. asked.Select(each => each.Value!)]);
    }
}
