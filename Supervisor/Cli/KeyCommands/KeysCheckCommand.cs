using System.CommandLine;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli.KeyCommands;

/// <summary>
/// <c>decryptor keys check [FILE…]</c>: whether every file of the ring can be used, and which key opens each of the
/// files named. Whether a key opens a file shows only where it is decoded, so a worker does that; the text is dropped.
/// </summary>
static class KeysCheckCommand
{
    const int Misconfigured = 78;

    static readonly Columns _columns = new(("FILE", 32), ("OPENED BY", 22), ("FORMAT", 14), ("OUTCOME", 0));

    public static Command Build(SharedOptions shared)
    {
        var files = OneShot.Files();
        (files.Arity, files.Description) = (ArgumentArity.ZeroOrMore, "packages to try the keys on");
        var command = new Command("check", "check the ring, or tell which key opens a file")
        {
            files, shared.Keys, shared.Worker, shared.Json,
        };
        command.SetAction(parsed =>
        {
            var (asked, json) = (parsed.GetValue(files) ?? [], parsed.GetValue(shared.Json));
            if (asked.Length > 0) SignalListener.BlockAndReexec();
            var folder = KeyFolder.Of(parsed.GetValue(shared.Keys));
            if (asked.Length == 0) return CheckRing(folder, json);
            var settings = new Settings { Keys = folder, Worker = parsed.GetValue(shared.Worker) };
            return Try(asked, settings with { DrainSeconds = 0, Durable = false }, json);
        });
        return command;
    }

    static int CheckRing(string folder, bool json)
    {
        var files = RingFile.In(folder);
        var all = files.SelectMany(file => file.Keys).ToList();
        foreach (var file in files)
        {
            string[] notes = [.. file.Keys.SelectMany(key => RingFile.NotesOn(key, all))];
            if (json) PrintJson(file, notes);
            else Print(file, notes);
        }

        if (all.Count == 0) Talk.Say($"there is no key in {folder} that can be used");
        return files.Any(file => file.Problems.Count > 0) ? Misconfigured : 0;
    }

    static void Print(RingFile file, string[] notes)
    {
        var verdict = file.Problems.Count == 0 ? Tint.Stdout.Green("ok ") : Tint.Stdout.Red("BAD");
        var keys = file.Keys.Select(key => $"{key.Kind} {key.Fingerprint}".TrimEnd());
        Console.WriteLine($"{verdict} {file.Mode} {Harmless.Text(file.Name)}: {Listed(keys)}");
        foreach (var problem in file.Problems) Talk.Say(problem);
        foreach (var note in notes) Talk.Say($"warning: {note}");
    }

    static string Listed(IEnumerable<string> keys) =>
        string.Join(", ", keys) is { Length: > 0 } listed ? listed : "no key";

    static void PrintJson(RingFile file, string[] notes) => JsonLine.Print("keyFile", json =>
    {
        json.WriteString("name", file.Name);
        json.WriteString("mode", file.Mode);
        json.WriteBoolean("ok", file.Problems.Count == 0);
        json.WriteTexts("keys", file.Keys.Select(key => key.Name));
        json.WriteTexts("problems", file.Problems);
        json.WriteTexts("warnings", notes);
    });

    static int Try(string[] files, Settings settings, bool json)
    {
        var exitCode = 0;
        var folder = PrivateFolder.MakeTemporary();
        using var run = new PrivateRun(folder, settings, files);
        foreach (var file in files) run.Add(file);
        if (!json) Console.WriteLine(Tint.Stdout.Bold(_columns.Headings));
        for (var id = 1; id <= files.Length; id++)
        {
            if (OneShot.AwaitEnd(run, id) is not { } job) break;
            var report = ReportOf(run.FolderOf(job));
            if (json) PrintJson(files[id - 1], job, report);
            else Print(files[id - 1], job, report);
            exitCode = Talk.Worse(exitCode, Talk.ExitCodeOf(job.Outcome!.Value, job.Code));
        }

        return run.Interrupted ?? exitCode;
    }

    static Report? ReportOf(string folder)
    {
        var path = Path.Combine(folder, Report.FileName);
        return File.Exists(path) ? Report.FromJson(File.ReadAllBytes(path)) : null;
    }

    // A file of a package has a line of its own: each may be sealed for another key.
    static void Print(string input, Job job, Report? report)
    {
        var outcome = Said(Report.Word(job.Outcome!.Value), job.Code);
        if (report is not { Files.Count: > 0 })
            Console.WriteLine(_columns.Line(Harmless.Text(input), "-", "-", outcome));
        foreach (var file in report?.Files ?? [])
        {
            var name = report!.Files.Count == 1 ? input : $"{input}: {file.Source}";
            var opened = file.Key ?? (file.Code is null ? "needs none" : "-");
            Console.WriteLine(_columns.Line(
                Harmless.Text(name), opened, file.Format, Said(file.Outcome, file.Code)));
        }

        if (job.Outcome != Outcome.Complete) Talk.Say($"{input}: {job.Text}");
        if (job.Hint.Length > 0) Talk.Say($"hint: {job.Hint}");
    }

    static string Said(string outcome, string? code) => string.IsNullOrEmpty(code) ? outcome : $"{outcome} ({code})";

    static void PrintJson(string input, Job job, Report? report) => JsonLine.Print("keyTrial", json =>
    {
        json.WriteString("input", input);
        json.WriteString("outcome", Report.Word(job.Outcome!.Value));
        if (job.Code.Length > 0) json.WriteString("code", job.Code);
        if (job.Text.Length > 0) json.WriteString("message", job.Text);
        json.WriteStartArray("files");
        foreach (var file in report?.Files ?? [])
        {
            json.WriteStartObject();
            json.WriteString("source", file.Source);
            json.WriteString("format", file.Format);
            json.WriteString("key", file.Key);
            json.WriteString("outcome", file.Outcome);
            if (file.Code is { } code) json.WriteString("code", code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
