using System.CommandLine;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>
/// <c>decryptor doctor FILE…</c>: why a file cannot be read, or how well it can. The real job is run with the whole
/// ring and then with each key alone; what came out is evidence, and one verdict with the next move. Its exit code is
/// that of <c>cat</c>.
/// </summary>
static class DoctorCommand
{
    const int ListMax = 12;

    public static Command Build(SharedOptions shared)
    {
        var files = OneShot.Files();
        var bundle = new Option<string?>("--report")
        {
            Description = "write a bundle of evidence that can be shown in public",
            HelpName = "FILE",
        };
        var command = new Command("doctor", "tell why packages cannot be read, and whose move it is")
        {
            files, shared.Keys, bundle, shared.Workers, shared.Config, shared.Worker, shared.Json,
        };
        command.SetAction(parsed =>
        {
            SignalListener.BlockAndReexec();
            var settings = OneShot.SettingsFrom(parsed, shared);
            return Examine(
                parsed.GetValue(files)!, settings, parsed.GetValue(bundle), parsed.GetValue(shared.Json));
        });
        return command;
    }

    static int Examine(string[] files, Settings settings, string? bundle, bool json)
    {
        if (bundle is not null) Bundle.Check(bundle);
        var folder = PrivateFolder.MakeTemporary();
        using var run = new PrivateRun(folder, settings, files);
        var all = Diagnose(run, files);
        if (run.Interrupted is { } interrupted) return interrupted;
        foreach (var one in all)
        {
            if (json) PrintJson(one);
            else Print(one);
        }

        if (bundle is not null)
        {
            Bundle.Save(bundle, all);
            if (!json) Talk.Say($"{bundle} holds no text, no names and no keys; read it through before you show it");
        }

        return all.Select(one => one.One.ExitCode).Aggregate(0, Talk.Worse);
    }

    static List<Diagnosis> Diagnose(PrivateRun run, string[] files)
    {
        var all = Examined.All(run, files);
        var trials = KeyTrial.All(run, [.. all.Where(one => one.IsSealed).Select(one => one.Input)]);
        var leftOut = Math.Max(0, run.Ring.Views.Count - KeyTrial.KeysMax);
        return [.. all.Select(one => trials.TryGetValue(one.Input, out var some)
            ? new Diagnosis(one, some, leftOut) : new Diagnosis(one, [], 0))];
    }

    static void Print(Diagnosis diagnosis)
    {
        var one = diagnosis.One;
        Console.WriteLine(Tint.Stdout.Bold(Harmless.Text(one.Input)));
        var lines = new FactLines(2);
        foreach (var file in one.Files.Take(ListMax)) PrintFile(one, file);
        if (one.Files.Count > ListMax) lines.Print("", $"and {one.Files.Count - ListMax} files more");
        if (diagnosis.IsCompressedInTransit) lines.Print("trace", "compressed on its way: its name does not say so");
        PrintKeys(lines, diagnosis);
        lines.Print("verdict", $"{diagnosis.Verdict}{Code(one)}");
        lines.Print("next", diagnosis.Next.Replace("FILE", one.Input, StringComparison.Ordinal));
    }

    static string Code(Examined one) => one.Job.Code.Length > 0 ? $" ({one.Job.Code})" : "";

    static void PrintFile(Examined one, ReportedFile file)
    {
        var isMember = one.Files.Count > 1 || file.Source != one.Job.Source;
        if (isMember) Console.WriteLine($"  {Tint.Stdout.Bold(Harmless.Text(file.Source))}");
        var lines = new FactLines(isMember ? 4 : 2);
        lines.PrintFacts(file, isMember ? null : one.Job.Bytes);
        if (file.Facts?.Blocks is { } blocks) lines.Print("text", Text(file, blocks));
        lines.PrintDamage(file, isMember ? file.Message : null);
    }

    static string Text(ReportedFile file, BlockFacts blocks)
    {
        var ok = file.Blocks?.Ok ?? 0;
        if (ok == 0) return file.Bytes == 0 ? "no block gave any" : "no block gave all of its text";
        return blocks.Sealed == 0
            ? $"{FactLines.Many(ok, "block")} gave text"
            : $"{FactLines.Many(ok, "block")} gave text, "
                + $"{FileSight.Opened(file)} of {blocks.Sealed} sealed ones opened";
    }

    static void PrintKeys(FactLines lines, Diagnosis diagnosis)
    {
        var fitting = diagnosis.Trials.Where(trial => trial.Fits).ToList();
        var name = "keys";
        foreach (var trial in fitting.OrderByDescending(trial => trial.FilesOpened).Take(ListMax))
        {
            lines.Print(name, $"{trial.Key}: {Did(trial)}");
            name = "";
        }

        var others = diagnosis.Trials.Count - fitting.Count;
        if (fitting.Count > ListMax) lines.Print("", $"and {fitting.Count - ListMax} more, none of which opens it");
        if (others > 0) lines.Print(name, $"{FactLines.Many(others, "key")} of other kinds");
        if (diagnosis.KeysLeftOut > 0)
            lines.Print("", $"{diagnosis.KeysLeftOut} more were not tried alone: {KeyTrial.KeysMax} at most are");
    }

    static string Did(KeyTrial trial) => trial switch
    {
        { FilesOpened: 0 } => "opens nothing",
        { BlocksOpened: 0 } => $"opens it, {StatusText.Size(trial.Text)} of text",
        _ => $"opens {FactLines.Many(trial.BlocksOpened, "sealed block")}, {StatusText.Size(trial.Text)} of text",
    };

    static void PrintJson(Diagnosis diagnosis) => JsonLine.Print("diagnosis", json =>
    {
        var one = diagnosis.One;
        json.WriteString("input", one.Input);
        json.WriteNumber("bytes", one.Job.Bytes);
        json.WriteString("outcome", Report.Word(one.Job.Outcome!.Value));
        json.WriteSome("code", one.Job.Code);
        json.WriteNumber("exitCode", one.ExitCode);
        json.WriteString("verdict", diagnosis.Verdict);
        json.WriteString("next", diagnosis.Next);
        json.WriteBoolean("compressedInTransit", diagnosis.IsCompressedInTransit);
        json.WriteEach("keys", diagnosis.Trials, trial => WriteTrial(json, trial));
        json.WriteNumber("keysLeftOut", diagnosis.KeysLeftOut);
        json.WriteEach("files", one.Files, file => FactJson.WriteFile(json, file));
    });

    static void WriteTrial(Utf8JsonWriter json, KeyTrial trial)
    {
        json.WriteString("name", trial.Key.Name);
        json.WriteString("kind", trial.Key.Kind);
        json.WriteBoolean("fits", trial.Fits);
        json.WriteNumber("filesOpened", trial.FilesOpened);
        json.WriteNumber("blocksOpened", trial.BlocksOpened);
        json.WriteNumber("bytes", trial.Text);
    }
}
