using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Tests;

sealed class HarmlessTests
{
    [TestCase("日志 boot.xlog", "日志 boot.xlog")]
    [TestCase("\u001b[2Jgone", "\\u001b[2Jgone")]
    [TestCase("two\nlines", "two\\u000alines")]
    [TestCase("gnp.\u202Egolx", "gnp.\\u202egolx")]
    public void What_would_act_on_a_terminal_is_shown_instead(string name, string shown) =>
        Assert.That(Harmless.Text(name), Is.EqualTo(shown));

    [Test]
    public void Half_a_character_becomes_a_whole_one() =>
        Assert.That(Harmless.Text("half \ud800"), Is.EqualTo("half \ufffd"));
}
