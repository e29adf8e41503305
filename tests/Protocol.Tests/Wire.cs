using System.Buffers;
using System.Buffers.Binary;
using MessagePack;

namespace Decryptor.Protocol.Tests;

/// <summary>Bytes as a peer would send them, honest or not, and what the parser makes of them.</summary>
static class Wire
{
    public delegate void Body(ref MessagePackWriter writer);

    /// <summary>Bytes of a body, made with the library's own writer, which checks nothing.</summary>
    public static byte[] Pack(Body body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        body(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Frame(ReadOnlySpan<byte> body)
    {
        var frame = new byte[Protocol.Frame.PrefixLength + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame.AsSpan(Protocol.Frame.PrefixLength));
        return frame;
    }

    /// <summary>
    /// All messages in these bytes, given to the parser in pieces that end where <paramref name="cuts"/> say.
    /// </summary>
    public static List<Message> Read(FrameParser parser, ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> cuts)
    {
        var messages = new List<Message>();
        var start = 0;
        foreach (var cut in cuts)
        {
            Feed(parser, bytes[start..cut], messages);
            start = cut;
        }

        Feed(parser, bytes[start..], messages);
        return messages;
    }

    public static FrameParser ParserFor(Message message) =>
        Specimens.IsOfWorker(message) ? FrameParser.OfWorker() : FrameParser.OfSupervisor();

    static void Feed(FrameParser parser, ReadOnlySpan<byte> bytes, List<Message> messages)
    {
        while (true)
        {
            while (parser.TryRead(out var message)) messages.Add(message);
            if (bytes.IsEmpty) return;
            var room = parser.Room.Span;
            if (room.IsEmpty) throw new AssertionException("a parser that wants more has no room for it");
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            parser.Advance(count);
            bytes = bytes[count..];
        }
    }
}
