using MessagePack;

namespace Decryptor.Protocol.Tests;

/// <summary>Frames that are whole and wrong. Each must end in the one exception, at once and without memory.</summary>
sealed class HostileFrameTests
{
    const int SmallStack = 256 * 1024;

    [TestCase(0)]
    [TestCase(8)]
    [TestCase(-1)]
    [TestCase(int.MaxValue)]
    public void An_unknown_kind_is_refused_in_both_directions(int kind)
    {
        var body = Wire.Pack((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(1);
            writer.Write(kind);
        });
        Refused(body, ofWorker: true, "may not send");
        Refused(body, ofWorker: false, "may not send");
    }

    [Test]
    public void What_the_other_side_may_say_is_refused_from_this_one()
    {
        foreach (var (name, message) in Specimens.Golden)
            Assert.That(() => Wire.Read(Other(message), FrameWriter.Write(message)),
                Throws.TypeOf<ProtocolException>().With.Message.Contains("may not send"), name);
    }

    [Test]
    public void Bytes_after_a_message_are_refused()
    {
        foreach (var message in Specimens.Golden.Values)
            Refused([.. Body(message), 0xC0], Specimens.IsOfWorker(message), "1 bytes follow");
    }

    [Test]
    public void A_field_more_or_less_is_refused()
    {
        foreach (var message in Specimens.Golden.Values)
            foreach (var change in new[] { -1, 1 })
            {
                var body = Body(message);
                body[0] = (byte)(body[0] + change);
                Refused(body, Specimens.IsOfWorker(message), "fields");
            }
    }

    [Test]
    public void A_frame_that_ends_inside_a_message_is_refused_wherever_it_ends()
    {
        foreach (var message in Specimens.Golden.Values)
            for (var length = 1; length < Body(message).Length; length++)
                Refused(Body(message)[..length], Specimens.IsOfWorker(message));
    }

    [Test]
    public void A_byte_changed_to_any_other_is_a_message_or_refused_and_nothing_else()
    {
        foreach (var message in Specimens.Golden.Values)
            for (var at = 0; at < Math.Min(Body(message).Length, 80); at++)
                for (var value = 0; value < 256; value++)
                {
                    var body = Body(message);
                    body[at] = (byte)value;
                    ReadsOrRefuses(body, Specimens.IsOfWorker(message));
                }
    }

    [Test]
    public void Random_frames_are_messages_or_refused_and_nothing_else()
    {
        // A fixed seed: what is found must be found again.
        var random = new Random(20_231_017);
        for (var i = 0; i < 100_000; i++)
        {
            var body = new byte[random.Next(1, 200)];
            random.NextBytes(body);
            // Most of them would fail at once; these look right for a few bytes longer.
            if (i % 2 == 0) body[0] = (byte)(0x90 | random.Next(16));
            if (i % 4 == 0 && body.Length > 1) body[1] = (byte)random.Next(8);
            ReadsOrRefuses(body, ofWorker: i % 8 < 4);
        }
    }

    [TestCase(0x91)]
    [TestCase(0x81)]
    public void Deep_nesting_is_refused_or_skipped_on_a_small_stack(byte opening)
    {
        byte[] body = [0x93, 1, Message.Version + 1, .. Enumerable.Repeat(opening, Frame.LengthMax - 3)];
        Exception? died = null;
        var thread = new Thread(() => died = Caught(() => ReadsOrRefuses(body, ofWorker: true)), SmallStack);
        thread.Start();
        thread.Join();
        Assert.That(died, Is.Null);
    }

    // Array, map, string, binary and extension, each claiming four thousand million of something.
    [TestCase(0xDD)]
    [TestCase(0xDF)]
    [TestCase(0xDB)]
    [TestCase(0xC6)]
    [TestCase(0xC9)]
    public void A_huge_claim_costs_no_memory(byte code)
    {
        foreach (var at in new[] { 0, 1, 2, 4, 5, 6 })
        {
            var body = Body(Specimens.Golden["keys"])[..(at + 1)];
            body[at] = code;
            byte[] claim = [.. body, 0xFF, 0xFF, 0xFF, 0xF0];
            var before = GC.GetAllocatedBytesForCurrentThread();
            ReadsOrRefuses(claim, ofWorker: false);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
        }
    }

    [Test]
    public void Of_a_foreign_version_nothing_but_the_version_is_read()
    {
        var body = Wire.Pack((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(4);
            writer.Write((int)1);
            writer.Write(99);
            writer.WriteMapHeader(1);
            writer.Write("new");
            writer.WriteNil();
            writer.Write(1.5);
        });
        var read = Wire.Read(FrameParser.OfWorker(), Wire.Frame(body));
        Assert.That(read, Is.EqualTo(new[] { new Hello(99, default, "", "", "") }));
    }

    static byte[] Body(Message message) => FrameWriter.Write(message)[Frame.PrefixLength..];

    static FrameParser Other(Message message) =>
        Specimens.IsOfWorker(message) ? FrameParser.OfSupervisor() : FrameParser.OfWorker();

    static void Refused(byte[] body, bool ofWorker, string why = "") =>
        Assert.That(() => Read(body, ofWorker), Throws.TypeOf<ProtocolException>().With.Message.Contains(why));

    static void ReadsOrRefuses(byte[] body, bool ofWorker)
    {
        if (Caught(() => Read(body, ofWorker)) is { } other and not ProtocolException)
            Assert.Fail($"{Convert.ToHexString(body)}: {other}");
    }

    static void Read(byte[] body, bool ofWorker) =>
        Wire.Read(ofWorker ? FrameParser.OfWorker() : FrameParser.OfSupervisor(), Wire.Frame(body));

    static Exception? Caught(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }
}
