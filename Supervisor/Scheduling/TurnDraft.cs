using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>The turn while it is being thought of.</summary>
sealed class TurnDraft
{
    readonly List<Move> _moves = [];
    readonly List<Row> _rows = [];
    readonly List<Order> _orders = [];

    public void Do(Move move) => _moves.Add(move);

    public void Remember(Row row) => _rows.Add(row);

    public void Tell(Order order) => _orders.Add(order);

    public Turn Done(DateTimeOffset? wakeAt, bool stopped) =>
        new() { Moves = _moves, Rows = _rows, Orders = _orders, WakeAt = wakeAt, Stopped = stopped };
}
