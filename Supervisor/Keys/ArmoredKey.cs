namespace Decryptor.Supervisor.Keys;

/// <summary>
/// A whole file that is one private key in armor, known by its first line and held until a format reads it.
/// </summary>
sealed class ArmoredKey(string kind, string name, byte[] file) : RingKey(kind, name, file)
{
    internal ReadOnlyMemory<byte> File => file;

    /// <summary>
    /// The kind of key that a first line announces; null for a line that announces none, empty for one that is not
    /// private.
    /// </summary>
    public static string? KindOf(string firstLine)
    {
        const string begin = "-----BEGIN ", end = "-----";
        var armored = firstLine.StartsWith(begin, StringComparison.Ordinal)
            && firstLine.EndsWith(end, StringComparison.Ordinal) && firstLine.Length >= begin.Length + end.Length;
        if (!armored) return null;
        return firstLine[begin.Length..^end.Length] switch
        {
            "OPENSSH PRIVATE KEY" => OpenSsh,
            "PGP PRIVATE KEY BLOCK" => "openpgp",
            "PRIVATE KEY" or "ENCRYPTED PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY" => Pem,
            _ => "",
        };
    }

    /// <summary>The kinds of files that are read at once.</summary>
    public const string OpenSsh = "openssh", Pem = "pem";
}
