using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Decryptor.Architecture.Tests;

/// <summary>
/// How types are related: one step of inheritance, from something closed, and no interface for its own sake.
/// </summary>
sealed class FamilyTests
{
    [Test]
    public void Types_inherit_in_one_step_from_an_abstract_one() => Verdict.On(Descendants([.. Repository.Product]));

    [Test]
    public void Inheritance_of_another_kind_is_found()
    {
        Assert.That(Descendants([Code("class A; class B : A;")]), Is.Not.Empty);
        Assert.That(Descendants([Code("abstract class A; abstract class B : A; class C : B;")]), Is.Not.Empty);
        Assert.That(Descendants([Code("abstract record A { sealed record B : A; }")]), Is.Empty);
        Assert.That(Descendants([Code("class A : Exception;")]), Is.Empty);
    }

    [Test]
    public void An_interface_has_at_least_two_implementations() => Verdict.On(Lonely([.. Repository.Product]));

    [Test]
    public void An_interface_with_one_implementation_is_found()
    {
        Assert.That(Lonely([Code("interface IA; class A : IA;")]), Is.Not.Empty);
        Assert.That(Lonely([Code("interface IA; class A : IA; class B : IA;")]), Is.Empty);
    }

    static Source Code(string text) => new("Supervisor/Snippet.cs", text);

    static IEnumerable<string> Descendants(IReadOnlyList<Source> sources)
    {
        var ours = sources.SelectMany(source => source.All<TypeDeclarationSyntax>())
            .Where(type => type is ClassDeclarationSyntax or RecordDeclarationSyntax)
            .ToLookup(type => type.Identifier.Text);
        return from source in sources
               from type in source.All<TypeDeclarationSyntax>()
               from parent in Parents(type).SelectMany(name => ours[name])
               where !parent.Modifiers.Any(SyntaxKind.AbstractKeyword) || Parents(parent).Any(name => ours[name].Any())
               select source.At(type,
                   $"{type.Identifier} inherits from {parent.Identifier}, which is not abstract or has parents");
    }

    static IEnumerable<string> Lonely(IReadOnlyList<Source> sources)
    {
        var implemented = sources.SelectMany(source => source.All<TypeDeclarationSyntax>()).SelectMany(Parents)
            .ToLookup(name => name);
        return from source in sources
               from type in source.All<InterfaceDeclarationSyntax>()
               where implemented[type.Identifier.Text].Count() < 2
               select source.At(type, $"{type.Identifier} has fewer than two implementations");
    }

    static IEnumerable<string> Parents(TypeDeclarationSyntax type) =>
        type.BaseList?.Types.Select(parent => parent.Type.ToString().Split('.', '<')[0]) ?? [];
}
