using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// The living workers by slot, how many are wanted, and who is due for relief. A worker is relieved, never just sent
/// away: the fresh one has greeted before the old one goes, and only a few are relieved at a time.
/// </summary>
sealed class Roster
{
    readonly SortedDictionary<int, WorkerSlot> _slots = [];
    readonly TurnDraft _turn;

    public Roster(TurnDraft turn, IEnumerable<WorkerSlot> slots)
    {
        _turn = turn;
        foreach (var slot in slots) Put(slot);
    }

    /// <summary>How many workers are wanted.</summary>
    public int Target { get; set; }

    /// <summary>Every worker up to this number is to be replaced.</summary>
    public long RollThrough { get; set; }

    public IReadOnlyList<WorkerSlot> All => [.. _slots.Values];

    public bool IsEmpty => _slots.Count == 0;

    /// <summary>
    /// Places to be filled. Who leaves keeps its place until it is gone: there are never more workers than are wanted.
    /// </summary>
    public int Missing => Math.Max(0, Target - _slots.Values.Count(HasPlace));

    /// <summary>
    /// Whether one worker more may live. Who leaves lives too, so that many who leave together are not replaced
    /// together.
    /// </summary>
    public bool HasRoom => _slots.Count < Target + Policy.ReplacedAtOnce(Target);

    /// <summary>Workers beyond those that are wanted.</summary>
    public int Surplus =>
        Math.Max(0, _slots.Values.Count(slot => HasPlace(slot) && slot is not WorkerSlot.Leaving) - Target);

    /// <summary>Whether one worker more may be replaced at this moment.</summary>
    public bool MayReplace => _slots.Values.Count(IsBeingReplaced) < Policy.ReplacedAtOnce(Target);

    /// <summary>The lowest number that no worker has.</summary>
    public int FreeNumber => Enumerable.Range(1, _slots.Count + 1).First(number => !_slots.ContainsKey(number));

    public WorkerSlot? Find(Incarnation worker) =>
        _slots.TryGetValue(worker.Slot, out var slot) && slot.Worker == worker ? slot : null;

    public void Put(WorkerSlot slot) => _slots[slot.Worker.Slot] = slot;

    public void Remove(WorkerSlot slot) => _slots.Remove(slot.Worker.Slot);

    /// <summary>Every deadline is later by so much.</summary>
    public void Later(TimeSpan by)
    {
        foreach (var slot in All) Put(slot.Later(by));
    }

    /// <summary>Who is to be replaced and has no relief yet, the oldest first.</summary>
    public WorkerSlot? FirstDue =>
        All.Where(slot => !slot.Outgoing && DueBecause(slot) is not null && !HasRelief(slot))
            .MinBy(slot => slot.Worker.Number);

    /// <summary>Why a worker is to be replaced; null if it is not.</summary>
    public string? DueBecause(WorkerSlot slot) => slot switch
    {
        not (WorkerSlot.Idle or WorkerSlot.Busy) => null,
        _ when slot.Worker.Number <= RollThrough => "it is replaced",
        _ when slot.JobsDone >= _turn.Policy.RecycleJobs => $"it is replaced, jobs done: {slot.JobsDone}",
        _ when HoldsTooMuch(slot) => $"it is replaced, for it holds {slot.Resident >> 20} MiB",
        _ when _turn.Now >= slot.Born + _turn.Policy.RecycleAge =>
            $"it is replaced after {(_turn.Now - slot.Born).TotalHours:0.#} h",
        _ => null,
    };

    // What a worker is never without is nothing to replace it for: its successor would be no better, nor the next.
    bool HoldsTooMuch(WorkerSlot slot) => slot.JobsDone > 0
        && slot.Resident >= _turn.Policy.RecycleMemory && slot.Resident > slot.Baseline + slot.Baseline / 5;

    bool HasRelief(WorkerSlot slot) =>
        _slots.Values.OfType<WorkerSlot.Starting>().Any(starting => starting.Relieves == slot.Worker);

    // One that starts as somebody's relief has no place yet, and one whose relief is here has none any more.
    static bool HasPlace(WorkerSlot slot) => !slot.Outgoing && slot is not WorkerSlot.Starting { Relieves: not null };

    static bool IsBeingReplaced(WorkerSlot slot) => slot is WorkerSlot.Starting { Relieves: not null } || slot.Outgoing;
}
