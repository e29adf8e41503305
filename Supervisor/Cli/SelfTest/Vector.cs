namespace Decryptor.Supervisor.Cli.SelfTest;

/// <summary>A small package that is built into the program, and what must become of it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Code">The failure code that it must end with; empty for none.</param>
/// <param name="TextSha256">The hash of its texts, one behind the other; null where any will do.</param>
/// <param name="Package">Its bytes.</param>
sealed record Vector(string Name, string Code, string? TextSha256, byte[] Package)
{
    /// <summary>All of them, and the lines of the key ring that opens them.</summary>
    public static (IReadOnlyList<Vector> Vectors, IReadOnlyList<string> Keys) BuiltIn()
    {
        using var stream = typeof(Vector).Assembly.GetManifestResourceStream("selftest.vectors")!;
        using var text = new StreamReader(stream);
        var lines = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return ([.. lines.Where(line => line.StartsWith("vector ", StringComparison.Ordinal)).Select(Read)],
            [.. lines.Where(line => line.StartsWith("key ", StringComparison.Ordinal)).Select(line => line[4..])]);
    }

    static Vector Read(string line)
    {
        var words = line.Split(' ');
        return new(words[1], Said(words[2]) ?? "", Said(words[3]), Convert.FromBase64String(words[4]));
    }

    static string? Said(string word) => word == "-" ? null : word;
}
