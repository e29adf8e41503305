using System.Runtime.InteropServices;

namespace Decryptor.Worker;

/// <summary>
/// Landlock: the kernel's list of what this thread, and every thread and program that it starts, may still open. All
/// that the running kernel can forbid is forbidden; then single paths are opened. Numbers and layouts are those of
/// <c>linux/landlock.h</c>.
/// </summary>
static unsafe class ConfinementRuleset
{
    /// <summary>How the part is called in what is in force; the version of the kernel's interface follows.</summary>
    internal const string Word = "landlock:";

    // The newest interface whose rights are known here. A later kernel is asked for no more than these.
    const int NewestKnown = 7;
    const int CreateNumber = 444, AddNumber = 445, RestrictNumber = 446;
    const uint AskVersion = 1;
    const int PathBeneath = 1;

    const int NoSuchCall = 38, NotSupported = 95, Denied = 13;
    const int PathOnly = 0x200000, CloseOnExec = 0x80000;

    const ulong Execute = 1, WriteFile = 1 << 1, ReadFile = 1 << 2, ReadFolder = 1 << 3, RemoveFolder = 1 << 4,
        RemoveFile = 1 << 5, MakeFolder = 1 << 7, MakeFile = 1 << 8, Truncate = 1 << 14;

    // How many rights each version knows, counted from the lowest bit.
    static readonly int[] FileRights = [13, 14, 15, 15, 16, 16, 16];

    const ulong BindAndConnect = 3, AbstractSocketsAndSignals = 3;

    /// <summary>
    /// Binds this thread; says which version of the interface is in force, or why none is.
    /// </summary>
    internal static string Enter(ConfinementPaths paths)
    {
        var version = (int)Libc.SystemCall(CreateNumber, 0, 0, (nint)AskVersion, 0, 0);
        if (version < 1) return Missing("");
        version = Math.Min(version, NewestKnown);
        var allowed = (1UL << FileRights[version - 1]) - 1;
        var wanted = new Ruleset
        {
            File = allowed,
            Net = version >= 4 ? BindAndConnect : 0,
            Scoped = version >= 6 ? AbstractSocketsAndSignals : 0,
        };
        var ruleset = (int)Libc.SystemCall(CreateNumber, (nint)(&wanted), sizeof(Ruleset), 0, 0, 0);
        if (ruleset < 0) return Missing("its rules: ");
        AddAll(ruleset, paths, allowed);
        var bound = Libc.SystemCall(RestrictNumber, ruleset, 0, 0, 0, 0);
        var how = bound == 0 ? $"{Word}{version}" : Missing("its rules: ");
        _ = Libc.Close(ruleset);
        return how;
    }

    /// <summary>
    /// Whether it shows. What an environment says is no proof; that the root folder cannot be listed is a good sign.
    /// </summary>
    internal static bool IsInForce()
    {
        var root = Libc.Open("/", Libc.ReadOnlyDirectory | CloseOnExec);
        if (root < 0) return Marshal.GetLastPInvokeError() == Denied;
        _ = Libc.Close(root);
        return false;
    }

    static void AddAll(int ruleset, ConfinementPaths paths, ulong allowed)
    {
        foreach (var program in ConfinementPaths.Programs) Add(ruleset, program, Execute | ReadFile);
        foreach (var file in paths.Files) Add(ruleset, file, ReadFile);
        foreach (var folder in paths.Folders) Add(ruleset, folder, ReadFile | ReadFolder);
        Add(ruleset, "/dev/null", ReadFile | WriteFile);
        const ulong own = ReadFile | ReadFolder | WriteFile | Truncate | RemoveFile | RemoveFolder | MakeFile
            | MakeFolder;
        Add(ruleset, paths.Output, own & allowed);
    }

    // What is not there, or cannot be ruled since it is no file on a disk, stays forbidden: that shows when it is
    // opened.
    static void Add(int ruleset, string path, ulong rights)
    {
        var file = Libc.Open(path, PathOnly | CloseOnExec);
        if (file < 0) return;
        var rule = new Rule { Rights = rights, File = file };
        _ = Libc.SystemCall(AddNumber, ruleset, PathBeneath, (nint)(&rule), 0, 0);
        _ = Libc.Close(file);
    }

    static string Missing(string where) => "no landlock: " + where + Marshal.GetLastPInvokeError() switch
    {
        NoSuchCall => "this kernel does not have it, or a filter hides it",
        NotSupported => "it is switched off in this kernel",
        _ => Libc.LastError(),
    };

    [StructLayout(LayoutKind.Sequential)]
    struct Ruleset
    {
        internal ulong File;
        internal ulong Net;
        internal ulong Scoped;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    struct Rule
    {
        internal ulong Rights;
        internal int File;
    }
}
