using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Intake;

/// <summary>What an operator may send.</summary>
enum Signal
{
    Hup = 1,
    Int = 2,
    Usr1 = 10,
    Usr2 = 12,
    Term = 15,
    Ttin = 21,
    Ttou = 22,
}

/// <summary>A signal, and who sent it; both numbers are 0 when the kernel did, as for Ctrl+C.</summary>
readonly record struct ReceivedSignal(Signal Signal, int SenderPid, uint SenderUser);

/// <summary>
/// Takes the operator's signals on one thread that does nothing else, so that they are heard when the thread pool is
/// starved. For that they are blocked in every thread. Workers inherit the mask, and with it their immunity against a
/// signal to the whole group; they leave only at the end of their input or by SIGKILL. (They inherit something else:
/// the runtime ignores SIGPIPE, so for them too a closed pipe is an error of the write and no death.)
/// </summary>
static unsafe class SignalListener
{
    // Names the process that has begun itself anew; exec keeps the number, and a child has another.
    const string Marker = "DECRYPTOR_SIGNALS_BLOCKED_BY";

    /// <summary>
    /// The first call of Main. A thread's mask is that of the thread that made it, and the runtime has made some before
    /// Main; so this blocks the signals and begins the program anew in the same process, once.
    /// </summary>
    /// <exception cref="Win32Exception">The mask cannot be set, or the program cannot be begun again.</exception>
    /// <exception cref="InvalidOperationException">
    /// The signals are not blocked although we are the second life.
    /// </exception>
    public static void BlockAndReexec()
    {
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var isSecondLife = Environment.GetEnvironmentVariable(Marker) == self;
        Environment.SetEnvironmentVariable(Marker, null);
        if (AllBlocked()) return;
        if (isSecondLife) throw new InvalidOperationException("the signals do not stay blocked through exec");
        var set = Wanted();
        LibcSignals.Check(LibcSignals.SetMask(LibcSignals.Block, &set, null), "pthread_sigmask");
        LibcSignals.Check(LibcSignals.SetEnv(Marker, self, 1), "setenv");
        Exec();
    }

    /// <summary>Hands every signal to <paramref name="heard"/>, in turn, on a thread of its own, for ever.</summary>
    public static void Start(Action<ReceivedSignal> heard)
    {
        // The process may end while this waits: it holds nothing.
        new Thread(() => Listen(heard)) { IsBackground = true, Name = "signals" }.Start();
    }

    static void Listen(Action<ReceivedSignal> heard)
    {
        var set = Wanted();
        while (true)
        {
            LibcSignals.Origin origin;
            // Interrupted by a debugger, or by being stopped and continued: nothing was taken, so wait again.
            if (LibcSignals.WaitFor(&set, &origin) < 0) continue;
            heard(new((Signal)origin.Signal, origin.SenderPid, origin.SenderUser));
        }
    }

    static bool AllBlocked()
    {
        LibcSignals.Set blocked;
        LibcSignals.Check(LibcSignals.SetMask(LibcSignals.Block, null, &blocked), "pthread_sigmask");
        foreach (var signal in Enum.GetValues<Signal>())
            if (LibcSignals.IsMember(&blocked, (int)signal) == 0) return false;
        return true;
    }

    static LibcSignals.Set Wanted()
    {
        LibcSignals.Set set;
        LibcSignals.Empty(&set);
        foreach (var signal in Enum.GetValues<Signal>()) LibcSignals.Add(&set, (int)signal);
        return set;
    }

    // The arguments as the kernel has them: they fit a native program, and one that dotnet runs.
    static void Exec()
    {
        var line = File.ReadAllBytes("/proc/self/cmdline");
        var arguments = new byte*[line.AsSpan().Count((byte)0) + 1];
        fixed (byte* first = line)
        fixed (byte** all = arguments)
        {
            var next = first;
            for (var i = 0; i < arguments.Length - 1; i++)
            {
                arguments[i] = next;
                next += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(next).Length + 1;
            }

            StandardStreams.FillBeforeExec();
            LibcSignals.Exec("/proc/self/exe", all);
        }

        throw new Win32Exception(Marshal.GetLastPInvokeError(), "execv");
    }
}
