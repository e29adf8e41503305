using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>What a person is told of an ended job: why it is not complete, what is missing, what to do.</summary>
static class Explanation
{
    /// <param name="input">The input as the person named it.</param>
    /// <param name="job">The ended job.</param>
    /// <param name="folder">Where its report is.</param>
    /// <param name="say">Takes each line.</param>
    public static void Tell(string input, Job job, string folder, Action<string> say)
    {
        if (job.Outcome != Outcome.Complete)
        {
            say($"{input}: {job.Text} ({job.Code}, {Report.Word(job.Outcome!.Value)})");
            if (job.Hint.Length > 0) say($"hint: {job.Hint}");
        }
        else if (!Console.IsOutputRedirected) TellOfBytes(input, folder, say);

        Losses.Tell(folder, say);
    }

    static void TellOfBytes(string input, string folder, Action<string> say)
    {
        var report = Report.FromJson(File.ReadAllBytes(Path.Combine(folder, Report.FileName)));
        if (!FollowedText.IsOnlyBytes(report)) return;
        say($"{input}: these bytes are no text, and are not printed to a terminal");
        say("hint: send them through a pipe or into a file, or use decryptor unpack");
    }
}
