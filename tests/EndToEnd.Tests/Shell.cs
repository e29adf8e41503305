using System.Diagnostics;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// What only a shell or a system tool can arrange around the program: closed streams, other users, mounts. Ends with
/// the tool's exit code; never throws for what the tool refuses.
/// </summary>
static class Shell
{
    /// <summary>Runs a script with <c>$1</c>, <c>$2</c> … as given, for half a minute at most.</summary>
    public static Ran Run(string script, params string[] arguments)
    {
        string[] words = ["-k", "1", "30", "/bin/sh", "-c", script, "sh", .. arguments];
        var start = new ProcessStartInfo("/usr/bin/timeout", words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DECRYPTOR_KEYS");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var stdout = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.CopyTo(stdout);
        process.WaitForExit();
        return new(process.ExitCode, stdout.ToArray(), errors.GetAwaiter().GetResult());
    }

    /// <summary>Ignores the test unless this user may become another.</summary>
    public static void NeedAnotherUser()
    {
        var tried = Run("setpriv --reuid=65534 --regid=65534 --clear-groups test -x \"$1\"", Programs.Supervisor);
        if (tried.ExitCode != 0) Assert.Ignore("needs root and setpriv, and programs that all users may run");
    }

    /// <summary>Runs the program as a user who owns nothing.</summary>
    public static Ran AsNobody(string folder, params string[] arguments) => Run(
        "export TMPDIR=\"$1\"; shift; exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"",
        [folder, Programs.Supervisor, .. arguments]);
}
