using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Xlog;
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
sealed class Unpacker(Assign assign, AskRing ask)
{
    readonly long _began = Stopwatch.GetTimestamp();
    Findings _findings = new("unknown");
    long _size;

    /// <summary>What the attempt has spent.</summary>
    internal Budget Budget { get; } = new(assign.Limits);

    internal Finished Run()
    {
        try
        {
            var folder = AttemptFolder.Create(assign.Output);
            using var text = folder.Text(assign.Source);
            var (verdict, file) = Settle(text, Decode(text));
            folder.Finish(Report(verdict, file));
            return Finished(verdict);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Even the report has no room: the supervisor writes one from what this says.
            return Finished(Verdict.Of(Faults.Writing(AsIo(e))));
        }
    }

    Verdict Decode(TextFile text)
    {
        try
        {
            using var input = InputFile.Open(assign.Input, Budget);
            _size = input.Length;
            using var lookahead = new Lookahead(input);
            return Decode(lookahead, text);
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

    /// <summary>
    /// First bytes decide only where they prove a format. Text is believed when its first stretch has no byte that text
    /// has not; every xlog block has such bytes. All else is searched for blocks.
    /// </summary>
    Verdict Decode(Lookahead input, TextFile text)
    {
        var first = input.Peek(PlainText.Stretch);
        if (first.IsEmpty) throw Faults.Empty();
        if (KnownFormats.Foreign(first) is { } foreign) throw Faults.Unsupported(foreign);
        var begin = first[..Math.Min(16, first.Length)].ToArray();
        if (PlainText.Looks(first)) return CopyText(input, text, judgedOn: first.Length);

        _findings = new("xlog");
        using var xlog = new XlogDecoder(input, SinkInto(text), Question(text), _findings);
        if (xlog.Run() is { } verdict) return verdict;
        _findings = new("unknown");
        return xlog.OnlyZeros ? NothingPending() : throw Faults.UnknownFormat(_size, begin);
    }

    Verdict CopyText(Lookahead input, TextFile text, int judgedOn)
    {
        _findings = new("text");
        if (_size > judgedOn)
            _findings.Warn($"taken for plain text by its first {judgedOn} bytes; passed on unchanged");
        return PlainText.Copy(input, SinkInto(text));
    }

    Verdict NothingPending()
    {
        if (!assign.Source.Contains(".mmap", StringComparison.OrdinalIgnoreCase)) throw Faults.OnlyZeros(_size);
        _findings = new("xlog");
        _findings.Warn("the buffer file is empty: nothing was waiting to be written");
        return Verdict.Complete;
    }

    TextSink SinkInto(TextFile text) => some =>
    {
        Budget.Text(some.Length);
        text.Write(some);
        _findings.Delivered += some.Length;
        if (Budget.FlushAsked()) text.Flush();
    };

    KeySource Question(TextFile text) => (format, header) =>
    {
        var question = Budget.Question();
        if (question == 0) return null;
        text.Flush();
        return ask(question, format, header);
    };

    /// <summary>Seals the text or removes it. A full disk gets the room of the partial text back.</summary>
    (Verdict Verdict, ReportedFile File) Settle(TextFile text, Verdict verdict)
    {
        string? sum = null;
        try
        {
            var worthIt = Budget.BytesOut > 0 || verdict.Outcome != Outcome.Failed;
            if (worthIt && verdict.Code != FailureCode.DiskFull) sum = text.Seal();
        }
        catch (IOException e)
        {
            verdict = Verdict.Of(Faults.Writing(e));
        }

        if (sum is null)
        {
            text.Remove();
            Budget.TakeBackText();
        }

        return (verdict, File(text, sum, verdict));
    }

    ReportedFile File(TextFile text, string? sum, Verdict verdict) => new()
    {
        Path = sum is null ? null : text.Name,
        Source = assign.Source,
        Format = _findings.Format,
        Key = _findings.Keys,
        Bytes = sum is null ? 0 : text.Written,
        Sha256 = sum,
        Outcome = Protocol.Report.Word(verdict.Outcome),
        Code = verdict.Code?.Name,
        Blocks = _findings.Blocks is { } blocks ? new(blocks.Total, blocks.Ok, blocks.Bad) : null,
        Gaps = _findings.Gaps,
        Warnings = _findings.Warnings,
    };

    Report Report(Verdict verdict, ReportedFile file) => new()
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
        BytesOut = file.Bytes,
        Seconds = Math.Round(Stopwatch.GetElapsedTime(_began).TotalSeconds, 3),
        Files = [file],
    };

    Finished Finished(Verdict verdict) => new(
        assign.Attempt, verdict.Outcome, verdict.Code?.Name ?? "", Frame.Fit(verdict.Message), Frame.Fit(verdict.Hint),
        _size, Budget.BytesOut, _findings.Blocks ?? default);

    static IOException AsIo(Exception e) => e as IOException ?? new IOException(e.Message, e);
}
