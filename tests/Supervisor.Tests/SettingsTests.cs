namespace Decryptor.Supervisor.Tests;

sealed class SettingsTests
{
    static Settings Read(string json)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, json);
            return Settings.Read(file).Checked();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void What_a_file_does_not_say_stays_as_it_is_by_default() =>
        Assert.That(Read("""{ "workers": 7 }"""), Is.EqualTo(new Settings { Workers = 7 }));

    [Test]
    public void Comments_and_trailing_commas_are_welcome() =>
        Assert.That(Read("""{ "keepInputs": true, /* for a month */ }""").KeepInputs);

    [TestCase("""{ "wrokers": 7 }""", "wrokers")]
    [TestCase("""{ "workers": "many" }""", "workers")]
    [TestCase("""{ "workers": 257 }""", "workers is 257; 1 to 256 is allowed")]
    [TestCase("""{ "deadlines": { "frozenSeconds": 0.5 } }""", "frozenSeconds")]
    [TestCase("""{ "confinement": "yes" }""", "confinement is yes; required, possible, off is allowed")]
    [TestCase("{", "line 1")]
    public void What_is_wrong_is_named(string json, string named)
    {
        var refused = Assert.Throws<UsageException>(() => Read(json))!;
        Assert.That(refused.Message, Does.Contain(named));
        Assert.That(refused.ExitCode, Is.EqualTo(78));
    }

    [Test]
    public void There_are_at_most_24_settings() =>
        Assert.That(typeof(Settings).GetProperties(), Has.Length.LessThanOrEqualTo(24));
}
