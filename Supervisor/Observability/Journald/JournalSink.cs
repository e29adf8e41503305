using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace Decryptor.Supervisor.Observability.Journald;

/// <summary>
/// What is logged, as entries of the journal: the text, its weight, and each named value as a field, <c>Job</c> as
/// <c>JOB</c>.
/// </summary>
sealed class JournalSink(JournalSocket journal) : ILogEventSink
{
    public void Emit(LogEvent logEvent) => journal.Send(Fields(logEvent));

    /// <summary>The fields of one entry.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(LogEvent logged)
    {
        var text = logged.RenderMessage(CultureInfo.InvariantCulture);
        yield return ("MESSAGE", logged.Exception is { } e ? $"{text}\n{e}" : text);
        yield return ("PRIORITY", Priority(logged.Level));
        foreach (var (name, value) in logged.Properties)
        {
            // A dash in the text stands for nothing.
            if (value is ScalarValue { Value: { } scalar }
                && Convert.ToString(scalar, CultureInfo.InvariantCulture) is { Length: > 0 } said and not "-")
                yield return (FieldName(name), said);
        }
    }

    // syslog's numbers (RFC 5424, 6.2.1).
    static string Priority(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => "2",
        LogEventLevel.Error => "3",
        LogEventLevel.Warning => "4",
        LogEventLevel.Information => "6",
        _ => "7",
    };

    static string FieldName(string property)
    {
        var name = new StringBuilder();
        foreach (var letter in property)
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0) name.Append('_');
            if (char.IsAsciiLetterOrDigit(letter)) name.Append(char.ToUpperInvariant(letter));
        }

        return name.ToString();
    }
}
