using System.Globalization;
using System.Text;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Supervisor.Cli.KeyCommands;

/// <summary>One file of a ring's folder, as far as it may be shown.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Mode">Its permissions, four octal digits; <c>-</c> where they cannot be seen.</param>
/// <param name="Keys">The keys in it; none where it may not be used.</param>
/// <param name="Problems">Why it, or a line of it, cannot be used. Never text of the file.</param>
/// <param name="Created">When its <c># created:</c> comment says it was made.</param>
sealed record RingFile(
    string Name, string Mode, IReadOnlyList<RingKey> Keys, IReadOnlyList<string> Problems, DateTimeOffset? Created)
{
    /// <summary>Whether its permissions are why it may not be used.</summary>
    public bool IsOpen { get; init; }

    /// <summary>
    /// Looks at every file of the folder. Unlike <see cref="KeyRing.Load"/> it goes on over what a person must mend, so
    /// that all of it is told at once.
    /// </summary>
    /// <exception cref="KeyRingException">There is no such folder, or it holds too much.</exception>
    public static IReadOnlyList<RingFile> In(string folder)
    {
        var reader = new KeyReader();
        var files = KeyRing.Files(folder).Select(path => Look(path, KeyRing.IsOfSystemd(folder), reader)).ToList();
        var (told, open) = (reader.Warnings.Count, reader.Keys.Count);
        reader.Unlock();
        return [.. files.Select(file => file with
        {
            Keys = [.. file.Keys, .. reader.Keys.Skip(open).Where(key => key.Name == file.Name)],
            Problems = [.. file.Problems, .. reader.Warnings.Skip(told).Where(
                warning => warning.StartsWith($"{file.Name}: ", StringComparison.Ordinal))],
        })];
    }

    /// <summary>What is worth knowing of a key and no problem: it is published, or there are two of it.</summary>
    public static IEnumerable<string> NotesOn(RingKey key, IEnumerable<RingKey> all)
    {
        if (key.IsPublished)
            yield return $"{key.Name} is a sample that its makers publish: what is sealed for it, anyone can read";
        if (all.FirstOrDefault(other => other.Name != key.Name && other.HasSecretOf(key)) is { } twin)
            yield return $"{key.Name} and {twin.Name} are the same key";
    }

    static RingFile Look(string path, bool fromSystemd, KeyReader reader)
    {
        var name = Path.GetFileName(path);
        var (told, known) = (reader.Warnings.Count, reader.Keys.Count);
        try
        {
            var contents = KeyFile.Read(path, fromSystemd, out var reason);
            if (contents is null) reader.Skip(name, reason);
            else reader.Read(name, contents);
            return new(name, ModeOf(path), [.. reader.Keys.Skip(known)], [.. reader.Warnings.Skip(told)],
                CreatedIn(contents));
        }
        catch (KeyRingException e) when (reader.Keys.Count < KeyReader.KeysMax)
        {
            return new(name, ModeOf(path), [], [$"{e.Message} ({e.Hint})"], null)
            {
                IsOpen = e.Hint.StartsWith("chmod", StringComparison.Ordinal),
            };
        }
    }

    static string ModeOf(string path)
    {
        try
        {
            return Convert.ToString((int)File.GetUnixFileMode(path), 8).PadLeft(4, '0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "-";
        }
    }

    // Only a date is taken from a comment: the rest of it may be anything.
    static DateTimeOffset? CreatedIn(byte[]? contents)
    {
        const string mark = "# created:";
        var line = Encoding.UTF8.GetString(contents ?? []).Split('\n')
            .FirstOrDefault(each => each.StartsWith(mark, StringComparison.Ordinal));
        return DateTimeOffset.TryParse(
            line?[mark.Length..].Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at.ToUniversalTime()
                : null;
    }
}
