using System.Buffers.Binary;
using Decryptor.Protocol;

namespace Decryptor.FakeWorker;

/// <summary>
/// What a worker that has lost its mind would send: words that it may say, of its own attempt or of another, and the
/// same with their bytes wounded. The same seed gives the same bytes.
/// </summary>
static class HostileFrames
{
    const int BatchMax = 60;

    static readonly string[] Codes = [.. FailureCode.All.Select(code => code.Name), ""];

    /// <summary>
    /// Some bytes: mostly a whole frame, and seldom one that is to be believed. Of <paramref name="oneOf"/> about six
    /// are wounded.
    /// </summary>
    public static byte[] Next(Random random, Incarnation worker, Attempt attempt, int oneOf = 12)
    {
        var frame = FrameWriter.Write(Word(random, worker, attempt));
        return random.Next(oneOf) switch
        {
            0 => Flipped(random, frame),
            1 => Claiming(frame, (uint)random.NextInt64(1L << 32)),
            2 => Claiming(frame, (uint)random.Next(frame.Length)),
            3 => Noise(random),
            4 => frame[..random.Next(frame.Length)],
            5 => [.. frame, .. frame],
            _ => frame,
        };
    }

    /// <summary>
    /// One conversation: it ends with what the parser refuses, or after some frames. With it comes what was in it.
    /// </summary>
    public static (byte[] Bytes, IReadOnlyList<Message> Words, bool IsBroken) Batch(int seed, Incarnation worker)
    {
        var random = new Random(seed);
        var parser = FrameParser.OfWorker();
        var (bytes, words) = (new List<byte>(), new List<Message>());
        for (var i = 0; i < BatchMax; i++)
        {
            var next = Next(random, worker, new(17, 1, worker), BatchMax);
            bytes.AddRange(next);
            next.CopyTo(parser.Room.Span);
            parser.Advance(next.Length);
            if (!Read(parser, words)) return ([.. bytes], words, true);
        }

        return ([.. bytes], words, false);
    }

    /// <summary>Takes what has become whole; false once something is refused.</summary>
    public static bool Read(FrameParser parser, List<Message> words)
    {
        try
        {
            while (parser.TryRead(out var word)) words.Add(word);
            return true;
        }
        catch (ProtocolException)
        {
            return false;
        }
    }

    static Message Word(Random random, Incarnation worker, Attempt attempt)
    {
        var about = random.Next(6) switch
        {
            0 => attempt with { Number = random.Next() },
            1 => attempt with { Job = random.NextInt64() },
            2 => attempt with { Worker = new(random.Next(1, 9), random.NextInt64(1, 1000)) },
            _ => attempt,
        };
        return random.Next(8) switch
        {
            0 => new Hello(
                random.Next(3, 6), random.Next(2) == 0 ? worker : about.Worker, "fake", "jit", "none: a fake"),
            1 => new KeyRequest(about, random.Next(4), "xlog", new byte[random.Next(200)]),
            2 => new Fingerprint(about, new byte[Frame.HashLength]),
            3 or 4 => new Finished(
                about, (Outcome)random.Next(3), Codes[random.Next(Codes.Length)], "", "", Count(random), Count(random),
                default),
            _ => new Progress(about, Count(random), Count(random), Count(random)),
        };
    }

    static long Count(Random random) => random.Next(4) == 0 ? random.NextInt64() : random.Next(100_000);

    static byte[] Flipped(Random random, byte[] frame)
    {
        for (var times = random.Next(1, 4); times > 0; times--)
            frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
        return frame;
    }

    static byte[] Claiming(byte[] frame, uint length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(frame, length);
        return frame;
    }

    static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 300)];
        random.NextBytes(noise);
        if (random.Next(2) == 0 && noise.Length > Frame.PrefixLength)
            BinaryPrimitives.WriteInt32BigEndian(noise, noise.Length - Frame.PrefixLength);
        return noise;
    }
}
