using System.Text.RegularExpressions;

namespace Decryptor.Architecture.Tests;

/// <summary>
/// What must stand nowhere in the project: promises to tidy up later, and traces of how or where it was written.
/// </summary>
sealed partial class WordTests
{
    [Test]
    public void Nothing_is_put_off_and_nothing_tells_of_its_making() => Verdict.On(Texts().SelectMany(StrayWords));

    [TestCase("// TODO: later")]
    [TestCase("// FIXME")]
    [TestCase("// HACK around it")]
    [TestCase("Generated with care")]
    [TestCase("Co-authored-by: somebody")]
    [TestCase("the assistant wrote this")]
    public void A_stray_word_is_found(string text) => Verdict.Finds(text, StrayWords);

    [Test]
    public void No_path_leads_to_a_machine() => Verdict.On(Texts().SelectMany(MachinePaths));

    [TestCase("/home/somebody/project")]
    [TestCase("see /root/notes")]
    [TestCase("/Users/somebody")]
    [TestCase(@"C:\project")]
    public void A_path_of_a_machine_is_found(string text)
    {
        Verdict.Finds(text, MachinePaths);
        Verdict.Finds($"cd {Repository.Root}/tests", MachinePaths);
        Verdict.Clean("/srv/spool/work, ~/keys, $HOME and /var/lib/decryptor", MachinePaths);
    }

    // This file must name what it looks for.
    static IEnumerable<Source> Texts() =>
        Repository.Texts.Where(source => !source.Path.EndsWith($"{nameof(WordTests)}.cs", StringComparison.Ordinal));

    static IEnumerable<string> StrayWords(Source source) =>
        from line in source.Lines.Index()
        from Match match in Stray().Matches(line.Item)
        select source.At(line.Index + 1, match.Value);

    static IEnumerable<string> MachinePaths(Source source) =>
        from line in source.Lines.Index()
        where MachinePath().IsMatch(line.Item) || line.Item.Contains(Repository.Root + "/", StringComparison.Ordinal)
        select source.At(line.Index + 1, line.Item.Trim());

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|(?i)\b(generated (with|by)|co-authored-by|assistant|chatbot)\b")]
    private static partial Regex Stray();

    [GeneratedRegex(@"(?<![\w.$}])/(home|root|Users)/\w|\b[A-Z]:\\\w")]
    private static partial Regex MachinePath();
}
