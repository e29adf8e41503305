using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Reading;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli.SelfTest;

/// <summary>
/// <c>decryptor selftest</c>: opens packages that are built in, with real workers and a ring made for it, and looks
/// whether each becomes its text or ends with its code. 0 where all do, else 70.
/// </summary>
static class SelfTestCommand
{
    static readonly Columns _columns = new(("VECTOR", 24), ("EXPECTED", 14), ("GOT", 14), ("TEXT", 6));

    public static Command Build(SharedOptions shared)
    {
        var command = new Command("selftest", "open built-in packages with real workers")
        {
            shared.Workers, shared.Worker, shared.Json,
        };
        command.SetAction(parsed =>
        {
            SignalListener.BlockAndReexec();
            var json = parsed.GetValue(shared.Json);
            var settings = new Settings
            {
                Workers = parsed.GetValue(shared.Workers) ?? new Settings().Workers,
                Worker = parsed.GetValue(shared.Worker),
                DrainSeconds = 0,
                Durable = false,
            };
            return Run(settings.Checked(), json);
        });
        return command;
    }

    static int Run(Settings settings, bool json)
    {
        var folder = PrivateFolder.MakeTemporary();
        var (vectors, keys) = Vector.BuiltIn();
        var (packages, ring) = (Make(folder, "packages"), Make(folder, "keys"));
        var files = vectors.Select(vector => Write(packages, vector.Name, vector.Package)).ToList();
        Write(ring, "selftest", Encoding.UTF8.GetBytes(string.Join('\n', keys) + "\n"));
        using var run = new PrivateRun(folder, settings with { Keys = ring }, files);
        return Judge(run, vectors, files, json);
    }

    static string Make(string folder, string name) => Directory.CreateDirectory(
        Path.Combine(folder, name),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    static int Judge(PrivateRun run, IReadOnlyList<Vector> vectors, List<string> files, bool json)
    {
        foreach (var file in files) run.Add(file);
        if (!json) Console.WriteLine(_columns.Headings);
        var failed = 0;
        for (var id = 1; id <= files.Count; id++)
        {
            if (OneShot.AwaitEnd(run, id) is not { } job) break;
            if (!Tell(vectors[id - 1], job, run.FolderOf(job), json)) failed++;
        }

        if (run.Interrupted is { } interrupted) return interrupted;
        if (failed == 0) return json ? 0 : Said($"all {files.Count} are as they should be");
        return Talk.Error($"{failed} of {files.Count} are not as they should be",
            "this build or this machine is broken: decryptor --version tells which they are", 70);
    }

    static bool Tell(Vector vector, Job job, string folder, bool json)
    {
        var isText = vector.TextSha256 is null || vector.TextSha256 == TextHash(vector, job, folder);
        var isRight = isText && job.Code == vector.Code;
        var (expected, got) = (Word(vector.Code, Outcome.Complete), Word(job.Code, job.Outcome!.Value));
        if (json)
            JsonLine.Print("vector", fields =>
            {
                fields.WriteString("name", vector.Name);
                fields.WriteString("expected", expected);
                fields.WriteString("got", got);
                fields.WriteBoolean("text", isText);
                fields.WriteBoolean("ok", isRight);
            });
        else Console.WriteLine(_columns.Line(vector.Name, expected, got, isText ? "same" : "WRONG").TrimEnd());
        return isRight;
    }

    static string Word(string code, Outcome outcome) => code.Length > 0 ? code : Report.Word(outcome);

    // Of the texts themselves, and not what the report says of them.
    static string TextHash(Vector vector, Job job, string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (job.Outcome != Outcome.Failed)
            foreach (var text in ReadingRun.TextsOf(vector.Name, folder)) hash.AppendData(File.ReadAllBytes(text.Path));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static string Write(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    static int Said(string line)
    {
        Talk.Say(line);
        return 0;
    }
}
