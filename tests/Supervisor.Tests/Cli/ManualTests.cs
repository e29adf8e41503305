using System.CommandLine;
using Decryptor.Supervisor.Cli;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Tests.Cli;

/// <summary>Help and manual against the commands that there are.</summary>
sealed class ManualTests
{
    static readonly RootCommand Root = CommandLine.Build();

    static IEnumerable<string> Commands() => All(Root).Select(Shape.PathOf);

    [Test]
    public void Every_command_has_a_page_and_every_page_a_command()
    {
        var verbs = Root.Subcommands.Select(command => command.Name);
        Assert.That(verbs, Is.EquivalentTo(VerbPage.All.Select(page => page.Verb)));
        Assert.That(VerbPage.All.Select(page => page.Group).Except(VerbPage.Groups), Is.Empty);
    }

    [TestCaseSource(nameof(Commands))]
    public void Every_command_option_and_argument_says_what_it_is(string path)
    {
        var command = At(path);
        Assert.That(command.Description, Is.Not.Empty);
        foreach (var option in Shape.OptionsOf(command)) Assert.That(option.Description, Is.Not.Empty, option.Name);
        foreach (var argument in command.Arguments) Assert.That(argument.Description, Is.Not.Empty, argument.Name);
        foreach (var option in Shape.OptionsOf(command).Where(Shape.TakesValue))
            Assert.That(option.HelpName, Is.Not.Empty, option.Name);
    }

    [TestCaseSource(nameof(Commands))]
    public void Help_fits_80_columns(string path) =>
        Assert.That(Help(path, 80).Split('\n'), Has.All.Length.LessThanOrEqualTo(80));

    [TestCaseSource(nameof(Commands))]
    public void On_40_columns_only_calls_that_must_be_copied_whole_are_longer(string path)
    {
        var calls = VerbPage.All.SelectMany(page => page.Examples).Select(example => $"  {example.Call}");
        Assert.That(Help(path, 40).Split('\n').Except(calls), Has.All.Length.LessThanOrEqualTo(40));
    }

    [Test]
    public void Every_example_is_a_call_that_the_program_understands()
    {
        var calls = VerbPage.All.SelectMany(page => page.Examples).Select(example => example.Call)
            .Where(call => call.StartsWith("decryptor ", StringComparison.Ordinal)).ToList();
        Assert.That(calls, Has.Count.GreaterThan(20));
        foreach (var call in calls)
        {
            var words = call.Split('>', '|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            var errors = Root.Parse(Slips.WithCommand(Root, words)).Errors.Select(error => error.Message);
            Assert.That(errors, Is.Empty, call);
        }
    }

    [Test]
    public void The_manual_has_a_page_for_the_program_and_for_each_command_that_is_shown()
    {
        var pages = ManPages.Of(Root, "1.2.3").ToDictionary(page => page.File, page => page.Text);
        Assert.That(pages.Keys, Is.EquivalentTo(
            Shape.Below(Root).Select(command => $"decryptor-{command.Name}.1").Append("decryptor.1")));
        foreach (var (file, text) in pages)
            foreach (var section in new[] { "NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "ENVIRONMENT", "EXIT STATUS" })
                Assert.That(text, Does.Contain($".SH {section}\n"), file);
    }

    [TestCaseSource(nameof(Commands))]
    public void The_manual_names_every_option(string path)
    {
        var file = path.Length == 0 ? "decryptor.1" : $"decryptor-{path.Split(' ')[0]}.1";
        var page = ManPages.Of(Root, "1.2.3").Single(page => page.File == file);
        foreach (var name in Shape.OptionsOf(At(path)).SelectMany(option => option.Aliases.Append(option.Name)))
            if (name is ['-', _] or ['-', '-', ..])
                Assert.That(page.Text, Does.Contain(name.Replace("-", "\\-", StringComparison.Ordinal)), name);
    }

    [TestCase(new[] { "boot.xlog" }, "cat boot.xlog")]
    [TestCase(new[] { "--color=never", "boot.xlog" }, "--color=never cat boot.xlog")]
    [TestCase(new[] { "--color", "never", "keys", "list" }, "--color never keys list")]
    [TestCase(new[] { "--keys", "k", "boot.xlog" }, "cat --keys k boot.xlog")]
    [TestCase(new[] { "--version", "--json" }, "--version --json")]
    [TestCase(new string[0], "--help")]
    [TestCase(new[] { "--color", "never" }, "--help --color never")]
    public void What_is_no_command_is_a_file_to_print(string[] words, string meant) =>
        Assert.That(string.Join(' ', Slips.WithCommand(Root, words)), Is.EqualTo(meant));

    static string Help(string path, int columns)
    {
        using var output = new StringWriter();
        new HelpText(output, columns, new(false)).Write(At(path));
        return output.ToString();
    }

    static Command At(string path) => path.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate((Command)Root, (at, name) => at.Subcommands.Single(command => command.Name == name));

    static IEnumerable<Command> All(Command command) => Shape.Below(command).SelectMany(All).Prepend(command);
}
