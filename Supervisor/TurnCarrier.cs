using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor;

/// <summary>
/// Carries a turn out, always in this order: moves, rows, orders. That order is the whole argument for crash safety:
/// killed between any two steps, the spool knows where each file is, the ledger what it was, and no worker was told of
/// anything that is not remembered.
/// </summary>
sealed class TurnCarrier(Spool spool, JobLedger ledger, OrderDesk orders)
{
    /// <summary>Returns the facts that turned out otherwise than the scheduler thought.</summary>
    public IReadOnlyList<Event> Carry(Turn turn)
    {
        var facts = turn.Moves.Count > 0 ? spool.Carry(turn.Moves) : [];
        FailPoint.Reached("moved");
        if (turn.Rows.Count > 0) ledger.Commit(turn.Rows);
        FailPoint.Reached("committed");
        foreach (var order in turn.Orders)
        {
            orders.Give(order);
            FailPoint.Reached("ordered");
        }

        return facts;
    }
}
