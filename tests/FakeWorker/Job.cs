using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Decryptor.Protocol;

namespace Decryptor.FakeWorker;

/// <summary>One attempt, done as its source's name says.</summary>
sealed class Job(Session session, Assign assign)
{
    const int ManyQuestions = 1000;

    static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    public void Do()
    {
        session.Say(new Progress(assign.Attempt, 0, 0, 0));
        if (!Screen()) return;
        Do(Deed());
    }

    /// <summary>Whether the input may be opened. What <c>claims-HEX</c> claims is the hash that it has.</summary>
    bool Screen()
    {
        if (!assign.HashFirst && assign.Poison.Count == 0) return true;
        var deed = Deed();
        var hash = deed != "claims-unasked" && deed.StartsWith("claims-", StringComparison.Ordinal)
            ? Convert.FromHexString(deed[7..].PadLeft(2 * Frame.HashLength, '0'))
            : SHA256.HashData(Input());
        if (assign.HashFirst) session.Say(new Fingerprint(assign.Attempt, hash));
        if (!assign.Poison.Any(poison => poison.Span.SequenceEqual(hash))) return true;
        session.Say(Finished(0) with { Outcome = Outcome.Failed, Code = FailureCode.Poison.Name });
        return false;
    }

    void Do(string deed)
    {
        switch (deed)
        {
            case "claims-unasked": session.Say(new Fingerprint(assign.Attempt, new byte[Frame.HashLength])); break;
            case "ask": Ask(1); break;
            case "ask-many": Ask(ManyQuestions); break;
            case "ask-unheard": AskUnheard(); break;
            case "stalled": Beats(int.MaxValue, bytes: 0); break;
            case "spin": Spin(); break;
            case "slow": Beats(40, bytes: 1); break;
            case "flood":
                while (true) session.Say(new Progress(assign.Attempt, 1, 1, 1));
            case "slow-frame": Dribble(FrameWriter.Write(Finished(1))); break;
            case "two-results":
                var end = Deliver();
                session.Say(end);
                session.Say(end);
                return;
            case "stale-attempt": SpeakOfThePast(); break;
            case "no-report": session.Say(Finished(0)); return;
            case "no-reason": session.Say(Finished(0) with { Outcome = Outcome.Failed }); return;
            case "linked-report": LinkReport(); session.Say(Finished(0)); return;
            case "half-until-released":
                WriteText(Input().Length / 2);
                while (!File.Exists(assign.Input + ".release")) Beats(1, bytes: 1);
                break;
            case var half when half.StartsWith("half-then-", StringComparison.Ordinal):
                WriteText(Input().Length / 2);
                Misdeeds.Do(half[10..], session);
                break;
            case var prefix when prefix.StartsWith("prefix-", StringComparison.Ordinal): SayPrefix(prefix[7..]); break;
            case var asking when asking.StartsWith("asking-", StringComparison.Ordinal):
                session.Say(Question(1));
                Misdeeds.Do(asking[7..], session);
                break;
            default: Misdeeds.Do(deed, session); break;
        }

        session.Say(Deliver());
        if (deed.StartsWith("finished-", StringComparison.Ordinal)) Misdeeds.Do(deed[9..], session);
    }

    string Deed()
    {
        var name = Path.GetFileNameWithoutExtension(assign.Source);
        return name.Split('~') is [var deed, var times]
            ? assign.Attempt.Number <= int.Parse(times, CultureInfo.InvariantCulture) ? deed : "ok"
            : name;
    }

    void Ask(int times)
    {
        for (var question = 1; question <= times; question++)
        {
            session.Say(Question(question));
            while (session.Next() is not Keys keys || keys.Question != question) continue;
        }
    }

    void AskUnheard()
    {
        for (var question = 1; question <= ManyQuestions; question++) session.Say(Question(question));
        Thread.Sleep(Timeout.Infinite);
    }

    KeyRequest Question(int number) => new(assign.Attempt, number, "xlog", new byte[64]);

    void Beats(int count, long bytes)
    {
        for (var beat = 1; beat <= count; beat++)
        {
            session.Say(new Progress(assign.Attempt, beat * bytes, beat * bytes, 0));
            Thread.Sleep(Beat);
        }
    }

    void Spin()
    {
        var next = Stopwatch.StartNew();
        while (true)
        {
            if (next.Elapsed < Beat) continue;
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            session.Say(new Progress(assign.Attempt, 0, 0, (long)cpu.TotalMicroseconds));
            next.Restart();
        }
    }

    // Bytes without a frame are no sign of life.
    void Dribble(byte[] frame)
    {
        foreach (var one in frame)
        {
            session.SayBytes([one]);
            Thread.Sleep(TimeSpan.FromSeconds(1));
        }
    }

    void SpeakOfThePast()
    {
        var past = assign.Attempt with { Number = assign.Attempt.Number + 100 };
        session.Say(new Progress(past, 1, 1, 1));
        session.Say(Finished(1) with { Attempt = past });
    }

    void LinkReport()
    {
        Directory.CreateDirectory(assign.Output);
        File.CreateSymbolicLink(Path.Combine(assign.Output, Report.FileName), "/etc/hostname");
    }

    void SayPrefix(string length)
    {
        var frame = FrameWriter.Write(Deliver());
        session.SayBytes(frame.AsSpan(0, int.Parse(length, CultureInfo.InvariantCulture)));
        Libc.Exit(0);
    }

    Finished Deliver()
    {
        var text = Input();
        WriteText(text.Length);
        File.WriteAllBytes(Path.Combine(assign.Output, Report.FileName), Describe(text).ToJson());
        File.Delete(Path.Combine(assign.Output, OutputNames.List));
        return Finished(text.Length);
    }

    Finished Finished(long bytes) =>
        new(assign.Attempt, Outcome.Complete, "", "", "", bytes, bytes, new(1, 1, 0));

    byte[] Input() => File.Exists(assign.Input) ? File.ReadAllBytes(assign.Input) : "hello\n"u8.ToArray();

    /// <summary>Brings the text to that length, behind what is already there.</summary>
    void WriteText(int length)
    {
        Directory.CreateDirectory(assign.Output);
        File.WriteAllText(Path.Combine(assign.Output, OutputNames.List), "log.txt\n");
        using var text = new FileStream(Path.Combine(assign.Output, "log.txt"), FileMode.Append);
        text.Write(Input().AsSpan((int)text.Length, length - (int)text.Length));
    }

    Report Describe(byte[] text) => new()
    {
        Id = assign.Attempt.Job.ToString(CultureInfo.InvariantCulture),
        Source = assign.Source,
        Tenant = assign.Tenant.Length == 0 ? null : assign.Tenant,
        State = "Completed",
        Outcome = Report.Word(Outcome.Complete),
        Attempts = assign.Attempt.Number,
        Worker = assign.Attempt.Worker.ToString(),
        BytesIn = text.Length,
        BytesOut = text.Length,
        Files =
        [
            new()
            {
                Path = "log.txt",
                Source = assign.Source,
                Format = "fake",
                Bytes = text.Length,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(text)),
                Outcome = Report.Word(Outcome.Complete),
            },
        ],
    };
}
