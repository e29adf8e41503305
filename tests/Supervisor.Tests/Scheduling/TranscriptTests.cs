namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>
/// Every decision is tested by a play in <c>Transcripts/</c>; the file's name is the test's name. REWRITE=1 in the
/// environment writes down what really happens: commit that only when you understand each line that changed.
/// </summary>
sealed class TranscriptTests
{
    static IEnumerable<TestCaseData> Plays() =>
        Directory.EnumerateFiles(Folder, "*.txt").Order(StringComparer.Ordinal)
            .Select(file => new TestCaseData(file).SetName(Path.GetFileNameWithoutExtension(file).Replace('-', ' ')));

    static string Folder => Path.Combine(Repository.Root, "tests", "Supervisor.Tests", "Transcripts");

    [TestCaseSource(nameof(Plays))]
    public void A_play_goes_as_it_is_written(string file)
    {
        var script = File.ReadAllText(file);
        var performed = Play.Perform(script);
        if (Environment.GetEnvironmentVariable("REWRITE") == "1") File.WriteAllText(file, performed);
        else Assert.That(performed, Is.EqualTo(script));
    }

    [Test]
    public void A_play_that_goes_otherwise_is_noticed() =>
        Assert.That(Play.Perform("arrive a 1\n----\n  nothing\n"), Does.Contain("row    1 Undecrypted"));
}
