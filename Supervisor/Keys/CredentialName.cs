namespace Decryptor.Supervisor.Keys;

/// <summary>
/// What systemd makes of a folder of keys: <c>LoadCredential=keys:/etc/decryptor/keys</c> hands over the file
/// <c>prod</c> in it as the credential <c>keys_prod</c>, beside whatever else the unit loads (systemd.exec(5)).
/// </summary>
static class CredentialName
{
    const string Prefix = "keys_";

    /// <summary>The paths of keys; all of them where the unit has loaded no folder, but single files.</summary>
    public static List<string> Ours(List<string> paths, bool fromSystemd)
    {
        var ofFolder = fromSystemd ? paths.FindAll(path => IsOfFolder(Path.GetFileName(path))) : [];
        return ofFolder.Count > 0 ? ofFolder : paths;
    }

    /// <summary>What the key was called before systemd took it.</summary>
    public static string KeyOf(string file, bool fromSystemd) =>
        fromSystemd && IsOfFolder(file) ? file[Prefix.Length..] : file;

    static bool IsOfFolder(string file) =>
        file.StartsWith(Prefix, StringComparison.Ordinal) && file.Length > Prefix.Length;
}
