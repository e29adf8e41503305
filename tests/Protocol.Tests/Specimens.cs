using CsCheck;

namespace Decryptor.Protocol.Tests;

/// <summary>A message of each kind, and generators of all that there may be.</summary>
static class Specimens
{
    public static readonly Incarnation Worker = new(3, 7);

    public static readonly Attempt Attempt = new(17, 1, Worker);

    /// <summary>A worker's own folder in a spool.</summary>
    static readonly string Room = Path.Combine("/srv/spool", "work", $"{Worker}");

    static readonly Limits Limits = new(16L << 30, 200, 64L << 20, 20_000, 5, 4096, 4096, 128L << 20, 20, 108, 2);

    static readonly Gen<string> Texts = Gen.String[Gen.Char['\u0000', '\ud7ff'], 0, 300];

    static readonly Gen<byte[]> Secrets = Gen.Byte.Array[0, 64];

    static readonly Gen<byte[]> Hashes = Gen.Byte.Array[Frame.HashLength];

    static readonly Gen<long> Counts = Gen.Long[0, long.MaxValue];

    static readonly Gen<int> Smalls = Gen.Int[0, int.MaxValue];

    static readonly Gen<Incarnation> Workers =
        Gen.Select(Gen.Int[1, int.MaxValue], Gen.Long[1, long.MaxValue],
            (slot, number) => new Incarnation(slot, number));

    static readonly Gen<Attempt> Attempts =
        Gen.Select(Counts, Smalls, Workers, (job, number, worker) => new Attempt(job, number, worker));

    static readonly Gen<Limits> AllLimits = Gen.Select(
        Counts, Smalls, Counts, Smalls, Smalls, Gen.Select(Smalls, Smalls, Counts, Smalls),
        (bytes, ratio, floor, members, depth, more) => new Limits(
            bytes, ratio, floor, members, depth, more.Item1, more.Item2, more.Item3, more.Item4, more.Item1,
            more.Item2));

    static readonly Gen<KeyCandidate> Candidates =
        Gen.Select(Texts, Secrets, Gen.Bool, (name, secret, known) => new KeyCandidate(name, secret, known));

    static readonly Gen<string> Codes = Gen.OneOf<string>([.. FailureCode.All.Select(code => code.Name), ""]);

    /// <summary>What the golden files hold.</summary>
    public static IReadOnlyDictionary<string, Message> Golden { get; } = new Dictionary<string, Message>
    {
        ["hello"] = new Hello(Message.Version, Worker, "0.1.0", "x86-64-v3", "landlock:7 seccomp rlimits"),
        ["assign"] = new Assign(
            Attempt, $"{Room}/in/17", $"{Room}/out/17-1", "boot.xlog", "shop", Limits),
        ["assign-hash-first"] = new Assign(
            Attempt, "/in/17", "/out/17-1", "boot.xlog", "", Limits, HashFirst: true,
            Poison: [Bytes(Frame.HashLength), new byte[Frame.HashLength]], Durable: false)
        {
            Hours = HourSet.Between(22, 1),
        },
        ["key-request"] = new KeyRequest(Attempt, 1, "xlog", Bytes(64)),
        ["keys"] = new Keys(Attempt, 1, 2, [new("main", Bytes(16)), new("übrig", Bytes(4), IsPublished: true)]),
        ["keys-none"] = new Keys(Attempt, 2, 0, []),
        ["fingerprint"] = new Fingerprint(Attempt, Bytes(Frame.HashLength)),
        ["progress"] = new Progress(Attempt, 65_536, 5_000_000_000, 1_250_000) { Blocks = new(812, 809, 3) },
        ["finished-complete"] = new Finished(Attempt, Outcome.Complete, "", "", "", 120_000, 1_300_000, new(9, 9, 0)),
        ["finished-partial"] = new Finished(
            Attempt, Outcome.Partial, "DAMAGED", "2 of 9 blocks could not be inflated",
                "ask the sender for the file again",
            120_000, 900_000, new(9, 7, 2)),
        ["finished-failed"] = new Finished(
            Attempt, Outcome.Failed, "KEY_NO_MATCH", "none of 2 keys opens it", "", 120_000, 0, new(9, 0, 9)),
    };

    public static Gen<Message> OfWorker { get; } = Gen.OneOf(
        Gen.Select(Workers, Texts, Texts, Texts, (worker, build, target, confinement) =>
            (Message)new Hello(Message.Version, worker, build, target, confinement)),
        Gen.Select(Attempts, Smalls, Texts, Gen.Byte.Array[0, 500], (attempt, question, format, header) =>
            (Message)new KeyRequest(attempt, question, format, header)),
        Gen.Select(Attempts, Hashes, (attempt, hash) => (Message)new Fingerprint(attempt, hash)),
        Gen.Select(Attempts, Counts, Counts, Counts, (attempt, bytesIn, bytesOut, cpu) =>
            (Message)new Progress(attempt, bytesIn, bytesOut, cpu) { Blocks = new(bytesIn, cpu, bytesOut) }),
        Gen.Select(Attempts, Codes, Texts, Counts, Gen.Int[0, 2], (attempt, code, text, count, outcome) =>
            (Message)new Finished(attempt, (Outcome)outcome, code, text, text, count, count, new(count, count, 0))));

    public static Gen<Message> OfSupervisor { get; } = Gen.OneOf(
        Gen.Select(Attempts, Texts, AllLimits, Gen.Bool.Array[2], Hashes.Array[0, 8], Gen.Int[0, HourSet.All.Bits],
            (attempt, text, limits, flags, poison, hours) => (Message)new Assign(
                attempt, text, text, text, text, limits, flags[0],
                [.. poison.Select(hash => (ReadOnlyMemory<byte>)hash)], flags[1])
            {
                Hours = new(hours),
            }),
        Gen.Select(Attempts, Smalls, Smalls, Candidates.Array[0, 20], (attempt, question, many, candidates) =>
            (Message)new Keys(attempt, question, many, candidates)));

    public static bool IsOfWorker(Message message) =>
        message is Hello or KeyRequest or Fingerprint or Progress or Finished;

    /// <summary>Every field in words; two messages are the same when these are.</summary>
    public static string InWords(Message message) => message switch
    {
        KeyRequest request => $"{request with { Header = default }} {Convert.ToHexString(request.Header.Span)}",
        Assign assign => $"{assign with { Poison = [] }} {string.Join(',', assign.Poison.Select(Hex))}",
        Fingerprint print => $"{print with { Sha256 = default }} {Hex(print.Sha256)}",
        Keys keys => $"{keys with { Candidates = [] }} {string.Join(',', keys.Candidates.Select(InWords))}",
        _ => message.ToString(),
    };

    static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    static string InWords(KeyCandidate candidate) =>
        $"{candidate.Name}={Convert.ToHexString(candidate.Secret.Span)} {candidate.IsPublished}";

    static byte[] Bytes(int count) => [.. Enumerable.Range(1, count).Select(i => (byte)i)];
}
