using System.Runtime;
using Decryptor.Protocol;

namespace Decryptor.Worker;

/// <summary>
/// <c>decryptor-worker w3.7 WORKDIR</c>: one worker, until its standard input ends. It is started by a supervisor and
/// is of no use to a person; told anything else it says so and leaves with 2.
/// </summary>
static class Program
{
    const int Usage = 2;

    static int Main(string[] args)
    {
        if (args.Length != 2 || !Incarnation.TryParse(args[0], out var name))
        {
            Libc.Complain("usage: decryptor-worker wSLOT.NUMBER WORKDIR (started by decryptor, not by hand)");
            return Usage;
        }

        // First of all, since it starts this program anew. Under the JIT it would need the files of a whole runtime.
        var confinement = IsUnderJit
            ? "none: a build for development"
            : Confinement.Enter(new(args[1]));
        var frames = Libc.TakeStandardOutput();
        var link = new SupervisorLink(frames);
        link.Start();
        link.Send(new Hello(Message.Version, name, Build, Target, confinement));
        var session = new Session(link, new ProgressReporter(link.Send));
        while (true) session.Serve(link.Receive());
    }

    // A project that is published ahead of time denies elsewhere, under the JIT too, that code is made at run time.
    static bool IsUnderJit => JitInfo.GetCompiledMethodCount() > 0;

    static string Build => typeof(Program).Assembly.GetName().Version?.ToString(3) ?? "0";

#if X86_64_V3
    static string Target => "x86-64-v3";
#else
    static string Target => IsUnderJit ? "jit" : "x86-64";
#endif
}
