using System.Globalization;
using System.Text;

namespace Decryptor.Samples;

/// <summary>
/// Invents the log of an app: lines with the head that the real logger writes. A seed gives the same log again.
/// </summary>
sealed class LogLines(Random random, DateTime begin)
{
    static readonly string[] Tags = ["Boot", "Net.Http", "Db.Store", "Ui.Chat", "Push", "Media.Codec", "Sync", "Auth"];
    static readonly string[] Files = ["boot.cc:41", "http_client.cc:318", "store.cc:77", "chat_view.mm:902",
        "push.cc:55", "codec.cc:204", "sync_job.cc:133", "token.cc:19"];
    static readonly string[] Functions = ["Start", "OnResponse", "Commit", "viewDidAppear:", "OnToken", "DecodeFrame",
        "Run", "Refresh"];

    DateTime _now = begin;
    int _count;

    /// <summary>What the logger writes when it opens.</summary>
    internal string SessionStart() => string.Create(CultureInfo.InvariantCulture,
        $"^^^^^^^^^^Nov 20 2026^^^18:02:11^^^^^^^^^^[7012,7012][{_now:yyyy-MM-dd} +1.0 {_now:HH:mm:ss}]\n"
        + $"get mmap time: 2\nMARS_BUILD: release\nlog appender mode:0, use mmap:1\n");

    internal string Next()
    {
        _now = _now.AddMilliseconds(random.Next(1, 180));
        var what = random.Next(Tags.Length);
        var thread = random.Next(4) == 0 ? "7012*" : (7012 + random.Next(1, 40)).ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"[{"IIIIDDWE"[random.Next(8)]}][{_now:yyyy-MM-dd} +1.0 {_now:HH:mm:ss.fff}][7012, {thread}]"
            + $"[{Tags[what]}][{Files[what]}, {Functions[what]}][{Body(what)}\n");
    }

    internal IEnumerable<byte[]> Take(int count) =>
        Enumerable.Range(0, count).Select(_ => Encoding.UTF8.GetBytes(Next()));

    string Body(int what) => (what, ++_count) switch
    {
        (0, var n) => FormattableString.Invariant(
            $"step {n} of start-up took {random.Next(2, 900)} ms, free memory {random.Next(80, 2000)} MB"),
        (1, _) => FormattableString.Invariant(
            $"GET /v3/messages?after={random.NextInt64():x} -> {Status()} in {random.Next(9, 4000)} ms"),
        (2, var n) => FormattableString.Invariant(
            $"committed {random.Next(1, 60)} rows, generation {n}, checksum {random.Next():x8}"),
        (3, _) => FormattableString.Invariant(
            $"opened the talk with user {random.Next(1000, 9999)}, größte Zeile {random.Next(20, 400)} Zeichen"),
        (4, _) => FormattableString.Invariant(
            $"token {random.NextInt64():x16} is valid for {random.Next(1, 86_400)} s"),
        (5, _) => FormattableString.Invariant(
            $"frame {random.Next(1_000_000)} late by {random.Next(1, 90)} ms, queue {random.Next(12)}"),
        (6, _) => FormattableString.Invariant($"同步完成 {random.Next(1, 400)} 条, cursor {random.Next():x8}"),
        _ => FormattableString.Invariant($"refresh in {random.Next(60, 3600)} s, attempt {random.Next(1, 4)}"),
    };

    int Status() => random.Next(20) == 0 ? 503 : 200;
}
