using System.Buffers;
using System.Text;
using MessagePack;

namespace Decryptor.Protocol;

/// <summary>
/// Reads one message out of one frame. Nothing is believed: the kind must be one that this side may send, the array
/// must have its exact length, every string its maximum, and nothing may follow.
/// </summary>
static class MessageReader
{
    public static Message Read(ReadOnlyMemory<byte> body, bool fromWorker)
    {
        try
        {
            var reader = new MessagePackReader(body);
            var message = ReadBody(ref reader, fromWorker);
            var rest = reader.Sequence.Length - reader.Consumed;
            if (rest > 0) throw new ProtocolException($"{rest} bytes follow a {message.GetType().Name}");
            return message;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException
            or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new ProtocolException($"a frame of {body.Length} bytes is no message: {e.Message}", e);
        }
    }

    static Message ReadBody(ref MessagePackReader reader, bool fromWorker)
    {
        var count = reader.ReadArrayHeader();
        var kind = (FrameKind)reader.ReadInt32();
        return (kind, fromWorker) switch
        {
            (FrameKind.Hello, true) => ReadHello(ref reader, count),
            (FrameKind.KeyRequest, true) => ReadKeyRequest(ref reader, count),
            (FrameKind.Progress, true) => ReadProgress(ref reader, count),
            (FrameKind.Finished, true) => ReadFinished(ref reader, count),
            (FrameKind.Fingerprint, true) => ReadFingerprint(ref reader, count),
            (FrameKind.Assign, false) => ReadAssign(ref reader, count),
            (FrameKind.Keys, false) => ReadKeys(ref reader, count),
            (_, true) => throw new ProtocolException($"a worker may not send a message of kind {(int)kind}"),
            (_, false) => throw new ProtocolException($"the supervisor may not send a message of kind {(int)kind}"),
        };
    }

    static Hello ReadHello(ref MessagePackReader reader, int count)
    {
        var version = reader.ReadInt32();
        if (version == Message.Version)
        {
            Expect(count, 6, nameof(Hello));
            return new(
                version, ReadIncarnation(ref reader), ReadText(ref reader), ReadText(ref reader), ReadText(ref reader));
        }

        // Only the version's place is promised to us; what follows belongs to a protocol that we do not speak.
        for (var i = 2; i < count; i++) reader.Skip();
        return new(version, default, "", "", "");
    }

    static Assign ReadAssign(ref MessagePackReader reader, int count)
    {
        Expect(count, 13, nameof(Assign));
        return new(
            ReadAttempt(ref reader),
            ReadText(ref reader, Frame.PathMax),
            ReadText(ref reader, Frame.PathMax),
            ReadText(ref reader),
            ReadText(ref reader),
            ReadLimits(ref reader),
            reader.ReadBoolean(),
            ReadPoison(ref reader),
            reader.ReadBoolean())
        {
            Hours = ReadHours(ref reader),
        };
    }

    static HourSet ReadHours(ref MessagePackReader reader)
    {
        var bits = reader.ReadInt32();
        if (bits < 0 || bits > HourSet.All.Bits) throw new ProtocolException($"{bits} is no set of hours");
        return new(bits);
    }

    static ReadOnlyMemory<byte>[] ReadPoison(ref MessagePackReader reader)
    {
        var many = reader.ReadArrayHeader();
        if (many > Frame.PoisonMax)
            throw new ProtocolException($"{many} quarantined inputs; at most {Frame.PoisonMax} are allowed");
        var poison = new ReadOnlyMemory<byte>[many];
        for (var i = 0; i < many; i++) poison[i] = ReadHash(ref reader);
        return poison;
    }

    static Fingerprint ReadFingerprint(ref MessagePackReader reader, int count)
    {
        Expect(count, 5, nameof(Fingerprint));
        return new(ReadAttempt(ref reader), ReadHash(ref reader));
    }

    static byte[] ReadHash(ref MessagePackReader reader)
    {
        var hash = ReadBytes(ref reader, Frame.HashLength);
        return hash.Length == Frame.HashLength
            ? hash : throw new ProtocolException($"a hash of {hash.Length} bytes; it has {Frame.HashLength}");
    }

    static Limits ReadLimits(ref MessagePackReader reader)
    {
        Expect(reader.ReadArrayHeader(), 11, nameof(Limits));
        return new(
            ReadCount(ref reader), ReadSmall(ref reader), ReadCount(ref reader), ReadSmall(ref reader),
            ReadSmall(ref reader), ReadSmall(ref reader), ReadSmall(ref reader), ReadCount(ref reader),
            ReadSmall(ref reader), ReadSmall(ref reader), ReadSmall(ref reader));
    }

