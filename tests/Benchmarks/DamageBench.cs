using System.Globalization;
using System.Text;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Keys;
using Decryptor.Worker;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Benchmarks;

/// <summary>
/// How much of damaged files comes back: bytes of whole lines that stand in the intact text, beside what others had,
/// and the lines that do not stand there. Where the intact text is not known, all lines are taken for intact.
/// </summary>
sealed class DamageBench : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("decryptor-bench-").FullName;
    readonly KeyRing _ring;
    (long Intact, long Reference, long BestEffort, long Ours) _sum;

    DamageBench(string corpus)
    {
        using var keys = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(corpus, "xlog/keys.json")));
        var key = Path.Combine(_folder, "main");
        File.WriteAllText(key, $"xlog {keys.RootElement.GetProperty("A").GetProperty("private_hex").GetString()}\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        _ring = KeyRing.Load(_folder);
    }

    public static int Run(bool verbose)
    {
        if (Corpus() is not { } corpus)
        {
            Console.Error.WriteLine("no corpus: shared/corpus is in no folder above the program");
            return 1;
        }

        using var bench = new DamageBench(corpus);
        bench.Print([.. DamageCase.Xlog(corpus)], verbose);
        return 0;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    void Print(DamageCase[] cases, bool verbose)
    {
        Row("file", "intact", "reference", "best", "ours", "foreign lines", "verdict");
        foreach (var one in cases) Print(one, verbose);
        Row("all", N(_sum.Intact), N(_sum.Reference), N(_sum.BestEffort), N(_sum.Ours), "", "");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ours is {Over(_sum.Reference):+0.0;-0.0} % against the reference, "
            + $"{Over(_sum.BestEffort):+0.0;-0.0} % against the prototype"));
    }

    double Over(long other) => 100.0 * _sum.Ours / other - 100;

    void Print(DamageCase one, bool verbose)
    {
        var (text, verdict, findings) = Decode(one.Path);
        var original = one.Original is { } path ? Decode(path).Text : text;
        var (intact, foreign) = Compare(Lines(text), Lines(original));
        _sum = (_sum.Intact + one.IntactBytes, _sum.Reference + one.Reference, _sum.BestEffort + one.BestEffort,
            _sum.Ours + intact);
        var less = intact < Math.Max(one.Reference, one.BestEffort) ? " LESS" : "";
        Row(one.Name, N(one.IntactBytes), N(one.Reference), N(one.BestEffort), N(intact), N(foreign),
            $"{Word(verdict)}, {findings.Warnings.Count} warnings, {findings.GapCount} gaps{less}");
        if (!verbose) return;
        if (verdict?.Message is { Length: > 0 } message) Console.WriteLine($"    {message}");
        foreach (var warning in findings.Warnings) Console.WriteLine($"    warning: {warning}");
        foreach (var gap in findings.Gaps) Console.WriteLine($"    gap: {gap}");
    }

    (byte[] Text, Verdict? Verdict, Findings Findings) Decode(string path)
    {
        var text = new MemoryStream();
        var findings = new Findings("xlog");
        using var file = File.OpenRead(path);
        using var input = new Lookahead(file);
        using var decoder = new XlogDecoder(input, some =>
        {
            text.Write(some);
            findings.Delivered += some.Length;
        }, (format, header) => _ring.Answer(new(default, 1, format, header)), findings);
        var verdict = Judge(decoder);
        return (text.ToArray(), verdict, findings);

        Verdict? Judge(XlogDecoder xlog)
        {
            try
            {
                return xlog.Run();
            }
            catch (Refusal refusal)
            {
                return Verdict.Of(refusal);
            }
        }
    }

    static string[] Lines(byte[] text) => Encoding.Latin1.GetString(text) is { Length: > 0 } all
        ? all.TrimEnd('\n').Split('\n')
        : [];

    /// <summary>Each line of the original counts once for each time that it stands there.</summary>
    static (long IntactBytes, long Foreign) Compare(string[] lines, string[] original)
    {
        var left = original.CountBy(line => line).ToDictionary();
        var (intact, foreign) = (0L, 0L);
        foreach (var line in lines)
        {
            if (left.TryGetValue(line, out var count) && count > 0)
            {
                left[line] = count - 1;
                intact += line.Length + 1;
            }
            else
            {
                foreign++;
            }
        }

        return (intact, foreign);
    }

    static string Word(Verdict? verdict) => verdict is { } one
        ? $"{Report.Word(one.Outcome)}{(one.Code is { } code ? $" {code.Name}" : "")}"
        : "no block";

    static void Row(params string[] cells) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{cells[0],-42} {cells[1],9} {cells[2],9} {cells[3],9} {cells[4],9} {cells[5],13}  {cells[6]}"));

    static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string? Corpus()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "corpus")))
                return Path.Combine(folder.FullName, "shared", "corpus");
        return null;
    }
}
