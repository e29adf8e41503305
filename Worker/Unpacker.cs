using System.Diagnostics;
using System.Security.Cryptography;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Output;

namespace Decryptor.Worker;

/// <summary>
/// How a question reaches the key ring: its number, the format that asks and the header bytes it needs.
/// </summary>
delegate Keys AskRing(int question, string format, ReadOnlyMemory<byte> header);

/// <summary>
/// One attempt from the input to the synced report. Whatever the upload or the disk does wrong is in the
/// <see cref="Finished"/> that comes back; only a mistake of our own comes out as an exception.
/// </summary>
sealed class Unpacker(Assign assign, AskRing ask, Action<Fingerprint>? tell = null)
{
    readonly long _began = Stopwatch.GetTimestamp();
    readonly Dictionary<(string Format, string Header), Keys> _answers = [];
    readonly Lock _asking = new();
    Descent? _descent;
    long _size;

    /// <summary>What the attempt has spent.</summary>
    internal Budget Budget { get; } = new(assign.Limits);

    /// <summary>Members of a package that were gone into before their turn.</summary>
    internal int Ahead => _descent?.Ahead ?? 0;

    internal Finished Run()
    {
        try
        {
            Screen();
            var folder = AttemptFolder.Create(assign.Output, assign.Durable);
            var verdict = Descend(folder);
            folder.Finish(Report(verdict));
            return Finished(verdict);
        }
        catch (Refusal unopened)
        {
            // Nothing of it was interpreted, so there is nothing to report but that.
            return Finished(Verdict.Of(unopened));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Even the report has no room: the supervisor writes one from what this says.
            return Finished(Verdict.Of(Faults.Writing(AsIo(e))));
        }
    }

    // What an input's bytes are is known before any of them is trusted to a format. It takes as long as it takes, and
    // the bytes that go by are the sign that it goes on.
    void Screen()
    {
        if (!assign.HashFirst && assign.Poison.Count == 0) return;
        using var input = InputFile.Open(assign.Input, Budget);
        _size = input.Length;
        var hash = Budget.Untimed(input.Hash);
        Budget.ReadAgain();
        if (assign.HashFirst) tell?.Invoke(new(assign.Attempt, hash));
        if (assign.Poison.Any(poison => poison.Span.SequenceEqual(hash))) throw Faults.Poison();
    }

    Verdict Descend(AttemptFolder folder)
    {
        try
        {
            using var input = InputFile.Open(assign.Input, Budget);
            _size = input.Length;
            var resources = new Resources(Budget, assign.Limits, Key, assign.Output, input.Whole())
            {
                KeysAhead = KeyAhead,
                Wanted = assign.Hours,
            };
            using var descent = new Descent(resources, folder, input);
            _descent = descent;
            return descent.Into(assign.Source);
        }
        catch (Refusal refusal)
        {
            return Verdict.Of(refusal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Verdict.Of(Faults.Writing(AsIo(e)));
        }
    }

    // The clock stands still while the ring is asked: that is not our time.
    Keys? Key(string format, ReadOnlyMemory<byte> header)
    {
        _descent?.Flush();
        lock (_asking)
            return Asked(format, header, () => Budget.Question() is > 0 and var question
                ? Budget.Untimed(() => ask(question, format, header)) : null);
    }

    // Only the first half of the questions may be asked ahead of their turn: then no file goes without the answer that
    // it would have had otherwise.
    Keys? KeyAhead(string format, ReadOnlyMemory<byte> header)
    {
        lock (_asking)
            return Asked(format, header, () => Budget.Questions < assign.Limits.Questions / 2
                ? ask(Budget.Question(), format, header) : null);
    }

    // What was answered is not asked again, and a secret that has to travel travels once.
    Keys? Asked(string format, ReadOnlyMemory<byte> header, Func<Keys?> ring)
    {
        var question = (format, Convert.ToHexString(SHA256.HashData(header.Span)));
        if (_answers.TryGetValue(question, out var known)) return known;
        var answer = ring();
        if (answer is not null) _answers[question] = answer;
        return answer;
    }

    Report Report(Verdict verdict) => new()
    {
        Id = assign.Attempt.Job.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Source = assign.Source,
        Tenant = assign.Tenant.Length == 0 ? null : assign.Tenant,
        State = verdict.Outcome == Outcome.Failed ? "Failed" : "Completed",
        Outcome = Protocol.Report.Word(verdict.Outcome),
        Code = verdict.Code?.Name,
        Message = verdict.Message.Length == 0 ? null : verdict.Message,
        Hint = verdict.Hint.Length == 0 ? null : verdict.Hint,
        Attempts = assign.Attempt.Number,
        Worker = assign.Attempt.Worker.ToString(),
        BytesIn = _size,
        BytesOut = Budget.BytesOut,
        Seconds = Math.Round(Stopwatch.GetElapsedTime(_began).TotalSeconds, 3),
        Files = _descent?.Files is { Count: > 0 } files ? files : [Conclusion.Unopened(assign.Source, verdict)],
    };

    Finished Finished(Verdict verdict) => new(
        assign.Attempt, verdict.Outcome, verdict.Code?.Name ?? "", Frame.Fit(verdict.Message), Frame.Fit(verdict.Hint),
        _size, Budget.BytesOut, _descent?.Blocks ?? default);

    static IOException AsIo(Exception e) => e as IOException ?? new IOException(e.Message, e);
}
