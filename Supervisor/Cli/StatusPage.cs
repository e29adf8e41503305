using System.Text.Json;
using System.Text.Json.Nodes;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// The page that a service keeps in its spool, as it is shown: of one that cannot speak for itself, the verdict is
/// ours.
/// </summary>
/// <param name="Shown">The page with its last line end.</param>
/// <param name="Seen">What the service cannot say of itself; null for one that lives and speaks.</param>
sealed record StatusPage(string Shown, OutsideView? Seen)
{
    /// <summary>Whether no service runs any more.</summary>
    public bool IsDead => Seen is { Verdict: "dead" };

    /// <summary>
    /// Reads it, as text or, where it is said how, as JSON; null where no service has ever run there.
    /// </summary>
    /// <exception cref="UsageException">It may not be read.</exception>
    public static StatusPage? Read(string spool, JsonSerializerOptions? json)
    {
        var (text, machine) = ($"{spool}/run/status.txt", $"{spool}/run/status.json");
        if (!File.Exists(text) || !File.Exists(machine)) return IsShut(spool) ? throw Forbidden(spool) : null;
        var page = (JsonObject)JsonNode.Parse(File.ReadAllBytes(machine))!;
        var seen = OutsideView.Of(spool, text, page);
        var shown = json is null ? InText(File.ReadAllText(text), seen) : InJson(page, seen, json);
        return new(shown, seen);
    }

    static string InJson(JsonObject page, OutsideView? seen, JsonSerializerOptions form)
    {
        if (seen is not null)
        {
            page["saidLast"] = page["verdict"]?.DeepClone();
            page["verdict"] = seen.Verdict;
            page["silentSince"] = seen.Since;
            page["reasons"] = new JsonArray([seen.Why, .. page["reasons"]!.AsArray().Select(why => why?.DeepClone())]);
        }

        page.Insert(0, "type", "status");
        return page.ToJsonString(form) + "\n";
    }

    static string InText(string page, OutsideView? seen)
    {
        if (seen is null) return page;
        var lines = page.Split('\n');
        var verdict = Array.FindIndex(lines, line => line.StartsWith("VERDICT ", StringComparison.Ordinal));
        if (verdict < 0) return page;
        var ours = new Page(StatusText.Columns);
        var since = seen.Since.ToString("yyyy-MM-dd HH:mm:ss'Z'", null);
        ours.Facts("VERDICT", $"{seen.Verdict.ToUpperInvariant()} since {since}", seen.Why);
        ours.Facts("", $"it said last: {lines[verdict]["VERDICT ".Length..].Trim()}");
        return string.Join('\n', lines[..verdict]) + "\n" + ours + string.Join('\n', lines[(verdict + 1)..]);
    }

    static bool IsShut(string spool)
    {
        try
        {
            using var run = Folder.Open($"{spool}/run");
            return false;
        }
        catch (IOException e)
        {
            return (e.HResult & 0xffff) == Posix.Denied;
        }
    }

    static UsageException Forbidden(string spool) => new(
        $"{spool}/run may not be read by this user", "ask as root, or as the user that the service runs as")
    {
        ExitCode = FailureCode.KeyMissing.ExitCode,
    };
}
