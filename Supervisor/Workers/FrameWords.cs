using System.Globalization;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// A frame in words for people: who it is about and its figures, as the journal writes them. Secrets, header bytes and
/// what an upload is called are not among them.
/// </summary>
static class FrameWords
{
    public static string Of(Message message) => message switch
    {
        Hello hello => Invariant($"hello {hello.ProtocolVersion}"),
        Assign assign => $"assign {assign.Attempt.Folder}{Screened(assign)}",
        KeyRequest request => Invariant($"asks {request.Attempt.Folder} {request.Question}"),
        Protocol.Keys keys => Invariant($"keys {keys.Attempt.Folder} {keys.Question}: {keys.Candidates.Count} to try"),
        Progress now =>
            Invariant($"progress {now.Attempt.Folder} in {now.BytesIn} out {now.BytesOut} cpu {now.CpuMicroseconds}"),
        Fingerprint print => $"fingerprint {print.Attempt.Folder} {Convert.ToHexStringLower(print.Sha256.Span)}",
        Finished end => $"finished {end.Attempt.Folder} {Report.Word(end.Outcome)} {end.Code}".TrimEnd(),
        _ => message.GetType().Name,
    };

    static string Screened(Assign assign) =>
        (assign.HashFirst ? " hash first" : "")
        + (assign.Poison.Count > 0 ? Invariant($" poison {assign.Poison.Count}") : "");

    static string Invariant(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);
}
