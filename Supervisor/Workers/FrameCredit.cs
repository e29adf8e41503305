namespace Decryptor.Supervisor.Workers;

/// <summary>
/// How many frames a worker may still send: so many at once, some more with each second, and some for each message that
/// it was sent. An honest one never comes near the end of it, also when we have not read for a while, for all that fits
/// a pipe is covered; one that does nothing but talk would have the event loop to itself.
/// </summary>
sealed class FrameCredit(TimeProvider? clock = null)
{
    public const int Most = 4096;
    public const int PerSecond = 32;
    public const int PerOrder = 8;

    readonly TimeProvider _clock = clock ?? TimeProvider.System;
    readonly Lock _gate = new();
    double _left = Most;
    long _countedAt = (clock ?? TimeProvider.System).GetTimestamp();

    /// <summary>The worker was sent a message.</summary>
    public void Earn()
    {
        lock (_gate) _left = Math.Min(Most, _left + PerOrder);
    }

    /// <summary>A frame has come. False when it is one too many.</summary>
    public bool Spend()
    {
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            _left = Math.Min(Most, _left + _clock.GetElapsedTime(_countedAt, now).TotalSeconds * PerSecond);
            _countedAt = now;
            if (_left < 1) return false;
            _left--;
            return true;
        }
    }
}
