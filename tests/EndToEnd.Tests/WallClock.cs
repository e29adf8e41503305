using System.Globalization;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// A wall clock that a test can step for one process and its children: a library, loaded in front of libc, adds what a
/// file says to the time of day, and leaves the monotonic clock alone. Ignores the test where there is no C compiler.
/// </summary>
sealed class WallClock
{
    const string Source = """
        #define _GNU_SOURCE
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        static long offset(void) {
            FILE *f = fopen(getenv("TEST_CLOCK"), "r");
            long seconds = 0;
            if (f) { if (fscanf(f, "%ld", &seconds) != 1) seconds = 0; fclose(f); }
            return seconds;
        }
        int clock_gettime(clockid_t clock, struct timespec *at) {
            long r = syscall(SYS_clock_gettime, clock, at);
            if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += offset();
            return (int)r;
        }
        int gettimeofday(struct timeval *at, void *zone) {
            long r = syscall(SYS_gettimeofday, at, zone);
            if (r == 0 && at) at->tv_sec += offset();
            return (int)r;
        }
        time_t time(time_t *at) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (at) *at = now.tv_sec;
            return now.tv_sec;
        }
        """;

    readonly string _offset;

    public WallClock(Scratch scratch)
    {
        _offset = scratch["clock"];
        var (source, library) = (scratch["clock.c"], scratch["clock.so"]);
        File.WriteAllText(source, Source);
        Step(0);
        var built = Shell.Run("cc -shared -fPIC -O1 -o \"$2\" \"$1\"", source, library);
        if (built.ExitCode != 0) Assert.Ignore($"no C compiler here: {built.Stderr.Trim()}");
        Environment = new() { ["LD_PRELOAD"] = library, ["TEST_CLOCK"] = _offset };
    }

    /// <summary>What a process must be started with.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The wall clock is now so far from the true time.</summary>
    public void Step(int seconds) =>
        File.WriteAllText(_offset, seconds.ToString(CultureInfo.InvariantCulture));
}
