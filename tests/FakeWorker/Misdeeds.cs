using System.Diagnostics;
using System.Globalization;

namespace Decryptor.FakeWorker;

/// <summary>What a worker can do wrong at any time. Most end it; after the others it goes on.</summary>
static class Misdeeds
{
    const int FloodBytes = 16 << 20;

    public static void Do(string deed, Session session)
    {
        switch (deed)
        {
            case "crash-native": Libc.Fill(0, 1, 1); break;
            case "failfast": Environment.FailFast("told to"); break;
            case "exit0": Libc.Exit(0); break;
            case "exit3": Libc.Exit(3); break;
            case "kill-self": _ = Libc.Kill(Environment.ProcessId, Libc.SigKill); break;
            case "stop-self": _ = Libc.Kill(Environment.ProcessId, Libc.SigStop); break;
            case "close-stdout": CloseOutput(); Hang(); break;
            case "garbage": session.SayBytes("Unhandled exception. System"u8); Hang(); break;
            case "huge-length": session.SayBytes([0xFF, 0xFF, 0xFF, 0xFF]); Hang(); break;
            case "half-frame": session.SayBytes([0, 0, 0, 9, 0x95, 1]); CloseOutput(); Hang(); break;
            case "silent" or "frozen": Hang(); break;
            case "unread": session.Reads = false; Hang(); break;
            case "stay": session.Stays = true; break;
            case "stderr-flood": Flood(); break;
            case "babble": Babble(session); break;
            case var flood when flood.StartsWith("stderr-", StringComparison.Ordinal):
                FloodStderr(int.Parse(flood[7..], CultureInfo.InvariantCulture));
                break;
            case var fuzz when fuzz.StartsWith("fuzz-", StringComparison.Ordinal):
                var seed = int.Parse(fuzz[5..], CultureInfo.InvariantCulture);
                session.SayBytes(HostileFrames.Batch(seed, session.Worker).Bytes);
                Hang();
                break;
            case "fork-holder": LeaveHolder("4"); break;
            case "fork-sleeper": LeaveHolder($"60.{Environment.ProcessId}"); break;
            case "wrong-version": session.Hello = session.Hello with { ProtocolVersion = 99 }; break;
            case "wrong-name": session.Hello = session.Hello with { Worker = new(9, 999) }; break;
        }
    }

    static void Hang() => Thread.Sleep(Timeout.Infinite);

    // The runtime keeps a duplicate of its own, and the reader sees an end only when every one is closed.
    static void CloseOutput()
    {
        var output = new FileInfo("/proc/self/fd/1").LinkTarget;
        foreach (var entry in Directory.GetFileSystemEntries("/proc/self/fd"))
            if (new FileInfo(entry).LinkTarget == output)
                _ = Libc.Close(int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture));
    }

    static void Flood()
    {
        using var stderr = Console.OpenStandardError();
        var line = "the same complaint, over and over again\n"u8.ToArray();
        for (var written = 0; written < FloodBytes; written += line.Length) stderr.Write(line);
        stderr.Write("the last word\n"u8);
    }

    static void FloodStderr(int mebibytes)
    {
        using var stderr = Console.OpenStandardError();
        var line = new byte[64 * 1024];
        line.AsSpan().Fill((byte)'x');
        for (var written = 0L; written < (long)mebibytes << 20; written += line.Length) stderr.Write(line);
        stderr.Write("the last word\n"u8);
    }

    static void Babble(Session session)
    {
        var noise = new byte[32 * 1024];
        Random.Shared.NextBytes(noise);
        while (true) session.SayBytes(noise);
    }

    // It inherits all three pipes, as any careless library's child would.
    static void LeaveHolder(string seconds)
    {
        using var holder = Process.Start("/bin/sleep", seconds);
        Libc.Exit(0);
    }
}
