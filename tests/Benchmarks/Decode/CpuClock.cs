using System.Runtime.InteropServices;

namespace Decryptor.Benchmarks.Decode;

/// <summary>Processor time in seconds, user and system, as the kernel's scheduler counts it.</summary>
static partial class CpuClock
{
    const int OwnProcess = 2;
    const int OfChildren = -1;

    /// <summary>All that this process has spent, every thread of it.</summary>
    public static double Own => Read(OwnProcess);

    /// <summary>All that the programs have spent that this process started and that have ended since.</summary>
    public static double Children => Usage(OfChildren, out var usage) == 0
        ? usage.UserSeconds + usage.SystemSeconds + (usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6
        : throw new InvalidOperationException("the children's time cannot be read");

    /// <summary>All that another process has spent, as long as it lives.</summary>
    /// <exception cref="InvalidOperationException">There is no such process.</exception>
    public static double Of(int process) =>
        Clock(process, out var clock) == 0 ? Read(clock)
            : throw new InvalidOperationException($"process {process} has no clock");

    static double Read(int clock) =>
        Time(clock, out var now) == 0 ? now.Seconds + now.Nanoseconds / 1e9
            : throw new InvalidOperationException($"clock {clock} cannot be read");

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int Clock(int process, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Time(int clock, out Moment now);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int Usage(int whose, out Rusage usage);

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    readonly struct Rusage
    {
        internal readonly long UserSeconds;
        internal readonly long UserMicroseconds;
        internal readonly long SystemSeconds;
        internal readonly long SystemMicroseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    readonly struct Moment
    {
        internal readonly long Seconds;
        internal readonly long Nanoseconds;
    }
}
