using System.Text;
using Decryptor.Protocol;
using Answer = Decryptor.Protocol.Keys;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// Turns a question into the candidates for it. Three things bound an answer: 256 candidates, what fits a frame, and
/// 4096 key agreements, so that a question that is made to be dear costs two seconds at most; whoever asks with n
/// records of a ring of m keys asks in smaller parts where n × m is more.
/// </summary>
static class Candidates
{
    /// <summary>The most key agreements that are made for one question.</summary>
    public const int AgreementsMax = 4096;

    // What a candidate costs in a frame besides its name and its secret, and what the answer costs besides candidates.
    const int CandidateOverhead = 16, AnswerOverhead = 256;

    /// <summary>The answer of these keys: the first that fit, in the order of the ring.</summary>
    public static Answer Answer(KeyRequest request, IReadOnlyList<RingKey> ring)
    {
        var keys = ring.Where(key => key.Question is { } question && question == request.Format).ToList();
        using var header = new AskedHeader(request.Header);
        return new(request.Attempt, request.Question, keys.Count, [.. ThatFit(All(keys, header))]);
    }

    static IEnumerable<KeyCandidate> All(List<RingKey> keys, AskedHeader header)
    {
        var agreements = 0;
        foreach (var key in keys)
        {
            agreements += key.Agreements(header.Bytes.Length);
            if (agreements > AgreementsMax) yield break;
            foreach (var secret in key.Answer(header)) yield return new(key.Name, secret, key.IsPublished);
        }
    }

    static IEnumerable<KeyCandidate> ThatFit(IEnumerable<KeyCandidate> all)
    {
        var room = Frame.LengthMax - AnswerOverhead;
        return all.Take(Frame.CandidatesMax).TakeWhile(candidate =>
        {
            room -= Encoding.UTF8.GetByteCount(candidate.Name) + candidate.Secret.Length + CandidateOverhead;
            return room >= 0;
        });
    }
}
