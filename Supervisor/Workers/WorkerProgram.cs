using System.Collections;
using System.Diagnostics;
using CliWrap;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Which program a worker is, and how it is called. Whether the file is there shows when it is started: a worker that
/// cannot be started is an event, so that a package that is being replaced is waited for and not died of.
/// </summary>
sealed record WorkerProgram
{
    const string Name = "decryptor-worker";
    const string NameV3 = "decryptor-worker-v3";
    const string InputsName = "inputs";

    readonly bool _underDotnet;

    WorkerProgram(string path)
    {
        File = path;
        _underDotnet = Path.GetExtension(path) == ".dll";
    }

    /// <summary>The program's file.</summary>
    public string File { get; }

    /// <summary>What workers must have given up before they get a job.</summary>
    public ConfinementRule Confinement { get; init; } = new();

    /// <summary>Absolute paths of inputs outside of the workers' folders, which all of them may read.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>The build in <paramref name="folder"/> that suits this processor best.</summary>
    public static WorkerProgram Beside(string folder)
    {
        var best = Path.Combine(folder, NameV3);
        return new(X64Level.RunsV3 && System.IO.File.Exists(best) ? best : Path.Combine(folder, Name));
    }

    /// <summary>
    /// This very file; one that ends in <c>.dll</c> is run by <c>dotnet</c>, as development wants it.
    /// </summary>
    public static WorkerProgram At(string path) => new(Path.GetFullPath(path));

    /// <summary>
    /// Puts into the worker's folder what it reads when it starts. Not into its arguments: those have a limit that a
    /// person's file names may exceed, and everybody on the machine can see them.
    /// </summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Equip(string folder)
    {
        if (Inputs.Count == 0) return;
        var list = string.Concat(Inputs.Select(path => path + '\0'));
        System.IO.File.WriteAllText(Path.Combine(folder, InputsName), list);
    }

    /// <summary>The call, without pipes: <c>PROGRAM w3.7 FOLDER</c>, begun in that folder.</summary>
    public Command Command(Incarnation worker, string folder)
    {
        string[] arguments = [worker.ToString(), folder];
        return CliWrap.Cli.Wrap(_underDotnet ? Dotnet() : File)
            .WithArguments(_underDotnet ? [File, .. arguments] : arguments)
            .WithWorkingDirectory(folder)
            .WithValidation(CommandResultValidation.None);
    }

    /// <summary>
    /// A worker reads hostile bytes: it gets nothing of our environment that it does not need to start.
    /// </summary>
    public void Strip(ProcessStartInfo start)
    {
        start.Environment.Clear();
        if (Confinement.IsOff) start.Environment["DECRYPTOR_CONFINEMENT"] = "off";
        if (!_underDotnet) return;
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable is { Key: string name, Value: string value }
                && name.StartsWith("DOTNET_", StringComparison.Ordinal))
                start.Environment[name] = value;
    }

    static string Dotnet() => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
