using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Cli.Progressing;

/// <summary>
/// The last lines of a terminal, drawn again and again; what is said meanwhile stands above them. One write a picture,
/// so that nothing flickers, and the cursor is never hidden: a run that is killed or stopped leaves a usable terminal.
/// </summary>
sealed class BarScreen(Stream terminal)
{
    const string ClearLine = "\e[K", ClearBelow = "\e[J";

    int _drawn;

    /// <summary>Draws these lines in the place of the last ones, and above them what is to stay.</summary>
    public void Draw(IReadOnlyList<string> stays, IReadOnlyList<string> lines)
    {
        if (_drawn == 0 && stays.Count == 0 && lines.Count == 0) return;
        var picture = new StringBuilder("\r");
        if (_drawn > 0) picture.Append(CultureInfo.InvariantCulture, $"\e[{_drawn}A");
        foreach (var line in stays.Concat(lines)) picture.Append(line).Append(ClearLine).Append('\n');
        picture.Append(ClearBelow);
        terminal.Write(Encoding.UTF8.GetBytes(picture.ToString()));
        _drawn = lines.Count;
    }
}
