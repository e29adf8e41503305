using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// The hours of day, by the clock where entries were written, in which what is asked for may have been: a worker need
/// not open what says of itself that it was written in others.
/// </summary>
static class WantedHours
{
    public static HourSet Of(ReadingRequest request)
    {
        // What stands around an entry may be of another hour, and --follow compares texts as wholes.
        if (request.Follow || request.Limits.Context > 0) return HourSet.All;
        var (since, until) = request.Filter.Window;
        return OfTimes(since, until).And(OfDates(since, until));
    }

    static HourSet OfTimes(TimeBound? since, TimeBound? until) => HourSet.Between(
        since is { Kind: TimeBoundKind.TimeOfDay } from ? HourOf(from.Ticks) : 0,
        until is { Kind: TimeBoundKind.TimeOfDay } to ? HourOf(to.End - 1) : HourSet.Day - 1);

    // From the last hour of a day to the same of the next is every hour.
    static HourSet OfDates(TimeBound? since, TimeBound? until) =>
        since is { Kind: TimeBoundKind.Wall } from && until is { Kind: TimeBoundKind.Wall } to
        && to.End - from.Ticks < TimeSpan.TicksPerDay - TimeSpan.TicksPerHour
            ? HourSet.Between(HourOf(from.Ticks), HourOf(to.End - 1)) : HourSet.All;

    static int HourOf(long ticks) => (int)(ticks / TimeSpan.TicksPerHour % HourSet.Day);
}
