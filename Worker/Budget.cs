using Decryptor.Protocol;

namespace Decryptor.Worker;

/// <summary>
/// What one attempt has spent, and the end of it: every byte of text, member, layer and question is paid for before it
/// is delivered, entered or asked. Going past a limit is a <see cref="Refusal"/>. Only the attempt's thread pays; the
/// figures may be read from any.
/// </summary>
sealed class Budget(Limits limits)
{
    long _input;
    long _bytesIn;
    long _bytesOut;
    int _members;
    int _questions;
    bool _flush;

    internal long BytesIn => Volatile.Read(ref _bytesIn);

    internal long BytesOut => Volatile.Read(ref _bytesOut);

    internal int Questions => _questions;

    /// <summary>The whole input's size, which the ratio is counted by.</summary>
    internal void Measure(long input) => _input = input;

    internal void Read(int bytes) => Volatile.Write(ref _bytesIn, _bytesIn + bytes);

    /// <summary>Pays for text that is about to be written.</summary>
    internal void Text(int bytes)
    {
        var after = _bytesOut + bytes;
        if (after > limits.OutputBytes) throw Faults.Output(limits.OutputBytes);
        if (after > limits.RatioFloor && after > (Int128)limits.Ratio * _input)
            throw Faults.Ratio(limits.Ratio, _input);
        Volatile.Write(ref _bytesOut, after);
    }

    /// <summary>Text that was paid for is gone again: the disk was full.</summary>
    internal void TakeBackText() => Volatile.Write(ref _bytesOut, 0);

    internal void Member()
    {
        if (_members >= limits.Members) throw Faults.Members(limits.Members);
        _members++;
    }

    /// <summary>Enters the <paramref name="depth"/>-th layer around a text, counted from 1.</summary>
    internal void Layer(int depth)
    {
        if (depth > limits.Depth) throw Faults.Depth(limits.Depth);
    }

    /// <summary>The number of the next question, or 0 when there were enough.</summary>
    internal int Question() => _questions < limits.Questions ? ++_questions : 0;

    /// <summary>Asks, from another thread, that the text written so far be made visible soon.</summary>
    internal void AskForFlush() => Volatile.Write(ref _flush, true);

    /// <summary>Whether that was asked since the last time.</summary>
    internal bool FlushAsked()
    {
        if (!Volatile.Read(ref _flush)) return false;
        Volatile.Write(ref _flush, false);
        return true;
    }
}
