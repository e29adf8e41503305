using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor status --spool DIR</c>: the page that the service keeps there, read without talking to it, so that it
/// can be read while the service is wedged, stopped or dead. Of one that cannot say so itself, the verdict is ours.
/// </summary>
static class StatusCommand
{
    static readonly JsonSerializerOptions _readable = new() { WriteIndented = true };

    public static Command Build(SharedOptions shared)
    {
        var command = new Command("status", "show what a service is doing") { shared.Spool, shared.Json };
        command.SetAction(parsed => Show(parsed.GetValue(shared.Spool)!, parsed.GetValue(shared.Json)));
        return command;
    }

    static int Show(string spool, bool json)
    {
        var (text, machine) = ($"{spool}/run/status.txt", $"{spool}/run/status.json");
        if (!File.Exists(text) || !File.Exists(machine))
            return Missing($"no service has ever run on {spool}", "decryptor serve --spool DIR starts one");
        var page = (JsonObject)JsonNode.Parse(File.ReadAllBytes(machine))!;
        var seen = OutsideView.Of(spool, text, page);
        var shown = json ? InJson(page, seen) : InText(File.ReadAllText(text), seen);
        using (var stdout = new StandardStream(1)) stdout.Write(Encoding.UTF8.GetBytes(shown));
        return seen is { Verdict: "dead" }
            ? Missing($"no service runs on {spool}; this is what the last one left", "")
            : 0;
    }

    static string InJson(JsonObject page, OutsideView? seen)
    {
        if (seen is not null)
        {
            page["saidLast"] = page["verdict"]?.DeepClone();
            page["verdict"] = seen.Verdict;
            page["silentSince"] = seen.Since;
            page["reasons"] = new JsonArray([seen.Why, .. page["reasons"]!.AsArray().Select(why => why?.DeepClone())]);
        }

        page.Insert(0, "type", "status");
        return page.ToJsonString(_readable) + "\n";
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

    static int Missing(string message, string hint) =>
        Talk.Error(message, hint, FailureCode.NotRunning.ExitCode);
}
