using System.CommandLine;

namespace Decryptor.Supervisor.Cli.Manual;

/// <summary><c>decryptor man DIR</c>: the manual pages, for whoever makes a package of the program.</summary>
static class ManCommand
{
    public static Command Build(RootCommand root)
    {
        var folder = new Argument<string>("DIR") { Description = "where the pages go" };
        var command = new Command("man", "write the manual pages into a folder") { folder };
        command.Hidden = true;
        command.SetAction(parsed => Write(root, parsed.GetValue(folder)!));
        return command;
    }

    static int Write(RootCommand root, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (file, text) in ManPages.Of(root, ThisBuild.Version))
                File.WriteAllText(Path.Combine(folder, file), text);
            return 0;
        }
        catch (UnauthorizedAccessException e)
        {
            return Talk.Error($"{folder} cannot be written: {e.Message}", "choose another folder", 73);
        }
    }
}
