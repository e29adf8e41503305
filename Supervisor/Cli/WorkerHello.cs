using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// What a worker says of itself when it is started: the only word on its version that cannot be out of date.
/// </summary>
static class WorkerHello
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary><c>0.1.0 x86-64-v3, protocol 1, PATH</c>, or why it says nothing.</summary>
    public static string Of(WorkerProgram program)
    {
        if (!File.Exists(program.File)) return $"not found: {program.File}";
        var folder = Directory.CreateTempSubdirectory("decryptor-version-").FullName;
        try
        {
            return Greet(program, folder) is { } hello
                ? $"{hello.Build} for {hello.Target}, protocol {hello.ProtocolVersion}, {program.File}"
                : $"does not answer: {program.File}";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or ProtocolException or IOException)
        {
            return $"does not answer: {program.File}: {e.Message}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static Hello? Greet(WorkerProgram program, string folder)
    {
        var command = program.Command(new(1, 1), folder);
        var start = new ProcessStartInfo(command.TargetFilePath, command.Arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        program.Strip(start);
        using var worker = Process.Start(start)!;
        using var alarm = new Timer(_ => worker.Kill(), null, Patience, Timeout.InfiniteTimeSpan);
        var hello = Read(worker.StandardOutput.BaseStream);
        // The end of its input is what a worker leaves by.
        worker.StandardInput.Close();
        worker.WaitForExit();
        return hello;
    }

    static Hello? Read(Stream frames)
    {
        var parser = FrameParser.OfWorker();
        while (frames.Read(parser.Room.Span) is > 0 and var count)
        {
            parser.Advance(count);
            if (parser.TryRead(out var message)) return message as Hello;
        }

        return null;
    }
}
