using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Decryptor.Protocol.Tests;

/// <summary>The page about failure codes, held against the codes.</summary>
sealed partial class FailurePageTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(Here(), "../../Protocol/FAILURES.md"));

    [Test]
    public void The_table_has_each_code_in_order_with_its_facts() =>
        Assert.That(Row().Matches(Page).Select(match => match.Value), Is.EqualTo(FailureCode.All.Select(code =>
            $"| `{code.Name}` | {code.ExitCode} | {code.Mover} | {(code.RetryHelps ? "yes" : "no")} |")));

    [Test]
    public void Each_code_has_words_of_its_own() =>
        Assert.That(Heading().Matches(Page).Select(match => match.Groups[1].Value),
            Is.EqualTo(FailureCode.All.Select(code => code.Name)));

    [Test]
    public void The_chinese_page_has_the_same_codes_with_the_same_facts()
    {
        var page = File.ReadAllText(Path.Combine(Here(), "../../Protocol/FAILURES.zh-CN.md"));
        Assert.That(Row().Matches(page).Select(match => match.Value), Is.EqualTo(FailureCode.All.Select(code =>
            $"| `{code.Name}` | {code.ExitCode} | {InChinese(code.Mover)} | {(code.RetryHelps ? "是" : "否")} |")));
        Assert.That(Heading().Matches(page).Select(match => match.Groups[1].Value),
            Is.EqualTo(FailureCode.All.Select(code => code.Name)));
    }

    static string InChinese(Mover mover) => mover switch
    {
        Mover.Sender => "发送方",
        Mover.Operator => "运维",
        Mover.KeyOwner => "密钥持有方",
        _ => "Decryptor 开发者",
    };

    static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"^\| `.*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^## (\w+)\n\w", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
