using Decryptor.Protocol;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker;

/// <summary>
/// What one attempt has spent, and the end of it: every byte of text, member, layer and question is paid for before it
/// is delivered, entered or asked. Going past a limit is a <see cref="Refusal"/>. Only the attempt's thread pays; what
/// is read may be told, and the figures asked for, from any.
/// </summary>
sealed class Budget(Limits limits, TimeProvider? clock = null)
{
    // So many members may blow up before the attempt's own ratio is spent; each costs at most what one may give.
    const int BombsMax = 3;

    readonly TimeProvider _clock = clock ?? TimeProvider.System;
    readonly long _began = (clock ?? TimeProvider.System).GetTimestamp();
    TimeSpan _waited;
    long _input;
    long _bytesIn;
    long _bytesOut;
    long _held;
    long _before;
    int _bombs;
    int _members;
    int _questions;
    bool _flush;
    bool _untimed;

    // A container's directory is read twice; the figure is how much of the input is done.
    internal long BytesIn => Math.Min(Volatile.Read(ref _bytesIn), Math.Max(_input, 0));

    internal long BytesOut => Volatile.Read(ref _bytesOut);

    internal int Questions => _questions;

    /// <summary>Blocks so far.</summary>
    internal BlockMeter Blocks { get; } = new();

    /// <summary>The whole input's size, which the ratio is counted by.</summary>
    internal void Measure(long input) => _input = input;

    internal void Read(int bytes)
    {
        Interlocked.Add(ref _bytesIn, bytes);
        Time();
    }

    /// <summary>The input was read through for another purpose: what is read from now on is counted from 0.</summary>
    internal void ReadAgain() => Volatile.Write(ref _bytesIn, 0);

    /// <summary>Pays for text that is about to be written.</summary>
    internal void Text(int bytes)
    {
        Pay(_bytesOut - _before + bytes, bytes);
        Volatile.Write(ref _bytesOut, _bytesOut + bytes);
    }

    /// <summary>Takes room on disk for a while, within the limits of the text.</summary>
    internal void Hold(int bytes)
    {
        Pay(_held + bytes, bytes);
        _held += bytes;
    }

    internal void Release(long bytes) => _held -= bytes;

    /// <summary>
    /// Counts what one layer brings forth, whatever becomes of it. <paramref name="so"/> is what it gave so far.
    /// </summary>
    internal void Unpacked(long so)
    {
        if (IsTooMuch(so)) throw Faults.Ratio(limits.Ratio, _input);
        Time();
    }

    /// <summary>
    /// A member went past the ratio. Those that follow it are not to suffer, so the ratio is counted anew for them; but
    /// not for ever.
    /// </summary>
    internal void SurviveBomb()
    {
        if (++_bombs < BombsMax) _before = _bytesOut;
    }

    /// <summary>Text that was paid for is gone again.</summary>
    internal void TakeBackText(long bytes) => Volatile.Write(ref _bytesOut, _bytesOut - bytes);

    internal void Member()
    {
        if (_members >= limits.Members) throw Faults.Members(limits.Members);
        _members++;
        Time();
    }

    /// <summary>
    /// Pays at once for what was made ahead of its turn, with a budget of its own. Returns false, and nothing is paid,
    /// where that goes past a limit: then it is not known where, and has to be done again.
    /// </summary>
    internal bool Adopt(Budget ahead)
    {
        var (text, members) = (_bytesOut + ahead._bytesOut, _members + ahead._members);
        if (members > limits.Members || text + _held > limits.OutputBytes || IsTooMuch(text - _before)) return false;
        Volatile.Write(ref _bytesOut, text);
        _members = members;
        return true;
    }

    /// <summary>Enters the <paramref name="depth"/>-th layer around a text, counted from 1.</summary>
    internal void Layer(int depth)
    {
        if (depth > limits.Depth) throw Faults.Depth(limits.Depth);
    }

    /// <summary>The number of the next question, or 0 when there were enough.</summary>
    internal int Question() => _questions < limits.Questions ? ++_questions : 0;

    /// <summary>Runs something that others are to blame for if it takes long.</summary>
    internal T Untimed<T>(Func<T> wait)
    {
        var since = _clock.GetTimestamp();
        _untimed = true;
        var result = wait();
        _untimed = false;
        _waited += _clock.GetElapsedTime(since);
        return result;
    }

    /// <summary>Asks, from another thread, that the text written so far be made visible soon.</summary>
    internal void AskForFlush() => Volatile.Write(ref _flush, true);

    /// <summary>Whether that was asked since the last time.</summary>
    internal bool FlushAsked()
    {
        if (!Volatile.Read(ref _flush)) return false;
        Volatile.Write(ref _flush, false);
        return true;
    }

    bool IsTooMuch(long text) => text > limits.RatioFloor && text > (Int128)limits.Ratio * _input;

    void Pay(long counted, int bytes)
    {
        if (_bytesOut + _held + bytes > limits.OutputBytes) throw Faults.Output(limits.OutputBytes);
        Unpacked(counted);
    }

    // A clock that stands still while a question is open: the attempt's own time.
    void Time()
    {
        if (limits.Seconds == 0 || _untimed) return;
        if (_clock.GetElapsedTime(_began) - _waited > TimeSpan.FromSeconds(limits.Seconds))
            throw Faults.Seconds(limits.Seconds);
    }
}
