using System.CommandLine;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>
/// <c>decryptor inspect FILE…</c>: what a file is, without any key: its formats, its blocks, for whom it is sealed,
/// and where it is damaged. Workers read it as always, with an empty ring; the text that comes out is dropped.
/// </summary>
static class InspectCommand
{
    const int MembersMax = 50;
    const int Partial = 3;

    public static Command Build(SharedOptions shared)
    {
        var files = OneShot.Files();
        var command = new Command("inspect", "tell what packages are, without a key")
        {
            files, shared.Workers, shared.Config, shared.Worker, shared.Json,
        };
        command.SetAction(parsed =>
        {
            SignalListener.BlockAndReexec();
            var settings = OneShot.SettingsFrom(parsed, shared) with { Keys = null };
            return Inspect(parsed.GetValue(files)!, settings, parsed.GetValue(shared.Json));
        });
        return command;
    }

    static int Inspect(string[] files, Settings settings, bool json)
    {
        var folder = PrivateFolder.MakeTemporary();
        using var run = new PrivateRun(folder, settings, files);
        var all = Examined.All(run, files, json ? PrintJson : Print);
        return run.Interrupted ?? all.Select(ExitCodeOf).Aggregate(0, Talk.Worse);
    }

    /// <summary>
    /// What is sealed is recognised, and that is all that was asked. Where some of a package is known and the rest is
    /// not, it is partial.
    /// </summary>
    static int ExitCodeOf(Examined one)
    {
        if (one.Files.Count == 0) return one.ExitCode;
        var codes = one.Files.Select(ExitCodeOf).ToList();
        var worst = codes.Aggregate(0, Talk.Worse);
        return worst != 0 && codes.Any(code => code is 0 or Partial) ? Partial : worst;
    }

    static int ExitCodeOf(ReportedFile file)
    {
        if (FileSight.IsShut(file) || file.Code is null) return FileSight.IsDamaged(file) ? Partial : 0;
        return file.Outcome == Report.Word(Outcome.Failed) ? Talk.ExitCodeOf(Outcome.Failed, file.Code) : Partial;
    }

    static void Print(Examined one)
    {
        Console.WriteLine(Tint.Stdout.Bold(Harmless.Text(one.Input)));
        if (one.Files is [var only] && only.Source == one.Job.Source) PrintFile(only, one, new(2));
        else PrintMembers(one);
        if (one.Files.Any(FileSight.IsShut))
            new FactLines(2).Print("to read", "it takes a key: `decryptor doctor FILE --keys DIR` tries yours");
        if (one.Files.Count == 0) Talk.Say($"{one.Input}: {one.Job.Text} ({one.Job.Code})");
    }

    static void PrintMembers(Examined one)
    {
        var lines = new FactLines(2);
        if (one.Files.Count == 0) return;
        lines.Print("package", $"{StatusText.Size(one.Job.Bytes)}, {FactLines.Many(one.Files.Count, "file")}");
        foreach (var file in one.Files.Take(MembersMax))
        {
            Console.WriteLine($"  {Tint.Stdout.Bold(Harmless.Text(file.Source))}");
            PrintFile(file, null, new(4));
        }

        if (one.Files.Count > MembersMax)
            lines.Print("", $"and {one.Files.Count - MembersMax} files more: `--json` tells of all");
    }

    static void PrintFile(ReportedFile file, Examined? input, FactLines lines)
    {
        lines.PrintFacts(file, input?.Job.Bytes);
        lines.PrintDamage(file, file.Message ?? input?.Job.Text);
    }

    static void PrintJson(Examined one) => JsonLine.Print("inspection", json =>
    {
        json.WriteString("input", one.Input);
        json.WriteNumber("bytes", one.Job.Bytes);
        json.WriteNumber("exitCode", ExitCodeOf(one));
        if (one.Files.Count == 0) json.WriteSome("code", one.Job.Code);
        if (one.Files.Count == 0) json.WriteSome("message", one.Job.Text);
        json.WriteEach("files", one.Files, file => FactJson.WriteFile(json, file));
    });
}
