using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Explaining;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Tests.Cli;

sealed class ExplainTests
{
    [TestCase("en")]
    [TestCase("zh")]
    public void Every_code_has_a_page_that_says_what_happened_and_what_to_do(string language)
    {
        var pages = FailurePage.In(language);
        Assert.That(pages.Select(page => page.Code), Is.EqualTo(FailureCode.All));
        foreach (var page in pages)
        {
            Assert.That(page.Happened, Has.Length.GreaterThan(8), page.Code.Name);
            Assert.That(page.ToDo, Is.Not.Empty, page.Code.Name);
            Assert.That(page.ToDo, Has.All.Length.GreaterThan(5), page.Code.Name);
        }
    }

    [Test]
    public void The_chinese_pages_are_in_chinese_and_their_first_sentences_fit_a_list()
    {
        foreach (var page in FailurePage.In("zh"))
        {
            Assert.That(page.FirstSentence, Does.Match(@"\p{IsCJKUnifiedIdeographs}{2}"), page.Code.Name);
            Assert.That(Fill.WidthOf(page.FirstSentence), Is.LessThanOrEqualTo(60), page.Code.Name);
            Assert.That(page.ToDo, Has.All.Match(@"\p{IsCJKUnifiedIdeographs}{2}"), page.Code.Name);
        }
    }

    [Test]
    public void A_star_of_a_file_pattern_is_no_emphasis() =>
        Assert.That(FailurePage.In("en").Single(page => page.Code == FailureCode.Poison).ToDo[0],
            Does.Contain("`crash-*.json`"));

    [Test]
    public void Every_exit_code_of_a_failure_is_in_the_list_of_exit_codes() =>
        Assert.That(
            FailureCode.All.Select(code => code.ExitCode).Except(ExitCodes.All.Select(row => row.Code)), Is.Empty);

    [TestCase("zh", null, null, "zh_CN.UTF-8")]
    [TestCase("zh", "zh_TW", null, "en_US.UTF-8")]
    [TestCase("en", "C", "zh_CN.UTF-8", "zh_CN.UTF-8")]
    [TestCase("zh", "", "zh_CN.UTF-8", "en_US.UTF-8")]
    [TestCase("en", null, null, null)]
    [TestCase("en", null, null, "de_DE.UTF-8")]
    public void The_first_locale_that_is_set_decides_on_the_language(
        string language, string? all, string? messages, string? lang) =>
        Assert.That(Language.Of(all, messages, lang), Is.EqualTo(language));
}
