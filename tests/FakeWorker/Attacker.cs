using System.Globalization;
using System.Runtime.InteropServices;
using Decryptor.Worker;

namespace Decryptor.FakeWorker;

/// <summary>
/// What an upload that has taken a worker over might try. Confines itself as a worker does, by the same code, and then
/// tries what standard input says, a deed a line; each is tried on the main thread and on one of the pool, and answered
/// by a line with both results, 0 or the system's error: <c>open /etc/passwd 0 = 13 13</c>.
/// </summary>
static partial class Attacker
{
    const int AllocatedBytes = 64 << 20;

    public static int Run(string folder)
    {
        var runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        var paths = new ConfinementPaths(folder).AndFolder(runtime).AndFolder(AppContext.BaseDirectory);
        Console.WriteLine(Confinement.Enter(paths));
        while (Console.ReadLine() is { } deed)
        {
            var words = deed.Split(' ');
            var elsewhere = Task.Run(() => Try(words)).GetAwaiter().GetResult();
            Console.WriteLine($"{deed} = {Try(words)} {elsewhere}");
        }

        return 0;
    }

    static int Try(string[] deed)
    {
        var result = deed switch
        {
            ["open", var path, var flags] => Open(path, Number(flags), 0x180),
            ["mkdir", var path] => MakeFolder(path, 0x1C0),
            ["rename", var from, var to] => Rename(from, to),
            ["remove", var path] => Remove(path),
            ["fifo", var path] => MakeFifo(path, 0x180),
            ["call", var number, ..] => Call(Number(number), deed[2..]),
            ["work"] => Work(),
            _ => throw new ArgumentException($"no deed: {deed[0]}"),
        };
        return result < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    static nint Call(int number, string[] arguments)
    {
        var all = new nint[5];
        for (var i = 0; i < arguments.Length; i++) all[i] = Number(arguments[i]);
        return SystemCall(number, all[0], all[1], all[2], all[3], all[4]);
    }

    // What decoding does need: memory, threads, a timer, a collection that stops all threads.
    static int Work()
    {
        using var fired = new ManualResetEventSlim();
        using var timer = new Timer(_ => fired.Set(), null, 1, Timeout.Infinite);
        var memory = new byte[AllocatedBytes];
        Parallel.For(0, 8, i => memory.AsSpan(i * (AllocatedBytes / 8), AllocatedBytes / 8).Fill((byte)i));
        GC.Collect();
        fired.Wait();
        return memory[^1] == 7 ? 0 : -1;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolder(string path, int mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Remove(string path);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, int mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e);
}
