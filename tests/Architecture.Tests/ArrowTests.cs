using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Decryptor.Architecture.Tests;

/// <summary>
/// Who may use whom. A room sees its own types and those of the rooms it may use; the folder around a room is seen
/// without a word, so its types are looked for by name.
/// </summary>
sealed class ArrowTests
{
    static readonly string[] TopLevel =
        ["Decryptor.sln", "Protocol", "Supervisor", "Worker", "tests", "scripts", "README.md", ".ci",
            "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", ".gitignore",
                "BannedSymbols.txt", "LICENSE"];

    static readonly string[] TestFolders =
        ["Protocol.Tests", "Supervisor.Tests", "Worker.Tests", "EndToEnd.Tests", "Architecture.Tests", "FakeWorker",
            "Benchmarks", "Samples", "Mutants"];

    // Everything of ours may use Protocol. A room may use rooms, and single files of the folder around it.
    static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Supervisor"] = ["Supervisor.*"],
        ["Supervisor.Cli"] = ["Supervisor", "Supervisor.*"],
        ["Supervisor.Scheduling"] = [],
        ["Supervisor.Workers"] = ["Supervisor.Scheduling"],
        ["Supervisor.Storage"] = ["Supervisor.Scheduling"],
        ["Supervisor.Keys"] = [],
        ["Supervisor.Intake"] = ["Supervisor.Scheduling", "Supervisor.Storage"],
        ["Supervisor.Observability"] = ["Supervisor.Scheduling"],
        ["Worker"] = ["Worker.*"],
        ["Worker.Formats"] = ["Worker/Budget.cs", "Worker/Faults.cs"],
        ["Worker.Output"] = ["Worker/Budget.cs", "Worker/Faults.cs", "Worker/Libc.cs"],
        ["Protocol"] = [],
    };

    // Where each type of ours is at home: from its name to the files that declare one.
    static readonly Lazy<ILookup<string, string>> Homes = new(() => HomesOfTypes([.. Repository.Product]));

    [Test]
    public void At_the_top_there_is_what_the_design_names_and_nothing_else() =>
        Assert.That(Repository.TopLevel.Except(TopLevel), Is.Empty);

    [Test]
    public void Every_folder_of_code_is_a_room_of_the_design() =>
        Assert.That(Repository.Product.Select(source => Room(source.Path)).Distinct().Except(Arrows.Keys), Is.Empty);

    [Test]
    public void Every_folder_of_tests_is_one_of_the_design() =>
        Assert.That(Directory.GetDirectories(Path.Combine(Repository.Root, "tests")).Select(Path.GetFileName)
            .Except([.. TestFolders, "artifacts", "bin", "obj"]), Is.Empty);

    [Test]
    public void Rooms_use_only_the_rooms_that_they_may() => Verdict.On(Repository.Product.SelectMany(WrongArrows));

    [TestCase("using Decryptor.Supervisor.Storage;")]
    [TestCase("using Ledger = Decryptor.Supervisor.Storage.JobLedger;")]
    [TestCase("using static Decryptor.Supervisor.Workers.ExitCode;")]
    [TestCase("class A { Decryptor.Supervisor.Storage.Spool? B; }")]
    [TestCase("class A { object B = new Workers.WorkerPool(); }")]
    [TestCase("class A { int B = Workers.ExitCode.InWords(1); }")]
    [TestCase("class A { int B = global::Decryptor.Supervisor.Workers.ExitCode.InWords(1); }")]
    public void A_wrong_arrow_is_found(string code) => Verdict.Finds(code, WrongArrows);

    [Test]
    public void A_type_of_the_folder_around_is_found_by_its_name()
    {
        var around = new Source("Supervisor/EventLoop.cs", "sealed class EventLoop;");
        var homes = HomesOfTypes([around, new("Worker/Budget.cs", "class Budget;"),
            new("Worker/Session.cs", "class Session;")]);
        var inside = new Source("Supervisor/Scheduling/A.cs", "class A { EventLoop? B; }");
        Assert.That(NamesFromAround(inside, homes), Is.Not.Empty);
        Assert.That(NamesFromAround(new("Supervisor/Cli/A.cs", inside.Text), homes), Is.Empty);
        Assert.That(NamesFromAround(new("Worker/Formats/A.cs", "class A { Budget? B; }"), homes), Is.Empty);
        Assert.That(NamesFromAround(new("Worker/Formats/A.cs", "class A { Session? B; }"), homes), Is.Not.Empty);
        Assert.That(NamesFromAround(new("Worker/Formats/A.cs", "class A { Session? B; class Session; }"), homes),
            Is.Empty);
    }

    [Test]
    public void Right_arrows_are_let_be()
    {
        Verdict.Clean("using System.Text; using Decryptor.Protocol; class A { Protocol.Outcome B; }", WrongArrows);
        Verdict.Clean("using Decryptor.Supervisor.Scheduling;", WrongArrows, "Supervisor/Workers/A.cs");
        Verdict.Clean("using Decryptor.Worker.Formats.Xlog;", WrongArrows, "Worker/Unpacker.cs");
    }

    [TestCase("Protocol/Protocol.csproj", "")]
    [TestCase("Supervisor/Supervisor.csproj", "Protocol")]
    [TestCase("Worker/Worker.csproj", "Protocol")]
    public void A_program_references_only_the_protocol(string project, string allowed)
    {
        var references = XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.That(string.Join(' ', references), Is.EqualTo(allowed));
    }

    static IEnumerable<string> WrongArrows(Source source) =>
        ByNamespace(source).Concat(ByRelativeName(source)).Concat(NamesFromAround(source, Homes.Value));

    static IEnumerable<string> ByNamespace(Source source) =>
        from name in source.All<NameSyntax>().Where(IsWhole)
            .Select(name => (Node: (SyntaxNode)name, Text: name.ToString()))
            .Concat(source.All<MemberAccessExpressionSyntax>().Where(IsWhole)
                .Select(access => (Node: (SyntaxNode)access, Text: access.ToString())))
        let text = name.Text.Replace("global::", "", StringComparison.Ordinal)
        where text.StartsWith("Decryptor.", StringComparison.Ordinal)
            && name.Node.Parent is not BaseNamespaceDeclarationSyntax
        let room = RoomOfNamespace(text["Decryptor.".Length..])
        where !May(Room(source.Path), room)
        select source.At(name.Node, $"{Room(source.Path)} may not use {room}");

    // Inside Decryptor.Supervisor.X, the name Workers.WorkerPool leads to Decryptor.Supervisor.Workers.
    static IEnumerable<string> ByRelativeName(Source source) =>
        from name in source.All<SimpleNameSyntax>()
        where name.Parent is QualifiedNameSyntax left && left.Left == name
            || name.Parent is MemberAccessExpressionSyntax access && access.Expression == name
        let room = $"{Room(source.Path).Split('.')[0]}.{name.Identifier.Text}"
        let type = name.Parent is QualifiedNameSyntax qualified ? qualified.Right.Identifier.Text
            : ((MemberAccessExpressionSyntax)name.Parent!).Name.Identifier.Text
        where Homes.Value[type].Any(home => Room(home) == room) && !May(Room(source.Path), room)
        select source.At(name, $"{Room(source.Path)} may not use {room}");

    static IEnumerable<string> NamesFromAround(Source source, ILookup<string, string> homes)
    {
        var room = Room(source.Path);
        var around = room.Split('.')[0];
        if (room == around || May(room, around)) return [];
        var own = OwnNames(source);
        return from name in source.All<IdentifierNameSyntax>()
               let text = name.Identifier.Text
               where homes[text].Any(home => Room(home) == around) && !own.Contains(text)
               where name.Parent is not MemberAccessExpressionSyntax access || access.Expression == name
               where name.Parent is not QualifiedNameSyntax
               where !homes[text].Any(home => May(room, Room(home)) || Arrows[room].Contains(home))
               select source.At(name, $"{room} may not use {text} of {around}");
    }

    static HashSet<string> OwnNames(Source source) =>
    [
        .. source.All<PropertyDeclarationSyntax>().Select(property => property.Identifier.Text),
        .. source.All<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text),
    ];

    static bool IsWhole(SyntaxNode node) =>
        node.Parent is not (QualifiedNameSyntax or MemberAccessExpressionSyntax or AliasQualifiedNameSyntax);

    static bool May(string user, string used) =>
        used == "Protocol" || used == user || Arrows.GetValueOrDefault(user, []).Any(arrow =>
            arrow == used || arrow.EndsWith(".*", StringComparison.Ordinal)
                && used.StartsWith(arrow[..^1], StringComparison.Ordinal));

    static ILookup<string, string> HomesOfTypes(IReadOnlyList<Source> sources) =>
        sources.SelectMany(source => source.All<BaseTypeDeclarationSyntax>()
                .Where(type => type.Parent is not TypeDeclarationSyntax)
                .Select(type => (Name: type.Identifier.Text, source.Path)))
            .ToLookup(type => type.Name, type => type.Path);

    static string Room(string path)
    {
        var folders = Path.GetDirectoryName(path)!.Split('/');
        return string.Join('.', folders.Take(2));
    }

    static string RoomOfNamespace(string name)
    {
        var parts = name.Split('.');
        var inner = parts.Length > 1 ? $"{parts[0]}.{parts[1]}" : parts[0];
        return Arrows.ContainsKey(inner) ? inner : parts[0];
    }
}
