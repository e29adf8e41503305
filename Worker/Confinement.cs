using System.Runtime.CompilerServices;
using Decryptor.Protocol;

namespace Decryptor.Worker;

/// <summary>
/// Gives up what decoding does not need, before the first byte of an upload is read, so that an upload that takes this
/// process over has gained next to nothing: no file but the inputs and <c>out/</c>, no socket, no program, no signal to
/// others, no core file.
/// <para>
/// It takes two lives. Landlock and capabilities bind the calling thread and those that it makes, and the runtime has
/// threads of its own before Main. So the first life binds the main thread and starts the program anew, in the same
/// process: every thread of the second life descends from the bound one. Only the second installs the filter of system
/// calls, since the filter forbids to start a program; that one can be put on all threads at once.
/// </para>
/// <para>
/// Nothing here ends the worker where the kernel lacks a part: it says in <see cref="Hello"/> what is in force, and the
/// supervisor, whose setting it is, judges.
/// </para>
/// </summary>
static class Confinement
{
    /// <summary>
    /// Carries from the first life to the second how Landlock went; a supervisor sets it to <c>off</c>.
    /// </summary>
    internal const string Variable = "DECRYPTOR_CONFINEMENT";

    internal const string OwnProgram = "/proc/self/exe";

    const string Off = "off";
    const string OwnArguments = "/proc/self/cmdline";

    /// <summary>
    /// Enters what can be entered; to be called first, from the main thread. The first life does not return from it
    /// unless the program cannot be started anew.
    /// </summary>
    /// <param name="paths">What stays open to this process.</param>
    /// <returns>
    /// The parts that are in force, as in <c>landlock:7 seccomp rlimits</c>, then behind a semicolon what is not, and
    /// why; <c>none</c> and why, if nothing is.
    /// </returns>
    internal static string Enter(ConfinementPaths paths) => Environment.GetEnvironmentVariable(Variable) switch
    {
        Off => "none: switched off",
        { } fromFirstLife => Frame.Fit(SecondLife(fromFirstLife)),
        null => Frame.Fit(FirstLife(paths)),
    };

    static string FirstLife(ConfinementPaths paths)
    {
        var arguments = File.ReadAllBytes(OwnArguments);
        ConfinementLimits.Lower();
        ConfinementLimits.WantNoNewPrivileges();
        ConfinementLimits.DropCapabilities();
        var landlock = ConfinementRuleset.Enter(paths);
        StartAnew(arguments, landlock);
        // Still here: only this thread is bound, and that is no confinement.
        return SecondLife($"no landlock: the program cannot be started anew, {Libc.LastError()}");
    }

    static string SecondLife(string landlock)
    {
        if (landlock.StartsWith(ConfinementRuleset.Word, StringComparison.Ordinal) && !ConfinementRuleset.IsInForce())
            landlock = "no landlock: the root folder can still be read";
        ConfinementLimits.HideMemory();
        string[] parts = [landlock, ConfinementFilter.Enter(), ConfinementLimits.InWords()];
        var inForce = parts.Where(IsInForce).ToArray();
        var missing = parts.Where(part => !IsInForce(part)).ToArray();
        if (inForce.Length == 0) return "none: " + string.Join("; ", missing);
        return string.Join("; ", [string.Join(' ', inForce), .. missing]);
    }

    static bool IsInForce(string part) => !part.StartsWith("no ", StringComparison.Ordinal);

    /// <summary>
    /// The same program with the same arguments, which are <paramref name="words"/> as the kernel has them, each with a
    /// zero byte behind it; returns only if that fails.
    /// </summary>
    static unsafe void StartAnew(byte[] words, string landlock)
    {
        var arguments = new nint[words.Count(letter => letter == 0) + 1];
        fixed (byte* first = words)
        fixed (nint* list = arguments)
        {
            for (int at = 0, word = 0; at < words.Length; at += words.AsSpan(at).IndexOf((byte)0) + 1)
                list[word++] = (nint)(first + at);
            if (Libc.SetEnvironment(Variable, landlock, 1) == 0) _ = Libc.Execute(OwnProgram, list);
        }
    }
}
