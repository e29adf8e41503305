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

    static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"^\| `.*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^## (\w+)\n\w", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
