using System.Globalization;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// The words of one line, taken one after the other. What is not there, or is no such thing, is a
/// <see cref="FormatException"/> that says what was looked for.
/// </summary>
sealed class Words(string line)
{
    int _next;

    public bool AtEnd => _next >= line.Length;

    /// <summary>The next word as it stands, without taking it; empty at the end.</summary>
    public ReadOnlySpan<char> Ahead
    {
        get
        {
            if (AtEnd) return [];
            var rest = line.AsSpan(_next);
            var end = rest.IndexOf(' ');
            return end < 0 ? rest : rest[..end];
        }
    }

    /// <summary>Takes the next word if it is this one.</summary>
    public bool Take(string word)
    {
        if (!Ahead.SequenceEqual(word)) return false;
        _next += word.Length + 1;
        return true;
    }

    /// <summary>Takes a word that must come next.</summary>
    public void Need(string word)
    {
        if (!Take(word)) throw new FormatException($"\"{word}\" is missing{Before()}");
    }

    public ReadOnlySpan<char> Raw(string what)
    {
        var word = Ahead;
        if (word.Length == 0) throw new FormatException($"{what} is missing{Before()}");
        _next += word.Length + 1;
        return word;
    }

    public string Word(string what) => Spelling.Read(Raw(what));

    public long Count(string what)
    {
        var word = Raw(what);
        return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new FormatException($"{what} must be a number, not {word}");
    }

    public int Small(string what)
    {
        var count = Count(what);
        return count is >= int.MinValue and <= int.MaxValue
            ? (int)count
            : throw new FormatException($"{what} is too large: {count}");
    }

    public Incarnation Worker()
    {
        var word = Raw("a worker");
        return Incarnation.TryParse(word, out var worker)
            ? worker
            : throw new FormatException($"a worker is written like w3.7, not {word}");
    }

    /// <summary><c>17-1@w3.7</c>, or <c>17-1</c> where the worker is plain.</summary>
    public Attempt Attempt(Incarnation plain = default)
    {
        var word = Raw("an attempt");
        var at = word.IndexOf('@');
        var folder = at < 0 ? word : word[..at];
        var dash = folder.IndexOf('-');
        var worker = plain;
        if (dash > 0 && (at < 0 || Incarnation.TryParse(word[(at + 1)..], out worker))
            && long.TryParse(folder[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var job)
            && int.TryParse(folder[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new(job, number, worker);
        throw new FormatException($"an attempt is written like 17-1@w3.7, not {word}");
    }

    /// <summary>All that is left, as it stands.</summary>
    public string Rest()
    {
        var rest = AtEnd ? "" : line[_next..];
        _next = line.Length;
        return rest;
    }

    public string Text() => Spelling.Read(Rest());

    /// <summary>There must be nothing left.</summary>
    public void End()
    {
        if (!AtEnd) throw new FormatException($"nothing belongs there: {Rest()}");
    }

    string Before() => AtEnd ? "" : $" before {Ahead}";
}
