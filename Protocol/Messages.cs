namespace Decryptor.Protocol;

/// <summary>One message on the wire. <c>PROTOCOL.md</c> has the bytes.</summary>
public abstract record Message
{
    /// <summary>The version that both sides must speak. It changes with any change to the bytes.</summary>
    public const int Version = 8;

    private protected Message()
    {
    }
}

/// <summary>Worker to supervisor, once, first: I am here.</summary>
/// <param name="ProtocolVersion">The version the worker speaks. Of a foreign version nothing but this is read.</param>
/// <param name="Worker">The name the worker was started under.</param>
/// <param name="Build">The worker's own version, for the journal.</param>
/// <param name="Target">The instruction set it was built for: <c>x86-64</c>, <c>x86-64-v3</c> or <c>jit</c>.</param>
/// <param name="Confinement">
/// The parts of its confinement that are in force, as in <c>landlock:7 seccomp rlimits</c>; then, each behind a
/// semicolon, what is not and why. <c>none</c> and why, if nothing is.
/// </param>
public sealed record Hello(
    int ProtocolVersion, Incarnation Worker, string Build, string Target, string Confinement) : Message;

/// <summary>
/// What one attempt may spend. Every number is a maximum; the worker stops at it and says which it was.
/// </summary>
/// <param name="OutputBytes">Bytes of output over all files of the attempt.</param>
/// <param name="Ratio">
/// Output bytes for each input byte, counted once the output is past <paramref name="RatioFloor"/>.
/// </param>
/// <param name="RatioFloor">Bytes of output below which no ratio is too high.</param>
/// <param name="Members">Members over all packages in the input.</param>
/// <param name="Depth">Layers and containers around one text.</param>
/// <param name="Questions">Key requests in one attempt.</param>
/// <param name="NameBytes">The longest name of a member, in bytes as the package has it.</param>
/// <param name="WindowBytes">The memory that a compressed stream may ask for to look back into.</param>
/// <param name="ScryptLog">The most costly password derivation: log2 of scrypt's N. 20 takes 1 GiB.</param>
/// <param name="Seconds">Seconds that the attempt may take, those not counted in which it waits for a key.</param>
/// <param name="Threads">Threads that may decode at once, from 1; a worker may well use fewer.</param>
public readonly record struct Limits(
    long OutputBytes, int Ratio, long RatioFloor, int Members, int Depth, int Questions, int NameBytes,
    long WindowBytes, int ScryptLog, int Seconds, int Threads = 1);

/// <summary>Supervisor to worker: decode this. Sent only to a worker that is idle.</summary>
/// <param name="Attempt">Whose work it is.</param>
/// <param name="Input">Absolute path of the input, to be read and never changed.</param>
/// <param name="Output">Absolute path of a directory, not yet there, that becomes the attempt's output.</param>
/// <param name="Source">What the sender called the input.</param>
/// <param name="Tenant">Whose upload it is; empty for none.</param>
/// <param name="Limits">What the attempt may spend.</param>
/// <param name="HashFirst">
/// Whether the worker says the input's <see cref="Fingerprint"/> before it does anything else with it.
/// </param>
/// <param name="Poison">
/// SHA-256 of inputs of this very length that are quarantined: one that has such a hash is not opened.
/// </param>
/// <param name="Durable">
/// Whether the output must outlive a power cut before the worker says <see cref="Finished"/>.
/// </param>
public sealed record Assign(
    Attempt Attempt, string Input, string Output, string Source, string Tenant, Limits Limits, bool HashFirst = false,
    IReadOnlyList<ReadOnlyMemory<byte>>? Poison = null, bool Durable = true) : Message
{
    /// <summary>SHA-256 of quarantined inputs of this very length, 32 bytes each; empty for none.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Poison { get; init; } = Poison ?? [];

    /// <summary>
    /// The hours whose text is wanted. A worker may leave out the parts of an input that say of themselves that they
    /// are of other hours, and leaves out nothing else.
    /// </summary>
    public HourSet Hours { get; init; } = HourSet.All;
}

