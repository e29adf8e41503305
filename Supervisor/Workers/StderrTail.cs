using System.Text;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// The last words of a worker: whatever it writes is taken, the last 64 KiB are kept, the rest is counted.
/// </summary>
sealed class StderrTail
{
    public const int Capacity = 64 * 1024;

    readonly Lock _gate = new();
    byte[] _ring = [];
    long _total;

    /// <summary>Bytes that were written and are no longer here.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate) return Math.Max(0, _total - Capacity);
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            // Most workers never say a word, and a large pool should not pay for those that do.
            if (_ring.Length == 0 && bytes.Length > 0) _ring = new byte[Capacity];
            var skipped = Math.Max(0, bytes.Length - Capacity);
            _total += skipped;
            Copy(bytes[skipped..]);
        }
    }

    /// <summary>What is kept, as text; bytes that are no text appear as replacement characters.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            var end = (int)(_total % Capacity);
            return _total <= Capacity
                ? Encoding.UTF8.GetString(_ring.AsSpan(0, (int)_total))
                : Encoding.UTF8.GetString([.. _ring.AsSpan(end), .. _ring.AsSpan(0, end)]);
        }
    }

    void Copy(ReadOnlySpan<byte> bytes)
    {
        var at = (int)(_total % Capacity);
        var first = Math.Min(bytes.Length, Capacity - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _total += bytes.Length;
    }
}
