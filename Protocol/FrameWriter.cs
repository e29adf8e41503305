using System.Buffers;
using System.Buffers.Binary;
using MessagePack;

namespace Decryptor.Protocol;

/// <summary>Turns a message into one frame: four bytes of length, big-endian, then one MessagePack array.</summary>
public static class FrameWriter
{
    /// <summary>The frame of <paramref name="message"/>, prefix included.</summary>
    /// <exception cref="ProtocolException">The message is larger than a frame may be: our own mistake.</exception>
    public static byte[] Write(Message message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.GetSpan(Frame.PrefixLength);
        buffer.Advance(Frame.PrefixLength);
        var writer = new MessagePackWriter(buffer);
        WriteBody(ref writer, message);
        writer.Flush();
        var frame = buffer.WrittenSpan.ToArray();
        var length = frame.Length - Frame.PrefixLength;
        if (length > Frame.LengthMax)
            throw new ProtocolException(
                $"a {message.GetType().Name} of {length} bytes does not fit a frame of {Frame.LengthMax}");
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        return frame;
    }

    static void WriteBody(ref MessagePackWriter writer, Message message)
    {
        switch (message)
        {
            case Hello hello: Write(ref writer, hello); break;
            case Assign assign: Write(ref writer, assign); break;
            case KeyRequest request: Write(ref writer, request); break;
            case Keys keys: Write(ref writer, keys); break;
            case Progress progress: Write(ref writer, progress); break;
            case Finished finished: Write(ref writer, finished); break;
            case Fingerprint fingerprint: Write(ref writer, fingerprint); break;
            default: throw new System.Diagnostics.UnreachableException($"{message} has no bytes");
        }
    }

    static void Write(ref MessagePackWriter writer, Hello hello)
    {
        writer.WriteArrayHeader(6);
        writer.Write((int)FrameKind.Hello);
        writer.Write(hello.ProtocolVersion);
        writer.Write(hello.Worker.ToString());
        writer.Write(hello.Build);
        writer.Write(hello.Target);
        writer.Write(hello.Confinement);
    }

    static void Write(ref MessagePackWriter writer, Assign assign)
    {
        Begin(ref writer, 13, FrameKind.Assign, assign.Attempt);
        writer.Write(assign.Input);
        writer.Write(assign.Output);
        writer.Write(assign.Source);
        writer.Write(assign.Tenant);
        Write(ref writer, assign.Limits);
        writer.Write(assign.HashFirst);
        writer.WriteArrayHeader(assign.Poison.Count);
        foreach (var hash in assign.Poison) writer.Write(hash.Span);
        writer.Write(assign.Durable);
        writer.Write(assign.Hours.Bits);
    }

    static void Write(ref MessagePackWriter writer, Fingerprint fingerprint)
    {
        Begin(ref writer, 5, FrameKind.Fingerprint, fingerprint.Attempt);
        writer.Write(fingerprint.Sha256.Span);
    }

    static void Write(ref MessagePackWriter writer, Limits limits)
    {
        writer.WriteArrayHeader(11);
        writer.Write(limits.OutputBytes);
        writer.Write(limits.Ratio);
        writer.Write(limits.RatioFloor);
        writer.Write(limits.Members);
        writer.Write(limits.Depth);
        writer.Write(limits.Questions);
        writer.Write(limits.NameBytes);
        writer.Write(limits.WindowBytes);
        writer.Write(limits.ScryptLog);
        writer.Write(limits.Seconds);
        writer.Write(limits.Threads);
    }

    static void Write(ref MessagePackWriter writer, KeyRequest request)
    {
        Begin(ref writer, 7, FrameKind.KeyRequest, request.Attempt);
        writer.Write(request.Question);
        writer.Write(request.Format);
        writer.Write(request.Header.Span);
    }

    static void Write(ref MessagePackWriter writer, Keys keys)
    {
        Begin(ref writer, 7, FrameKind.Keys, keys.Attempt);
        writer.Write(keys.Question);
        writer.Write(keys.OfThatKind);
        writer.WriteArrayHeader(keys.Candidates.Count);
        foreach (var candidate in keys.Candidates)
        {
            writer.WriteArrayHeader(3);
            writer.Write(candidate.Name);
            writer.Write(candidate.Secret.Span);
            writer.Write(candidate.IsPublished);
        }
    }

    static void Write(ref MessagePackWriter writer, Progress progress)
    {
        Begin(ref writer, 10, FrameKind.Progress, progress.Attempt);
        writer.Write(progress.BytesIn);
        writer.Write(progress.BytesOut);
        writer.Write(progress.CpuMicroseconds);
        Write(ref writer, progress.Blocks);
    }

    static void Write(ref MessagePackWriter writer, Finished finished)
    {
        Begin(ref writer, 13, FrameKind.Finished, finished.Attempt);
        writer.Write((int)finished.Outcome);
        writer.Write(finished.Code);
        writer.Write(finished.Text);
        writer.Write(finished.Hint);
        writer.Write(finished.BytesIn);
        writer.Write(finished.BytesOut);
        Write(ref writer, finished.Blocks);
    }

    static void Write(ref MessagePackWriter writer, BlockCount blocks)
    {
        writer.Write(blocks.Total);
        writer.Write(blocks.Ok);
        writer.Write(blocks.Bad);
    }

    static void Begin(ref MessagePackWriter writer, int count, FrameKind kind, Attempt attempt)
    {
        writer.WriteArrayHeader(count);
        writer.Write((int)kind);
        writer.Write(attempt.Job);
        writer.Write(attempt.Number);
        writer.Write(attempt.Worker.ToString());
    }
}