/// <summary>
/// Worker to supervisor, where <see cref="Assign.HashFirst"/> asked: what the input's bytes are, before any of them is
/// interpreted.
/// </summary>
/// <param name="Attempt">Whose work it is.</param>
/// <param name="Sha256">The SHA-256 of the whole input, 32 bytes.</param>
public sealed record Fingerprint(Attempt Attempt, ReadOnlyMemory<byte> Sha256) : Message;

/// <summary>
/// Worker to supervisor: which key opens this? The worker waits for <see cref="Keys"/> with the same question.
/// </summary>
/// <param name="Attempt">Whose work it is.</param>
/// <param name="Question">Counts the questions of an attempt from 1.</param>
/// <param name="Format">The format that asks, for example <c>xlog</c>.</param>
/// <param name="Header">
/// The header bytes that the key agreement needs; for xlog the client's public key, X then Y, 64 bytes.
/// </param>
public sealed record KeyRequest(Attempt Attempt, int Question, string Format, ReadOnlyMemory<byte> Header) : Message;

/// <summary>A key that may open the file at hand.</summary>
/// <param name="Name">What the ring calls it. This is public; the secret is not.</param>
/// <param name="Secret">The key of this file; for xlog 16 bytes, the TEA key.</param>
/// <param name="IsPublished">
/// Whether the ring's key is one that its makers publish as a sample, so that anyone can open the file.
/// </param>
public readonly record struct KeyCandidate(string Name, ReadOnlyMemory<byte> Secret, bool IsPublished = false);

/// <summary>Supervisor to worker: the keys to try, in turn.</summary>
/// <param name="Attempt">Whose work it is.</param>
/// <param name="Question">The question that this answers.</param>
/// <param name="OfThatKind">How many keys of the asked kind the ring holds: 0 is what KEY_MISSING means.</param>
/// <param name="Candidates">
/// May be empty although the ring has keys, for example when the header holds no point of the curve.
/// </param>
public sealed record Keys(
    Attempt Attempt, int Question, int OfThatKind, IReadOnlyList<KeyCandidate> Candidates) : Message;

/// <summary>
/// Worker to supervisor, before the input is opened and then twice a second while an attempt runs: the sign of life.
/// All figures count from its start.
/// </summary>
/// <param name="Attempt">Whose work it is.</param>
/// <param name="BytesIn">Bytes of the input consumed.</param>
/// <param name="BytesOut">Bytes of output written.</param>
/// <param name="CpuMicroseconds">Processor time spent by the worker process, user and system.</param>
public sealed record Progress(Attempt Attempt, long BytesIn, long BytesOut, long CpuMicroseconds) : Message
{
    /// <summary>Blocks so far, over all files of the input; zeros where no format with blocks was met.</summary>
    public BlockCount Blocks { get; init; }
}

/// <summary>Worker to supervisor: the attempt is over, its output and report are on disk and synced.</summary>
/// <param name="Attempt">Whose work it was.</param>
/// <param name="Outcome">How much became text.</param>
/// <param name="Code">The failure code's name; empty for a complete outcome.</param>
/// <param name="Text">What happened, for a person; empty when there is nothing to say.</param>
/// <param name="Hint">What to do about it; may be empty.</param>
/// <param name="BytesIn">Bytes of the input.</param>
/// <param name="BytesOut">Bytes of output over all files.</param>
/// <param name="Blocks">Blocks found, decoded and lost, where the format has blocks.</param>
public sealed record Finished(
    Attempt Attempt, Outcome Outcome, string Code, string Text, string Hint, long BytesIn, long BytesOut,
    BlockCount Blocks) : Message;

/// <summary>
/// Blocks of a block format: <paramref name="Total"/> = <paramref name="Ok"/> + <paramref name="Bad"/>.
/// </summary>
public readonly record struct BlockCount(long Total, long Ok, long Bad);
