using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using Decryptor.Protocol;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Cli;

/// <summary>What this program was built from, and what it finds around itself.</summary>
static class ThisBuild
{
    const int CommitDigits = 12;

    static readonly string[] Whole = (Assembly.GetExecutingAssembly()
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+');

    public static string Version => Whole[0];

    /// <summary>The commit that was built; null where the build knew none.</summary>
    public static string? Commit => Whole is [_, { Length: >= CommitDigits } commit] ? commit[..CommitDigits] : null;

    /// <summary>The facts that <c>--version</c> prints, a line each.</summary>
    public static IReadOnlyList<(string Name, string Value)> Facts()
    {
        var worker = WorkerProgram.Beside(AppContext.BaseDirectory);
        return
        [
            ("decryptor", Version),
            ("commit", Commit ?? "unknown"),
            ("runtime", $"{RuntimeInformation.FrameworkDescription}{(IsNative ? ", NativeAOT" : ", JIT")}"),
            ("system", $"{RuntimeInformation.RuntimeIdentifier}, protocol {Message.Version}"),
            ("worker", WorkerHello.Of(worker)),
            ("secp256k1", Secp256k1.IsThere
                ? "libsecp256k1 found"
                : "libsecp256k1 not found: sealed xlog takes 1 to 2 ms more a key (Debian: libsecp256k1-1)"),
        ];
    }

    // A project that is published ahead of time denies elsewhere, under the JIT too, that code is made at run time.
    static bool IsNative => JitInfo.GetCompiledMethodCount() == 0;
}

/// <summary>What <c>--version</c> does.</summary>
sealed class VersionPage(Option<bool> json) : SynchronousCommandLineAction
{
    /// <summary>Whatever else stands there: it is the version that was asked for.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var facts = ThisBuild.Facts();
        if (parseResult.GetValue(json))
            JsonLine.Print("version", line =>
            {
                foreach (var (name, value) in facts) line.WriteString(name, value);
            });
        else
            foreach (var (name, value) in facts) Console.WriteLine($"{name,-10}{value}");
        return 0;
    }
}
