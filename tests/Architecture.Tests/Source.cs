using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Decryptor.Architecture.Tests;

/// <summary>One file: its path from the root, its text, and for code its syntax.</summary>
sealed class Source(string path, string text)
{
    readonly Lazy<SyntaxNode> _syntax =
        new(() => CSharpSyntaxTree.ParseText(text, CSharpParseOptions.Default).GetRoot());

    public string Path => path;

    public string Text => text;

    public string[] Lines { get; } = text.TrimEnd('\n').Split('\n');

    public SyntaxNode Syntax => _syntax.Value;

    public IEnumerable<T> All<T>() where T : SyntaxNode => Syntax.DescendantNodes().OfType<T>();

    /// <summary>A finding about this file, in the form in which compilers give them.</summary>
    public string At(SyntaxNodeOrToken place, string what) => At(LineOf(place), what);

    public string At(int line, string what) => $"{path}({line}): {what}";

    public static int LineOf(SyntaxNodeOrToken place) => place.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>Lines from the first token to the last, without the comment above.</summary>
    public static int Height(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
