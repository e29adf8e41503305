using System.Globalization;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Keys;
using Decryptor.Worker;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Logan;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Benchmarks;

/// <summary>
/// How much of damaged files comes back: bytes of whole lines that stand in the intact text, beside what others had,
/// and the lines that do not stand there. Where the intact text is not known, all lines are taken for intact.
/// </summary>
sealed class DamageBench : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("decryptor-bench-").FullName;
    readonly bool _verbose;
    readonly KeyRing _ring;

    DamageBench(string corpus, bool verbose)
    {
        _verbose = verbose;
        using var xlog = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(corpus, "xlog/keys.json")));
        using var logan = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(corpus, "logan/keys.json")));
        var app = logan.RootElement.GetProperty("logan-default");
        WriteKey("main", $"xlog {xlog.RootElement.GetProperty("A").GetProperty("private_hex").GetString()}");
        WriteKey("app", $"logan {app.GetProperty("key").GetString()} {app.GetProperty("iv").GetString()}");
        _ring = KeyRing.Load(_folder);
    }

    public static int Run(bool verbose)
    {
        if (Corpus() is not { } corpus)
        {
            Console.Error.WriteLine("no corpus: shared/corpus is in no folder above the program");
            return 1;
        }

        using var bench = new DamageBench(corpus, verbose);
        var xlog = bench.Print("xlog", "reference: what the format's own decoder has back", DamageCase.Xlog(corpus));
        Console.WriteLine();
        var logan = bench.Print("logan", "reference: the lines that the corpus demands, no program's; order counts",
            DamageCase.Logan(corpus));
        Console.WriteLine();
        // Other decoders, and what is demanded, are not the same thing: there is no sum of them.
        var all = (xlog + logan) with { Floor = default, Best = default };
        Row("xlog and logan", all.Cells(), "");
        Console.WriteLine(all.Words());
        return 0;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    void WriteKey(string name, string line)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, line + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
    }

    DamageSum Print(string format, string head, IEnumerable<DamageCase> cases)
    {
        Console.WriteLine($"{format}, bytes; {head}");
        Row("file", ["intact", "reference", "best", "ours", "foreign lines"], "verdict");
        var sum = cases.Aggregate(default(DamageSum), (sum, one) => sum + Print(one));
        Row($"all {format}", sum.Cells(), "");
        Console.WriteLine(sum.Words());
        return sum;
    }

    DamageSum Print(DamageCase one)
    {
        var (text, verdict, findings) = Decode(one.Path, one.Format);
        var row = DamageSum.Of(one, Match(one, text));
        var less = row.IsLess ? " LESS" : "";
        Row(one.Name, row.Cells(),
            $"{Word(verdict)}, {findings.Warnings.Count} warnings, {findings.GapCount} gaps{less}");
        if (_verbose) Tell(verdict, findings);
        return row;
    }

    LineMatch Match(DamageCase one, byte[] text)
    {
        var lines = LineMatch.Lines(text);
        if (one.OriginalText is { } path) return LineMatch.InOrder(lines, LineMatch.Lines(File.ReadAllBytes(path)));
        var original = one.Original is { } whole ? Decode(whole, one.Format).Text : text;
        return LineMatch.Anywhere(lines, LineMatch.Lines(original));
    }

    static void Tell(Verdict? verdict, Findings findings)
    {
        if (verdict?.Message is { Length: > 0 } message) Console.WriteLine($"    {message}");
        foreach (var warning in findings.Warnings) Console.WriteLine($"    warning: {warning}");
        foreach (var gap in findings.Gaps) Console.WriteLine($"    gap: {gap}");
    }

    (byte[] Text, Verdict? Verdict, Findings Findings) Decode(string path, string format)
    {
        var text = new MemoryStream();
        var findings = new Findings(format);
        using var file = File.OpenRead(path);
        using var input = new Lookahead(file);
        var verdict = Judge(format == "xlog" ? RunXlog : RunLogan);
        return (text.ToArray(), verdict, findings);

        void Deliver(ReadOnlySpan<byte> some)
        {
            text.Write(some);
            findings.Delivered += some.Length;
        }

        Verdict? RunXlog()
        {
            using var decoder = new XlogDecoder(input, Deliver, Answer, findings, new(1));
            return decoder.Run();
        }

        Verdict? RunLogan()
        {
            using var decoder = new LoganDecoder(input, Deliver, Answer, findings, new(1));
            return decoder.Run();
        }
    }

    Protocol.Keys? Answer(string format, ReadOnlyMemory<byte> header) =>
        _ring.Answer(new(default, 1, format, header));

    static Verdict? Judge(Func<Verdict?> run)
    {
        try
        {
            return run();
        }
        catch (Refusal refusal)
        {
            return Verdict.Of(refusal);
        }
    }

    static string Word(Verdict? verdict) => verdict is { } one
        ? $"{Report.Word(one.Outcome)}{(one.Code is { } code ? $" {code.Name}" : "")}"
        : "no block";

    static void Row(string name, string[] cells, string last) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-42} {cells[0],9} {cells[1],9} {cells[2],9} {cells[3],9} {cells[4],13}  {last}").TrimEnd());

    static string? Corpus()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "corpus")))
                return Path.Combine(folder.FullName, "shared", "corpus");
        return null;
    }
}
