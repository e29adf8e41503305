using System.Globalization;
using System.Text;
using Decryptor.Protocol;
using Microsoft.Data.Sqlite;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// What a storm does and has done: uploads of distinct bytes, signals to workers, and when each was sent. Everything is
/// drawn from one seed, but not when it happens: real processes keep their own time.
/// </summary>
sealed class Storm(int seed, bool misbehaving)
{
    static readonly string[] _deeds =
        ["ok", "ok", "ok", "crash-native~1", "exit0~1", "garbage~1", "finished-exit0", "ask"];

    readonly Random _random = new(seed);
    readonly List<string> _dropped = [];
    readonly HashSet<string> _deadly = [];
    readonly Dictionary<string, DateTime> _killed = [];

    public IReadOnlyList<string> Dropped => _dropped;

    /// <summary>Signals that end or stop a worker.</summary>
    public int Blows { get; private set; }

    /// <summary>Whether every worker that opens it dies.</summary>
    public bool IsDeadly(string name) => _deadly.Contains(name);

    public bool Chance(double share) => _random.NextDouble() < share;

    /// <summary>Some time up to so many milliseconds.</summary>
    public TimeSpan Pause(int upTo) => TimeSpan.FromMilliseconds(_random.Next(upTo));

    /// <summary>One upload more, of bytes that no other has; returns how many there are now.</summary>
    public int Drop(Scratch scratch)
    {
        var number = _dropped.Count;
        var deed = !misbehaving ? "job"
            : number % 50 == 49 ? "kill-self" : _deeds[_random.Next(_deeds.Length)];
        // FakeWorker takes its deed from the name without its extension.
        var name = $"{deed}.{number}";
        if (deed == "kill-self") _deadly.Add(name);
        _dropped.Add(name);
        Serving.Drop(scratch, name, Content(name));
        return _dropped.Count;
    }

    public static byte[] Content(string name)
    {
        var lines = name.Length * 7919 % 4000;
        var text = string.Concat(Enumerable.Range(0, lines).Select(i => $"{name} line {i}\n"));
        return Encoding.UTF8.GetBytes($"{text}end of {name}\n");
    }

    /// <summary>A signal to one of the workers: most are deadly, one stops it, and one is harmless.</summary>
    public void Strike(Serving service)
    {
        if (service.Workers() is not { Count: > 0 } workers) return;
        var victim = workers[_random.Next(workers.Count)];
        var name = Proc.CommandLine(victim).FirstOrDefault(word => Incarnation.TryParse(word, out _));
        if (name is null) return;
        var dice = _random.Next(100);
        Blows++;
        if (dice < 70) _killed.TryAdd(name, DateTime.UtcNow);
        switch (dice)
        {
            case < 70: Proc.Send(victim, Proc.SigKill); break;
            case < 80: Proc.Send(victim, Proc.SigAbrt); break;
            case < 90:
                // The runtime survives the first that comes from outside.
                Proc.Send(victim, Proc.SigSegv);
                Proc.Send(victim, Proc.SigSegv);
                break;
            case < 96: Proc.Send(victim, Proc.SigStop); break;
            default: Proc.Send(victim, Proc.SigCont); Blows--; break;
        }
    }

    /// <summary>
    /// Milliseconds from each SIGKILL of a busy worker to the turn that took its job back, sorted: by the ledger, whose
    /// clock is the wall's at the supervisor's start.
    /// </summary>
    public List<double> Recoveries(string ledger)
    {
        using var connection = new SqliteConnection($"Data Source={ledger};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT slot, number, ended FROM worker WHERE charged IS NOT NULL AND how LIKE '%SIGKILL%'";
        using var rows = command.ExecuteReader();
        var found = new List<double>();
        while (rows.Read())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"w{rows.GetInt64(0)}.{rows.GetInt64(1)}");
            if (_killed.TryGetValue(name, out var at))
                found.Add((new DateTime(rows.GetInt64(2), DateTimeKind.Utc) - at).TotalMilliseconds);
        }

        found.Sort();
        return found;
    }
}