    static KeyRequest ReadKeyRequest(ref MessagePackReader reader, int count)
    {
        Expect(count, 7, nameof(KeyRequest));
        return new(ReadAttempt(ref reader), ReadSmall(ref reader), ReadText(ref reader),
            ReadBytes(ref reader, Frame.HeaderMax));
    }

    static Keys ReadKeys(ref MessagePackReader reader, int count)
    {
        Expect(count, 7, nameof(Keys));
        var attempt = ReadAttempt(ref reader);
        var question = ReadSmall(ref reader);
        var ofThatKind = ReadSmall(ref reader);
        var many = reader.ReadArrayHeader();
        if (many > Frame.CandidatesMax)
            throw new ProtocolException($"{many} candidates; at most {Frame.CandidatesMax} are allowed");
        var candidates = new KeyCandidate[many];
        for (var i = 0; i < many; i++)
        {
            Expect(reader.ReadArrayHeader(), 3, nameof(KeyCandidate));
            candidates[i] = new(ReadText(ref reader), ReadBytes(ref reader, Frame.SecretMax), reader.ReadBoolean());
        }

        return new(attempt, question, ofThatKind, candidates);
    }

    static Progress ReadProgress(ref MessagePackReader reader, int count)
    {
        Expect(count, 10, nameof(Progress));
        return new(ReadAttempt(ref reader), ReadCount(ref reader), ReadCount(ref reader), ReadCount(ref reader))
        {
            Blocks = ReadBlocks(ref reader),
        };
    }

    static Finished ReadFinished(ref MessagePackReader reader, int count)
    {
        Expect(count, 13, nameof(Finished));
        return new(
            ReadAttempt(ref reader), ReadOutcome(ref reader), ReadCode(ref reader), ReadText(ref reader),
            ReadText(ref reader), ReadCount(ref reader), ReadCount(ref reader),
            ReadBlocks(ref reader));
    }

    static BlockCount ReadBlocks(ref MessagePackReader reader) =>
        new(ReadCount(ref reader), ReadCount(ref reader), ReadCount(ref reader));

    static Attempt ReadAttempt(ref MessagePackReader reader) =>
        new(ReadCount(ref reader), ReadSmall(ref reader), ReadIncarnation(ref reader));

    static Incarnation ReadIncarnation(ref MessagePackReader reader)
    {
        var text = ReadText(ref reader);
        return Incarnation.TryParse(text, out var incarnation)
            ? incarnation
            : throw new ProtocolException("a worker's name must be written like w3.7");
    }

    static Outcome ReadOutcome(ref MessagePackReader reader)
    {
        var number = reader.ReadInt32();
        return number is >= 0 and <= (int)Outcome.Failed
            ? (Outcome)number
            : throw new ProtocolException($"outcome {number}; 0 to {(int)Outcome.Failed} are allowed");
    }

    static string ReadCode(ref MessagePackReader reader)
    {
        var name = ReadText(ref reader);
        return name.Length == 0 || FailureCode.Find(name) is not null
            ? name
            : throw new ProtocolException("a failure code that is not on the list");
    }

    static long ReadCount(ref MessagePackReader reader)
    {
        var number = reader.ReadInt64();
        return number >= 0 ? number : throw new ProtocolException($"a count of {number}");
    }

    static int ReadSmall(ref MessagePackReader reader)
    {
        var number = reader.ReadInt32();
        return number >= 0 ? number : throw new ProtocolException($"a count of {number}");
    }

    static string ReadText(ref MessagePackReader reader, int max = Frame.TextMax) =>
        Encoding.UTF8.GetString(Take(reader.ReadStringSequence(), max));

    static byte[] ReadBytes(ref MessagePackReader reader, int max) => Take(reader.ReadBytes(), max).ToArray();

    static ReadOnlySequence<byte> Take(ReadOnlySequence<byte>? bytes, int max)
    {
        if (bytes is not { } present) throw new ProtocolException("nil where bytes must be");
        if (present.Length > max)
            throw new ProtocolException($"a field of {present.Length} bytes; at most {max} are allowed");
        return present;
    }

    static void Expect(int count, int wanted, string what)
    {
        if (count != wanted) throw new ProtocolException($"a {what} of {count} fields; it has {wanted}");
    }
}
