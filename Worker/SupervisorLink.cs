using System.Runtime.InteropServices;
using Decryptor.Protocol;

namespace Decryptor.Worker;

/// <summary>
/// The two pipes to the supervisor. A thread of its own blocks on standard input, so that the end of it is seen however
/// busy the worker is: the process then leaves at once, and so it does when nobody reads its frames any more. Frames
/// are written whole, one at a time, from any thread.
/// </summary>
sealed class SupervisorLink
{
    /// <summary>What we leave with when the supervisor breaks the protocol.</summary>
    internal const int ProtocolBroken = 76;

    readonly int _frames;
    readonly Lock _writing = new();
    readonly Queue<Message> _received = new();

    internal SupervisorLink(int frames) => _frames = frames;

    /// <summary>Begins to listen.</summary>
    internal void Start() =>
        new Thread(Listen, 256 * 1024) { IsBackground = true, Name = "supervisor" }.Start();

    /// <summary>The next message; waits for it as long as it takes.</summary>
    internal Message Receive()
    {
        lock (_received)
        {
            while (_received.Count == 0) Monitor.Wait(_received);
            return _received.Dequeue();
        }
    }

    /// <summary>Sends one frame; returns when the pipe has taken all of it.</summary>
    internal void Send(Message message)
    {
        ReadOnlySpan<byte> rest = FrameWriter.Write(message);
        lock (_writing)
        {
            while (!rest.IsEmpty)
            {
                var written = Libc.Write(_frames, in MemoryMarshal.GetReference(rest), rest.Length);
                if (written >= 0) rest = rest[(int)written..];
                else if (Marshal.GetLastPInvokeError() != Libc.Interrupted) Libc.Leave(0);
            }
        }
    }

    void Listen()
    {
        try
        {
            var parser = FrameParser.OfSupervisor();
            while (true)
            {
                parser.Advance(ReadSome(parser.Room.Span));
                while (parser.TryRead(out var message)) Deliver(message);
            }
        }
        catch (ProtocolException e)
        {
            Libc.Complain($"decryptor-worker: the supervisor broke the protocol: {e.Message}");
            Libc.Leave(ProtocolBroken);
        }
    }

    static int ReadSome(Span<byte> room)
    {
        while (true)
        {
            var count = Libc.Read(Libc.StandardInput, ref MemoryMarshal.GetReference(room), room.Length);
            if (count > 0) return (int)count;
            if (count == 0 || Marshal.GetLastPInvokeError() != Libc.Interrupted) Libc.Leave(0);
        }
    }

    void Deliver(Message message)
    {
        lock (_received)
        {
            _received.Enqueue(message);
            Monitor.Pulse(_received);
        }
    }
}
