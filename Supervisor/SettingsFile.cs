using System.Text.Json;

namespace Decryptor.Supervisor;

/// <summary>
/// The file of settings before it is read: which names stand in it and where, so that what is wrong is told by name and
/// line, in words for the person who wrote it.
/// </summary>
static class SettingsFile
{
    /// <summary>The group whose names are tenants', and no settings.</summary>
    const string Tenants = "fairness.weights.";

    static readonly JsonReaderOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Every setting there is, as <c>limits.ratioMax</c>, with what these settings have for it.</summary>
    public static IReadOnlyList<(string Name, JsonElement Value)> Flat(Settings settings)
    {
        var whole = JsonSerializer.SerializeToElement(settings, SettingsJson.Strict.Settings);
        return [.. whole.EnumerateObject().SelectMany(each => Flat("", each))];
    }

    /// <summary>The names that a text sets, each with the line it stands in.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static IReadOnlyList<(string Name, int Line)> NamesIn(ReadOnlySpan<byte> json)
    {
        var names = new List<(string, int)>();
        var path = new Stack<string>();
        var reader = new Utf8JsonReader(json, Lenient);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                while (path.Count >= Math.Max(1, reader.CurrentDepth)) path.Pop();
                path.Push(reader.GetString()!);
                var line = 1 + json[..(int)reader.TokenStartIndex].Count((byte)'\n');
                names.Add((string.Join('.', path.Reverse()), line));
            }
        }

        return names;
    }

    /// <summary>Refuses a text that sets what is no setting.</summary>
    /// <exception cref="UsageException">It does; the message names file, line and setting.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static void CheckNames(string file, ReadOnlySpan<byte> json)
    {
        var known = Flat(new()).Select(each => each.Name).ToHashSet();
        known.UnionWith([.. known.Where(name => name.Contains('.')).Select(name => name.Split('.')[0])]);
        foreach (var (name, line) in NamesIn(json))
        {
            if (known.Contains(name) || name.StartsWith(Tenants, StringComparison.Ordinal)) continue;
            var near = Cli.Near.Of(name, known) ?? known.FirstOrDefault(
                each => each.EndsWith($".{name}", StringComparison.Ordinal));
            throw Settings.Wrong($"{file} line {line}: there is no setting {name}",
                near is null ? "decryptor config show lists the settings" : $"did you mean {near}?");
        }
    }

    /// <summary>What is wrong with a value or with the JSON, without the reader's own places.</summary>
    public static string Why(JsonException e)
    {
        var setting = e.Path?.TrimStart('$').TrimStart('.') ?? "";
        var isOfOtherKind = e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal);
        if (isOfOtherKind && setting.Length > 0) return $"{setting} has a value of the wrong kind";
        if (isOfOtherKind) return "the settings must be a JSON object";
        var end = e.Message.IndexOf(" Path:", StringComparison.Ordinal);
        var place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var cut = end >= 0 ? end : place >= 0 ? place : e.Message.Length;
        return $"it is not JSON: {e.Message[..cut].TrimEnd('.')}";
    }

    static IEnumerable<(string, JsonElement)> Flat(string group, JsonProperty each)
    {
        var name = $"{group}{each.Name}";
        return each.Value.ValueKind == JsonValueKind.Object && group.Length == 0
            ? each.Value.EnumerateObject().SelectMany(inner => Flat($"{name}.", inner))
            : [(name, each.Value)];
    }
}
