using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor;

/// <summary>
/// Carries a turn out, always in this order: moves, rows, orders. That order is the whole argument for crash safety:
/// killed between any two steps, the spool knows where each file is, the ledger what it was, and no worker was told of
/// anything that is not remembered. What the world refuses for a while is tried again where there is an insistence;
/// else, as whatever else fails, it is thrown.
/// </summary>
sealed class TurnCarrier(
    Spool spool, JobLedger ledger, OrderDesk orders, Insistence? insistence = null, Retention? retention = null)
{
    /// <summary>Returns the facts that turned out otherwise than the scheduler thought.</summary>
    public IReadOnlyList<Event> Carry(Turn turn)
    {
        FailPoint.Reached("turn");
        var facts = turn.Moves.Count > 0 ? Move(turn.Moves) : [];
        FailPoint.Reached("moved");
        if (turn.Rows.Count > 0) Do(() => ledger.Commit(turn.Rows));
        FailPoint.Reached("committed");
        foreach (var order in turn.Orders)
        {
            orders.Give(order);
            FailPoint.Reached("ordered");
        }

        retention?.Turn();
        return facts;
    }

    IReadOnlyList<Event> Move(IReadOnlyList<Move> moves)
    {
        using var passage = spool.Begin(moves);
        return Do(passage.Go);
    }

    T Do<T>(Func<T> step) => insistence is null ? step() : insistence.Until(step);

    void Do(Action step) => Do(() =>
    {
        step();
        return true;
    });
}
