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

    [TestCase("{\n  \"wrokers\": 7 }", "line 2: there is no setting wrokers", "did you mean workers?")]
    [TestCase("""{ "limits": { "ratioMx": 7 } }""", "no setting limits.ratioMx", "did you mean limits.ratioMax?")]
    [TestCase("""{ "ratioMax": 7 }""", "no setting ratioMax", "did you mean limits.ratioMax?")]
    [TestCase("""{ "limits": { "weights": {} } }""", "no setting limits.weights", "config show")]
    public void A_name_that_is_no_setting_is_told_with_its_line_and_the_one_that_was_meant(
        string json, string message, string hint)
    {
        var refused = Assert.Throws<UsageException>(() => Read(json))!;
        Assert.That(refused.Message, Does.Contain(message));
        Assert.That(refused.Hint, Does.Contain(hint));
    }

    [Test]
    public void Names_of_tenants_are_no_settings() =>
        Assert.That(Read("""{ "fairness": { "weights": { "wrokers": 3 }, "largeBytes": 5 } }""").Fairness.Weights,
            Does.ContainKey("wrokers").WithValue(3));

    [TestCase("""{ "workers": "many" }""", "workers has a value of the wrong kind")]
    [TestCase("[]", "the settings must be a JSON object")]
    [TestCase("{ workers: 3 }", "it is not JSON")]
    public void What_cannot_be_read_is_told_in_words_for_people(string json, string message) =>
        Assert.That(() => Read(json), Throws.TypeOf<UsageException>().With.Message.Contains(message)
            .And.Message.Not.Contains("Decryptor.").And.Message.Not.Contains("LineNumber"));

    [Test]
    public void There_are_at_most_24_settings() =>
        Assert.That(typeof(Settings).GetProperties(), Has.Length.LessThanOrEqualTo(24));
}
