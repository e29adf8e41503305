using System.Diagnostics;

namespace Decryptor.Supervisor;

/// <summary>
/// One axis of time: UTC read once, plus what the monotonic clock has counted since. It never jumps, and can be stored;
/// the price is that a step of the wall clock is seen only at the next start.
/// </summary>
sealed class Clock
{
    readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    readonly long _stamp = Stopwatch.GetTimestamp();

    public DateTimeOffset Now => _start + Stopwatch.GetElapsedTime(_stamp);
}
