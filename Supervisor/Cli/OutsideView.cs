using System.Text.Json.Nodes;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>What a service cannot say of itself: that it is dead, or stands still as a whole.</summary>
/// <param name="Verdict"><c>dead</c> or <c>wedged</c>.</param>
/// <param name="Since">When it was heard of last.</param>
/// <param name="Why">What is seen of it.</param>
sealed record OutsideView(string Verdict, DateTimeOffset Since, string Why)
{
    /// <summary>Whether it is dead because somebody has stopped it.</summary>
    public bool IsInOrder { get; init; }

    /// <summary>Null for one that lives and writes its own status.</summary>
    public static OutsideView? Of(string spool, string path, JsonObject page)
    {
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
        if (SpoolHolder.Of(spool) is not { } pid)
            return new("dead", written, HowItEnded(page)) { IsInOrder = WasStopped(page) };
        var state = StateOf(pid);
        if (state is 'T' or 't')
            return new("wedged", written, $"process {pid} is stopped, as by SIGSTOP; kill -CONT {pid} wakes it");
        return DateTimeOffset.UtcNow - written > StatusVerdict.SilenceMax
            ? new("wedged", written, $"process {pid} lives, in state {state}, and writes no status")
            : null;
    }

    static string HowItEnded(JsonObject page) =>
        WasStopped(page) ? "it was stopped, and ended in order"
        : (string?)page["trigger"] == "stopped" ? "it ended by itself; its log says why"
        : "it was killed, or crashed; the next start recovers";

    static bool WasStopped(JsonObject page) =>
        ((string?)page["trigger"], (string?)page["verdict"]) is ("stopped", "stopping");

    static char StateOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            // It has ended since we looked; whoever asks again is told.
            return '?';
        }
    }
}
