using System.Globalization;

namespace Decryptor.EndToEnd.Tests;

/// <summary>The unit that the package brings, as systemd itself judges it. scripts/boot lets it live.</summary>
sealed class UnitFileTests
{
    static readonly string _unit = Path.Combine(Programs.Root, "scripts/package/decryptor.service");

    static string Analyze(params string[] arguments)
    {
        if (!File.Exists("/usr/bin/systemd-analyze")) Assert.Ignore("systemd-analyze is not installed");
        using var process = Programs.StartOther("systemd-analyze", arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said + errors.Result;
    }

    [Test]
    public void It_is_exposed_to_little()
    {
        var said = Analyze("security", "--offline=true", "--no-pager", _unit);
        var score = said.Split("Overall exposure level for decryptor.service: ")[1].Split(' ')[0];
        Assert.That(double.Parse(score, CultureInfo.InvariantCulture), Is.LessThanOrEqualTo(1.5));
    }

    // verify ends with 0 whatever it finds; that the program is not installed here is no fault of the unit.
    [Test]
    public void Systemd_knows_every_word_of_it() => Assert.That(
        Analyze("verify", "--man=no", _unit).Split('\n')
            .Where(line => line.Contains("decryptor.service", StringComparison.Ordinal)
                && !line.Contains("is not executable", StringComparison.Ordinal)),
        Is.Empty);
}
