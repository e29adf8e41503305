using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Decryptor.Supervisor.Observability.Journald;

/// <summary>
/// Entries for systemd's journal in its own form, a datagram each, so that its fields can be asked for
/// (systemd.io/JOURNAL_NATIVE_PROTOCOL). Nobody waits for the journal: what it does not take at once is lost and
/// counted, and the next entry that it takes says so. Any thread may send.
/// </summary>
sealed class JournalSocket : IDisposable
{
    /// <summary>Where the journal listens.</summary>
    public const string Place = "/run/systemd/journal/socket";

    /// <summary>A longer value is cut: a datagram has to fit what the kernel gives a socket.</summary>
    public const int ValueMax = 96 * 1024;

    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    readonly UnixDomainSocketEndPoint _journal;
    readonly object _gate = new();
    long _lost;

    /// <param name="place">Where the journal listens.</param>
    public JournalSocket(string place) => _journal = new(place);

    /// <summary>Whether our standard error goes to a journal that has a socket of its own.</summary>
    public static bool IsOurs
    {
        get
        {
            // "device:inode" of the stream that systemd has made for us; a later redirection has another.
            var stream = Environment.GetEnvironmentVariable("JOURNAL_STREAM")?.Split(':');
            return stream is [_, var inode] && File.Exists(Place)
                && new FileInfo("/proc/self/fd/2").LinkTarget == $"socket:[{inode}]";
        }
    }

    /// <summary>Entries that the journal did not take.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Sends one entry; names are of A–Z, 0–9 and _.</summary>
    public void Send(IEnumerable<(string Name, string Value)> fields)
    {
        var entry = new ArrayBufferWriter<byte>(1024);
        Append(entry, "SYSLOG_IDENTIFIER", "decryptor");
        foreach (var (name, value) in fields) Append(entry, name, value);
        lock (_gate)
        {
            var lost = Lost;
            if (lost > 0) Append(entry, "ENTRIES_LOST_BEFORE", lost.ToString(CultureInfo.InvariantCulture));
            if (TrySend(entry.WrittenSpan)) Interlocked.Add(ref _lost, -lost);
            else Interlocked.Increment(ref _lost);
        }
    }

    public void Dispose() => _socket.Dispose();

    bool TrySend(ReadOnlySpan<byte> entry)
    {
        try
        {
            return _socket.SendTo(entry, SocketFlags.None, _journal) == entry.Length;
        }
        catch (SocketException)
        {
            // Full, restarting, or gone: counted by whoever asked.
            return false;
        }
    }

    // A value of one line as NAME=value; any other as its length, little-endian, and its bytes.
    static void Append(ArrayBufferWriter<byte> entry, string name, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value).AsSpan();
        if (bytes.Length > ValueMax) bytes = Cut(bytes);
        entry.Write(Encoding.ASCII.GetBytes(name));
        if (bytes.Contains((byte)'\n'))
        {
            Span<byte> length = stackalloc byte[1 + sizeof(ulong)];
            length[0] = (byte)'\n';
            BinaryPrimitives.WriteUInt64LittleEndian(length[1..], (ulong)bytes.Length);
            entry.Write(length);
        }
        else
        {
            entry.Write("="u8);
        }

        entry.Write(bytes);
        entry.Write("\n"u8);
    }

    static Span<byte> Cut(Span<byte> bytes)
    {
        var end = ValueMax;
        while ((bytes[end] & 0xc0) == 0x80) end--;
        return bytes[..end];
    }
}
