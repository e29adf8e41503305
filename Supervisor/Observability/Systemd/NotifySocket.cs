using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace Decryptor.Supervisor.Observability.Systemd;

/// <summary>
/// What systemd is told of the service (sd_notify(3)). Where it did not ask, and where it does not listen, nothing
/// happens: no job waits for it.
/// </summary>
sealed class NotifySocket
{
    readonly Action<string> _notify;

    /// <param name="notify">Sends lines of the form <c>NAME=value</c>.</param>
    public NotifySocket(Action<string> notify) => _notify = notify;

    /// <summary>The one that has started us; null for none.</summary>
    public static NotifySocket? OfEnvironment()
    {
        var notifier = new SystemdNotifier();
        return notifier.IsEnabled ? new(text => notifier.Notify(new(text))) : null;
    }

    /// <summary>Started, or done with reloading.</summary>
    public void Ready() => Tell("READY=1");

    /// <summary>Settings and keys are being read anew; <see cref="Ready"/> ends it.</summary>
    public void Reloading()
    {
        // systemd compares it with its own clock, which the stopwatch reads too.
        var microseconds = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds;
        Tell(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// <summary>A stop was asked for; it may take so much longer than the unit allows.</summary>
    public void Stopping(TimeSpan left) => Tell(string.Create(
        CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={(long)left.TotalMicroseconds}"));

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string line) => Tell($"STATUS={line}");

    /// <summary>The loop turns.</summary>
    public void Alive() => Tell("WATCHDOG=1");

    void Tell(string text)
    {
        try
        {
            _notify(text);
        }
        catch (SocketException)
        {
            // It is being restarted itself, or its queue is full. What counts is said again within a second.
            return;
        }
    }
}
