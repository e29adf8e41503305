using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Decryptor.Architecture.Tests;

/// <summary>What a reviewer would say of a single file.</summary>
sealed class TasteTests
{
    static readonly string[] EmptyWords =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Service", "Processor", "Handler", "Wrapper",
            "Context",
            "Info", "Data", "Base", "Impl"];

    static readonly string[] Generators = ["LibraryImport", "JsonSerializable", "GeneratedRegex", "LoggerMessage"];

    [Test]
    public void A_type_s_name_says_what_it_is() => Verdict.On(Repository.Code.SelectMany(EmptyNames));

    [Test]
    public void An_empty_name_is_found()
    {
        foreach (var word in EmptyWords) Verdict.Finds($"class Worker{word};", EmptyNames);
        Verdict.Finds("record struct JobInfo(int A);", EmptyNames);
        Verdict.Finds("delegate void EventHandler();", EmptyNames);
        Verdict.Clean("class Managers; enum Information { A }", EmptyNames);
    }

    [Test]
    public void No_catch_is_empty() => Verdict.On(Repository.Code.SelectMany(EmptyCatches));

    [Test]
    public void An_empty_catch_is_found()
    {
        Verdict.Finds("class A { void B() { try { C(); } catch { } } }", EmptyCatches);
        Verdict.Finds("class A { void B() { try { C(); } catch (Exception) { /* later */ } } }", EmptyCatches);
        Verdict.Clean("class A { int B() { try { C(); } catch (Exception) { return 1; } } }", EmptyCatches);
    }

    [Test]
    public void There_is_no_region_and_no_pragma() => Verdict.On(Repository.Code.SelectMany(Directives));

    [Test]
    public void A_region_and_a_pragma_are_found()
    {
        Verdict.Finds("#region A\n#endregion", Directives);
        Verdict.Finds("#pragma warning disable CS1591", Directives);
        Verdict.Finds("#nullable disable", Directives);
        Verdict.Clean("#if X86_64_V3\n#endif", Directives);
    }

    [Test]
    public void Only_a_generator_makes_a_type_partial() => Verdict.On(Repository.Code.SelectMany(PartialTypes));

    [Test]
    public void A_type_that_is_partial_by_hand_is_found()
    {
        Verdict.Finds("partial class A { void B() { } }", PartialTypes);
        Verdict.Clean("partial class A { [LibraryImport(\"libc\")] static partial int B(); }", PartialTypes);
        Verdict.Clean("[JsonSerializable(typeof(int))] partial class A;", PartialTypes);
    }

    [Test]
    public void Namespaces_are_file_scoped_and_follow_the_folders() =>
        Verdict.On(Repository.Product.SelectMany(LostNamespaces));

    [Test]
    public void A_namespace_in_the_wrong_folder_is_found()
    {
        Verdict.Finds("namespace Decryptor.Supervisor.Storage;", LostNamespaces);
        Verdict.Finds("namespace Decryptor.Supervisor.Scheduling { }", LostNamespaces);
        Verdict.Clean("namespace Decryptor.Supervisor.Scheduling;", LostNamespaces);
    }

    [Test]
    public void Tests_do_not_sleep_to_wait_for_something() => Verdict.On(Repository.Tests.SelectMany(Sleeps));

    [Test]
    public void A_sleep_outside_of_a_polling_loop_is_found()
    {
        Verdict.Finds("class A { void B() { Thread.Sleep(100); C(); } }", Sleeps);
        Verdict.Finds("class A { async Task B() { await Task.Delay(100); C(); } }", Sleeps);
        Verdict.Clean("class A { async Task B() { while (!C()) await Task.Delay(10); } }", Sleeps);
    }

    [Test]
    public void A_worker_says_nothing_on_the_console() =>
        Verdict.On(Repository.Product.Where(source => source.Path.StartsWith("Worker/", StringComparison.Ordinal))
            .SelectMany(Consoles));

    [Test]
    public void A_word_on_the_console_is_found() =>
        Verdict.Finds("class A { void B() => Console.WriteLine(1); }", Consoles);

    static IEnumerable<string> EmptyNames(Source source) =>
        from node in source.All<MemberDeclarationSyntax>()
        let name = node is BaseTypeDeclarationSyntax type ? type.Identifier.Text
            : node is DelegateDeclarationSyntax made ? made.Identifier.Text : ""
        where EmptyWords.Any(word => name.EndsWith(word, StringComparison.Ordinal))
        select source.At(node, $"the name {name} says nothing");

    static IEnumerable<string> EmptyCatches(Source source) =>
        from caught in source.All<CatchClauseSyntax>()
        where caught.Block.Statements.Count == 0
        select source.At(caught, "a catch that does nothing");

    static IEnumerable<string> Directives(Source source) =>
        from trivia in source.Syntax.DescendantTrivia(descendIntoTrivia: true)
        where trivia.Kind() is SyntaxKind.RegionDirectiveTrivia or SyntaxKind.PragmaWarningDirectiveTrivia
            or SyntaxKind.NullableDirectiveTrivia
        select source.At(trivia.Token.Parent ?? source.Syntax, trivia.ToString().Trim());

    static IEnumerable<string> PartialTypes(Source source) =>
        from type in source.All<TypeDeclarationSyntax>()
        where type.Modifiers.Any(SyntaxKind.PartialKeyword)
        let attributes = type.DescendantNodes().OfType<AttributeSyntax>().Select(attribute => attribute.Name.ToString())
        where !attributes.Intersect(Generators).Any()
        select source.At(type, $"{type.Identifier} is partial and no generator asks for it");

    static IEnumerable<string> LostNamespaces(Source source)
    {
        var folder = Path.GetDirectoryName(source.Path)!.Replace('/', '.');
        return from declared in source.All<BaseNamespaceDeclarationSyntax>()
               where declared is not FileScopedNamespaceDeclarationSyntax
                   || declared.Name.ToString() != $"Decryptor.{folder}"
               select source.At(declared, $"{declared.Name} is not the file-scoped namespace of this folder");
    }

    static IEnumerable<string> Sleeps(Source source) =>
        from call in source.All<MemberAccessExpressionSyntax>()
        where call.ToString() is "Thread.Sleep" or "Task.Delay"
        where !call.Ancestors().Any(node => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax)
        select source.At(call, "a sleep; poll with a deadline, or wait for the event");

    static IEnumerable<string> Consoles(Source source) =>
        from name in source.All<IdentifierNameSyntax>()
        where name.Identifier.Text == "Console"
        select source.At(name, "frames and people must never meet on one stream");
}
