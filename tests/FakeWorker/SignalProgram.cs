using System.Diagnostics;
using System.Globalization;
using Decryptor.Supervisor.Intake;

namespace Decryptor.FakeWorker;

/// <summary>
/// A supervisor with nothing but its ears: starves its thread pool, starts three children that do what signals by
/// default do, and prints each signal that it hears. It leaves when its own input ends, and so do the children.
/// </summary>
static class SignalProgram
{
    const int Children = 3;

    public static int Run()
    {
        SignalListener.BlockAndReexec();
        var output = Console.Out;
        SignalListener.Start(heard =>
            output.WriteLine($"heard {heard.Signal} from {heard.SenderPid} of {heard.SenderUser}"));
        StarvePool();
        var children = Enumerable.Range(0, Children).Select(_ => StartChild()).ToList();
        var pids = children.Select(child => child.Id.ToString(CultureInfo.InvariantCulture));
        output.WriteLine($"ready {Environment.ProcessId} {string.Join(' ', pids)}");
        Console.In.ReadToEnd();
        foreach (var child in children) child.Kill();
        return 0;
    }

    static Process StartChild() => Process.Start(new ProcessStartInfo("/bin/sleep", "60"))!;

    static void StarvePool()
    {
        for (var i = 0; i < 4 * ThreadPool.ThreadCount + 256; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.Sleep(Timeout.Infinite), null);
    }
}
