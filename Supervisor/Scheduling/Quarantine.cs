namespace Decryptor.Supervisor.Scheduling;

/// <summary>Bytes that have killed their share of workers.</summary>
/// <param name="Sha256">Their hash in lower-case hexadecimal.</param>
/// <param name="Bytes">How many they are.</param>
/// <param name="Job">The job that they were quarantined as.</param>
sealed record Poison(string Sha256, long Bytes, long Job);

/// <summary>
/// The bytes that are not opened again. Inputs are compared by length first, so that only where a length fits a worker
/// must read the input to know its hash. Bounded: the oldest are forgotten.
/// </summary>
sealed class Quarantine
{
    const int CountMax = 10_000;

    readonly LinkedList<Poison> _all = new();
    readonly Dictionary<string, LinkedListNode<Poison>> _byHash = new(StringComparer.Ordinal);
    readonly Dictionary<long, List<Poison>> _byLength = [];

    public Quarantine(IEnumerable<Poison> poison)
    {
        foreach (var each in poison) Add(each);
    }

    public int Count => _all.Count;

    /// <summary>All of it, the newest last.</summary>
    public IReadOnlyList<Poison> All => [.. _all];

    public Poison? Find(string sha256) => _byHash.GetValueOrDefault(sha256)?.Value;

    /// <summary>
    /// The hashes of quarantined inputs of that length, no more than an order can name, newest first.
    /// </summary>
    public IReadOnlyList<string> HashesOf(long bytes) => _byLength.TryGetValue(bytes, out var same)
        ? [.. same.AsEnumerable().Reverse().Take(Protocol.Frame.PoisonMax).Select(poison => poison.Sha256)]
        : [];

    public void Add(Poison poison)
    {
        // More of one length than an order can name: what kills again must be among the newest.
        if (_byHash.TryGetValue(poison.Sha256, out var known)) Remove(known.Value);
        _byHash[poison.Sha256] = _all.AddLast(poison);
        if (!_byLength.TryGetValue(poison.Bytes, out var same)) _byLength[poison.Bytes] = same = [];
        same.Add(poison);
        if (_all.Count > CountMax) Remove(_all.First!.Value);
    }

    public void Remove(Poison poison)
    {
        if (!_byHash.Remove(poison.Sha256, out var node)) return;
        _all.Remove(node);
        var same = _byLength[node.Value.Bytes];
        same.Remove(node.Value);
        if (same.Count == 0) _byLength.Remove(node.Value.Bytes);
    }
}
