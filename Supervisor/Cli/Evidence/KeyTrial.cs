using Decryptor.Protocol;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>What one key of the ring, with no other beside it, did to one input.</summary>
/// <param name="Key">The key, as far as it may be shown.</param>
/// <param name="Fits">Whether the input asks for keys of its kind at all.</param>
/// <param name="FilesOpened">Files of the input that it opened, whole or in part.</param>
/// <param name="BlocksOpened">Sealed blocks that it opened.</param>
/// <param name="Text">Bytes of text that came out.</param>
sealed record KeyTrial(KeyView Key, bool Fits, long FilesOpened, long BlocksOpened, long Text)
{
    /// <summary>The most keys that are tried one by one.</summary>
    public const int KeysMax = 64;

    /// <summary>Draws it from the job that ran with that key alone.</summary>
    public static KeyTrial Of(KeyView key, Examined one)
    {
        var opened = one.Files.Where(file => file.Key is not null).ToList();
        var isAsked = opened.Count > 0 || one.Files.Any(file => file.Code == FailureCode.KeyNoMatch.Name);
        return new(key, isAsked, opened.Count, opened.Sum(FileSight.Opened), opened.Sum(file => file.Bytes));
    }

    /// <summary>
    /// Tries the keys of the run's ring one by one on each input, and gives the ring back. An interruption ends it with
    /// what is known until then.
    /// </summary>
    public static Dictionary<string, List<KeyTrial>> All(PrivateRun run, IReadOnlyList<string> inputs)
    {
        var whole = run.Ring;
        var trials = inputs.Distinct().ToDictionary(input => input, _ => new List<KeyTrial>());
        foreach (var single in whole.Singles.Take(inputs.Count > 0 ? KeysMax : 0))
        {
            run.Ring = single;
            foreach (var one in Examined.All(run, [.. trials.Keys])) trials[one.Input].Add(Of(single.Views[0], one));
            if (run.Ended) break;
        }

        run.Ring = whole;
        return trials;
    }
}
