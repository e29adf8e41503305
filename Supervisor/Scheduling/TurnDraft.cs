using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>The turn while it is being thought of, with the time and the numbers that it is thought by.</summary>
sealed class TurnDraft(Policy policy)
{
    List<Move> _moves = [];
    List<Row> _rows = [];
    List<Order> _orders = [];

    public DateTimeOffset Now { get; private set; }

    public Policy Policy { get; set; } = policy;

    /// <summary>A new turn, with nothing in it.</summary>
    public void Begin(DateTimeOffset now) => (Now, _moves, _rows, _orders) = (now, [], [], []);

    public void Do(Move move) => _moves.Add(move);

    public void Remember(Row row) => _rows.Add(row);

    public void Tell(Order order) => _orders.Add(order);

    public Turn Done(DateTimeOffset? wakeAt, bool stopped) =>
        new() { Moves = _moves, Rows = _rows, Orders = _orders, WakeAt = wakeAt, Stopped = stopped };
}
