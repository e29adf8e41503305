using Decryptor.Protocol;
using Answer = Decryptor.Protocol.Keys;

namespace Decryptor.Supervisor.Keys;

/// <summary>What may be shown of a key.</summary>
/// <param name="Name">What the ring calls it.</param>
/// <param name="Kind">What kind of key it is.</param>
/// <param name="Fingerprint">The beginning of its public key or of a hash of it; empty where it has none.</param>
readonly record struct KeyView(string Name, string Kind, string Fingerprint)
{
    /// <summary><c>prod xlog 94e62d97</c></summary>
    public override string ToString() => $"{Name} {Kind} {Fingerprint}".TrimEnd();
}

/// <summary>
/// The private keys, read once and never changed: a reload is another ring. It answers workers with the key of one file
/// and keeps its own; any thread may ask. A ring that must not be used is a <see cref="KeyRingException"/>, a line that
/// is not understood a warning.
/// </summary>
sealed class KeyRing : IEquatable<KeyRing>
{
    const int FilesMax = 1000;

    readonly IReadOnlyList<RingKey> _keys;

    KeyRing(IReadOnlyList<RingKey> keys, IReadOnlyList<string> warnings) => (_keys, Warnings) = (keys, warnings);

    /// <summary>A ring without a key.</summary>
    public static KeyRing Empty { get; } = new([], []);

    /// <summary>What was not understood, by file and line.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Every key, as far as it may be shown.</summary>
    public IReadOnlyList<KeyView> Views => [.. _keys.Select(key => new KeyView(key.Name, key.Kind, key.Fingerprint))];

    /// <summary>Reads the ring of a folder; null is the empty ring.</summary>
    /// <exception cref="KeyRingException">It must not be used until a person has mended it.</exception>
    public static KeyRing Load(string? folder)
    {
        if (folder is null) return Empty;
        var reader = new KeyReader();
        var fromSystemd = IsOfSystemd(folder);
        foreach (var path in Files(folder))
        {
            var name = CredentialName.KeyOf(Path.GetFileName(path), fromSystemd);
            if (KeyFile.Read(path, fromSystemd, out var reason) is { } contents) reader.Read(name, contents);
            else reader.Skip(name, reason);
        }

        reader.Unlock();
        return new(reader.Keys, reader.Warnings);
    }

    /// <summary>When the folder or a file in it was changed last; null for no folder.</summary>
    public static DateTimeOffset? ChangedAt(string? folder) => folder is null
        ? null
        : new DirectoryInfo(folder).EnumerateFiles().Select(file => file.LastWriteTimeUtc)
            .Append(Directory.GetLastWriteTimeUtc(folder)).Max();

    /// <summary>A ring of each of its keys alone, in their order.</summary>
    public IReadOnlyList<KeyRing> Singles => [.. _keys.Select(key => new KeyRing([key], []))];

    /// <summary>How many keys of a kind there are.</summary>
    public int Count(string kind) => _keys.Count(key => key.Kind == kind);

    /// <summary>Answers a worker's question: the candidates for the file at hand.</summary>
    public Answer Answer(KeyRequest request) => Candidates.Answer(request, _keys);

    /// <summary>Whether the other holds the same keys under the same names.</summary>
    public bool Equals(KeyRing? other) =>
        other is not null && _keys.Count == other._keys.Count
            && _keys.Zip(other._keys).All(pair => pair.First.SameAs(pair.Second));

    public override bool Equals(object? obj) => Equals(obj as KeyRing);

    public override int GetHashCode() => _keys.Count;

    /// <summary>How many keys there are, and nothing of them.</summary>
    public override string ToString() => $"a ring of {_keys.Count} keys";

    /// <summary>Paths of the files that a ring is read from, in their order.</summary>
    /// <exception cref="KeyRingException">It is not there, cannot be read, or holds too many.</exception>
    internal static List<string> Files(string folder)
    {
        if (!Directory.Exists(folder))
            throw new KeyRingException($"there is no key folder {folder}", "check the path behind --keys");
        try
        {
            var files = Directory.EnumerateFileSystemEntries(folder)
                .Where(path => !Path.GetFileName(path).StartsWith('.') && !path.EndsWith('~'))
                .Take(FilesMax + 1).ToList();
            files.Sort(StringComparer.Ordinal);
            if (files.Count <= FilesMax) return CredentialName.Ours(files, IsOfSystemd(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyRingException($"the key folder {folder} cannot be read: {e.Message}",
                "name a directory that the user of this program may read");
        }

        throw new KeyRingException($"the key folder {folder} holds more than {FilesMax} files",
            "is it the right folder?");
    }

    // systemd chooses the permissions of the credentials that it hands to a service, and keeps others out itself.
    internal static bool IsOfSystemd(string folder)
    {
        var credentials = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        if (string.IsNullOrEmpty(credentials)) return false;
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(credentials));
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return full == root || Path.GetDirectoryName(full) == root;
    }
}
