namespace Decryptor.Architecture.Tests;

/// <summary>
/// Whether a rule has found something: nothing in the project, and something in the snippet made to break it.
/// </summary>
static class Verdict
{
    const string Snippet = "Supervisor/Scheduling/Snippet.cs";

    public static void On(IEnumerable<string> findings)
    {
        var all = findings.Order(StringComparer.Ordinal).ToList();
        Assert.That(all, Is.Empty, string.Join('\n', all));
    }

    public static void Finds(string code, Func<Source, IEnumerable<string>> rule, string path = Snippet) =>
        Assert.That(rule(new(path, code)), Is.Not.Empty, code);

    public static void Clean(string code, Func<Source, IEnumerable<string>> rule, string path = Snippet) =>
        Assert.That(rule(new(path, code)), Is.Empty, code);

    public static string Times(this string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
