using System.Diagnostics;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// A process that has confined itself by the worker's own code and now does what it is told (<c>FakeWorker attack</c>).
/// Its folder has <c>in/</c> and <c>out/</c>, as a worker's has.
/// </summary>
sealed class Attack : IDisposable
{
    readonly Process _process;

    public Attack(Scratch scratch, bool isConfined = true)
    {
        Folder = Directory.CreateDirectory(scratch["work/w1.1"]).FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "in"));
        Directory.CreateDirectory(Path.Combine(Folder, "out"));
        var start = new ProcessStartInfo(Programs.FakeWorker, ["attack", Folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (!isConfined) start.Environment["DECRYPTOR_CONFINEMENT"] = "off";
        _process = Process.Start(start)!;
    }

    public string Folder { get; }

    public int Pid => _process.Id;

    /// <summary>Starts it; what it says of its confinement.</summary>
    public string Begin() => _process.StandardOutput.ReadLine() ?? "it died";

    /// <summary>
    /// The error of the deed, 0 for none, on the main thread; it must be the same on another thread.
    /// </summary>
    public int Try(string deed)
    {
        _process.StandardInput.WriteLine(deed);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine() ?? throw new AssertionException($"it died of: {deed}");
        var results = answer[(answer.LastIndexOf('=') + 2)..].Split(' ');
        Assert.That(results[1], Is.EqualTo(results[0]), $"{deed}, on another thread");
        return int.Parse(results[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
