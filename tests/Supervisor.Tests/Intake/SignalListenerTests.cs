using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Tests.Intake;

/// <summary>
/// A whole process with its own group, its thread pool starved, and three children that would die of any of the
/// signals if they did not inherit the mask.
/// </summary>
[CancelAfter(30_000)]
sealed partial class SignalListenerTests
{
    const int Hup = 1;
    const int Int = 2;
    const int Usr1 = 10;
    const int Usr2 = 12;
    const int Term = 15;
    const int Ttin = 21;
    const int Ttou = 22;

    [TestCase(Usr1, "Usr1")]
    [TestCase(Usr2, "Usr2")]
    [TestCase(Hup, "Hup")]
    [TestCase(Ttin, "Ttin")]
    [TestCase(Ttou, "Ttou")]
    [TestCase(Term, "Term")]
    [TestCase(Int, "Int")]
    public async Task A_signal_to_the_group_is_heard_with_its_sender_and_harms_no_child(int signal, string name)
    {
        using var program = Start();
        var (pid, children) = await Ready(program);

        Assert.That(Kill(-pid, signal), Is.Zero);

        var heard = await program.StandardOutput.ReadLineAsync();
        Assert.That(heard, Is.EqualTo($"heard {name} from {Environment.ProcessId} of {EffectiveUser()}"));
        Assert.That(children, Has.All.Matches<int>(IsAlive));
        await End(program, children);
    }

    [Test]
    public async Task The_program_keeps_its_number_and_its_arguments_when_it_begins_anew_and_does_so_once()
    {
        using var program = Start();
        var (pid, children) = await Ready(program);

        // setsid becomes the program, and the program itself: one number through both.
        Assert.That(pid, Is.EqualTo(program.Id));
        Assert.That(File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0'), Does.EndWith("FakeWorker.dll\0signals"));
        Assert.That(File.ReadAllText($"/proc/{children[0]}/environ"), Does.Not.Contain("DECRYPTOR_SIGNALS"));
        await End(program, children);
    }

    [Test]
    public async Task Signals_of_a_child_are_blocked_from_its_first_instruction()
    {
        using var program = Start();
        var (_, children) = await Ready(program);
        var blocked = File.ReadLines($"/proc/{children[0]}/status")
            .First(line => line.StartsWith("SigBlk:", StringComparison.Ordinal));

        var mask = ulong.Parse(blocked.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        foreach (var signal in new[] { Hup, Int, Usr1, Usr2, Term, Ttin, Ttou })
            Assert.That(mask >> (signal - 1) & 1, Is.EqualTo(1), $"signal {signal}");
        await End(program, children);
    }

    static Process Start() => Process.Start(new ProcessStartInfo("setsid")
    {
        ArgumentList = { "dotnet", Path.Combine(AppContext.BaseDirectory, "FakeWorker.dll"), "signals" },
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    static async Task<(int Pid, int[] Children)> Ready(Process program)
    {
        var words = (await program.StandardOutput.ReadLineAsync())!.Split(' ');
        Assert.That(words[0], Is.EqualTo("ready"));
        var pids = words[1..].Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (pids[0], pids[1..]);
    }

    static async Task End(Process program, int[] children)
    {
        foreach (var child in children) _ = Kill(child, 9);
        program.StandardInput.Close();
        await program.WaitForExitAsync();
        Assert.That(program.ExitCode, Is.Zero);
    }

    static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat")
            .Contains(") Z ", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
