using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Decryptor.Architecture.Tests;

/// <summary>Nothing grows past what can be seen at once.</summary>
sealed class SizeTests
{
    const int FileMax = 400;
    const int MethodMax = 60;
    const int LineMax = 120;
    const int ParametersMax = 5;

    [Test]
    public void A_file_has_at_most_400_lines() => Verdict.On(Repository.Code.SelectMany(LongFile));

    [Test]
    public void A_long_file_is_found()
    {
        Verdict.Clean("// line\n".Times(FileMax), LongFile);
        Verdict.Finds("// line\n".Times(FileMax + 1), LongFile);
    }

    [Test]
    public void A_line_has_at_most_120_characters() => Verdict.On(Repository.Code.SelectMany(LongLines));

    [Test]
    public void A_long_line_is_found()
    {
        Verdict.Clean("x".Times(LineMax), LongLines);
        Verdict.Finds("short\n" + "x".Times(LineMax + 1), LongLines);
    }

    [Test]
    public void A_method_has_at_most_60_lines() => Verdict.On(Repository.Code.SelectMany(LongMethods));

    [Test]
    public void A_long_method_is_found()
    {
        Verdict.Clean("class A { void B()\n{\n" + "C();\n".Times(MethodMax - 3) + "} }", LongMethods);
        Verdict.Finds("class A { void B()\n{\n" + "C();\n".Times(MethodMax - 2) + "} }", LongMethods);
        Verdict.Finds("class A { int B { get\n{\n" + "C();\n".Times(MethodMax) + "return 1; } } }", LongMethods);
    }

    [Test]
    public void A_constructor_has_at_most_5_parameters() => Verdict.On(Repository.Code.SelectMany(WideConstructors));

    [Test]
    public void A_wide_constructor_is_found()
    {
        Verdict.Clean("class A { A(int a, int b, int c, int d, int e) { } }", WideConstructors);
        Verdict.Finds("class A { A(int a, int b, int c, int d, int e, int f) { } }", WideConstructors);
        Verdict.Finds("class A(int a, int b, int c, int d, int e, int f);", WideConstructors);
        Verdict.Clean("record A(int a, int b, int c, int d, int e, int f);", WideConstructors);
    }

    static IEnumerable<string> LongFile(Source source)
    {
        if (source.Lines.Length > FileMax) yield return source.At(FileMax, $"the file has {source.Lines.Length} lines");
    }

    static IEnumerable<string> LongLines(Source source) =>
        from line in source.Lines.Index()
        where line.Item.Length > LineMax
        select source.At(line.Index + 1, $"a line of {line.Item.Length} characters");

    static IEnumerable<string> LongMethods(Source source) =>
        from node in source.All<SyntaxNode>()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        where Source.Height(node) > MethodMax
        select source.At(node, $"a method of {Source.Height(node)} lines");

    // Records are data: their fields have names where they are made.
    static IEnumerable<string> WideConstructors(Source source) =>
        from parameters in source.All<ParameterListSyntax>()
        where parameters.Parent is ConstructorDeclarationSyntax or ClassDeclarationSyntax or StructDeclarationSyntax
        where parameters.Parameters.Count > ParametersMax
        select source.At(parameters, $"a constructor of {parameters.Parameters.Count} parameters");
}
