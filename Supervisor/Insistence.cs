using System.Diagnostics;
using System.Globalization;
using Decryptor.Supervisor.Storage;
using Serilog;

namespace Decryptor.Supervisor;

/// <summary>What the world refuses at this moment, and what would end that.</summary>
/// <param name="Since">When it was refused first.</param>
/// <param name="Text">What was refused, and why, as it was told last.</param>
/// <param name="Hint">What to do about it.</param>
/// <param name="Tries">How many times it was tried.</param>
sealed record Refusal(DateTimeOffset Since, string Text, string Hint, int Tries)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"the turn is tried again since {Since:HH:mm:ss}Z, {Tries} times so far: {Text} ({Hint})");
}

/// <summary>
/// Does a step that the world may refuse for a while (a full disk, one that is read-only, too many open files, a ledger
/// that is held) again and again, with growing pauses, until it is done. It lets the refusal through when it is of
/// another kind, when a stop is asked for, and after an hour.
/// </summary>
/// <param name="clock">Dates the refusal.</param>
/// <param name="stopAsked">Whether somebody wants the service to end.</param>
/// <param name="log">Told once that it is refused, and once that it is over.</param>
/// <param name="longest">For how long it is tried; an hour unless told.</param>
sealed class Insistence(Clock clock, Func<bool> stopAsked, ILogger log, TimeSpan? longest = null)
{
    static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan _slice = TimeSpan.FromMilliseconds(20);

    readonly TimeSpan _longest = longest ?? TimeSpan.FromHours(1);
    volatile Refusal? _trouble;

    /// <summary>What is refused at this moment; null for nothing. Any thread may look.</summary>
    public Refusal? Trouble => _trouble;

    /// <summary>Does the step, as often as it takes.</summary>
    public T Until<T>(Func<T> step)
    {
        var pause = _firstPause;
        while (true)
        {
            try
            {
                var result = step();
                End();
                return result;
            }
            catch (Exception e) when (DiskTrouble.MayPass(e) && Endure(e))
            {
                Wait(pause);
                pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
            }
        }
    }

    bool Endure(Exception refusal)
    {
        var first = _trouble is null;
        _trouble = new(
            _trouble?.Since ?? clock.Now, refusal.Message, DiskTrouble.Cure(refusal), (_trouble?.Tries ?? 0) + 1);
        if (stopAsked() || clock.Now - _trouble.Since >= _longest) return false;
        if (first)
            log.Warning(
                "refused, and tried again until it is over: {What:l}; {Hint:l}", _trouble.Text, _trouble.Hint);
        return true;
    }

    void End()
    {
        if (_trouble is not { } over) return;
        _trouble = null;
        log.Warning(
            "it goes on after {Seconds:0.0} s and {Tries} refusals: {What:l}",
            (clock.Now - over.Since).TotalSeconds, over.Tries, over.Text);
    }

    // In slices, so that a stop is heard; it cannot be awaited, since the loop that would be told stands here.
    void Wait(TimeSpan pause)
    {
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < pause && !stopAsked()) Thread.Sleep(_slice);
    }
}
