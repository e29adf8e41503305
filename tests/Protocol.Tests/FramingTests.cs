using System.Buffers.Binary;
using MessagePack;

namespace Decryptor.Protocol.Tests;

sealed class FramingTests
{
    static readonly byte[] One = FrameWriter.Write(Specimens.Golden["finished-partial"]);

    static readonly byte[] Two = [.. FrameWriter.Write(Specimens.Golden["hello"]), .. One];

    [Test]
    public void Two_frames_cut_at_any_two_places_are_two_messages()
    {
        for (var first = 0; first <= Two.Length; first++)
            for (var second = first; second <= Two.Length; second++)
                Assert.That(Wire.Read(FrameParser.OfWorker(), Two, first, second), Has.Count.EqualTo(2),
                    $"{first}, {second}");
    }

    [Test]
    public void Frames_that_come_byte_by_byte_are_whole_messages()
    {
        int[] cuts = [.. Enumerable.Range(1, Two.Length - 1)];
        Assert.That(Wire.Read(FrameParser.OfWorker(), Two, cuts), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_thousand_frames_in_one_piece_are_a_thousand_messages()
    {
        byte[] bytes = [.. Enumerable.Repeat(One, 1000).SelectMany(frame => frame)];
        Assert.That(Wire.Read(FrameParser.OfWorker(), bytes), Has.Count.EqualTo(1000));
    }

    [Test]
    public void Every_prefix_that_a_crash_can_leave_is_no_message_and_no_error()
    {
        for (var length = 0; length < One.Length; length++)
        {
            var parser = FrameParser.OfWorker();
            Assert.That(Wire.Read(parser, One.AsSpan(0, length)), Is.Empty, $"{length}");
            Assert.That(parser.Pending, Is.EqualTo(length));
        }
    }

    [Test]
    public void A_whole_frame_before_a_cut_off_one_is_a_message()
    {
        for (var length = 0; length < One.Length; length++)
            Assert.That(Wire.Read(FrameParser.OfWorker(), [.. One, .. One.AsSpan(0, length)]), Has.Count.EqualTo(1));
    }

    [TestCase(0u)]
    [TestCase((uint)Frame.LengthMax + 1)]
    [TestCase(0x7FFFFFFFu)]
    [TestCase(0x80000000u)]
    [TestCase(0xFFFFFFFFu)]
    public void A_frame_that_claims_nothing_or_too_much_is_refused_at_its_fourth_byte(uint length)
    {
        var prefix = new byte[Frame.PrefixLength];
        BinaryPrimitives.WriteUInt32BigEndian(prefix, length);
        var parser = FrameParser.OfWorker();
        Assert.That(Wire.Read(parser, prefix.AsSpan(0, 3)), Is.Empty);
        Assert.That(() => Wire.Read(parser, prefix.AsSpan(3)), Throws.TypeOf<ProtocolException>()
            .With.Message.Contains($"{length}"));
    }

    [Test]
    public void The_longest_frame_is_read_and_one_byte_more_is_not()
    {
        Assert.That(Wire.Read(FrameParser.OfWorker(), Wire.Frame(ForeignHello(Frame.LengthMax))), Has.Count.EqualTo(1));
        Assert.That(() => Wire.Read(FrameParser.OfWorker(), Wire.Frame(ForeignHello(Frame.LengthMax + 1))),
            Throws.TypeOf<ProtocolException>());
    }

    [Test]
    public void A_parser_takes_no_memory_for_what_a_frame_claims()
    {
        Wire.Read(FrameParser.OfWorker(), One);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) ReadClaimOfTheLongest();
        var perParser = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        Assert.That(perParser, Is.LessThan(2 * Frame.LengthMax), "one frame's room each, and not a second");
    }

    [Test]
    public void What_does_not_fit_a_frame_is_not_written()
    {
        var many = Enumerable.Repeat(new KeyCandidate("key", new byte[Frame.SecretMax]), 20).ToList();
        Assert.That(() => FrameWriter.Write(new Keys(Specimens.Attempt, 1, 20, many)),
            Throws.TypeOf<ProtocolException>());
    }

    [Test]
    public void Room_is_never_empty_after_all_was_read()
    {
        var parser = FrameParser.OfWorker();
        for (var i = 0; i < 2000; i++)
        {
            Wire.Read(parser, One);
            Assert.That(parser.Room.Length, Is.Positive);
        }
    }

    [TestCase(-1)]
    [TestCase(Frame.PrefixLength + Frame.LengthMax + 1)]
    public void Claiming_more_than_the_room_is_our_own_mistake(int count) =>
        Assert.That(() => FrameParser.OfWorker().Advance(count), Throws.InstanceOf<ArgumentOutOfRangeException>());

    static void ReadClaimOfTheLongest()
    {
        Span<byte> prefix = stackalloc byte[Frame.PrefixLength + 1];
        BinaryPrimitives.WriteInt32BigEndian(prefix, Frame.LengthMax);
        Wire.Read(FrameParser.OfWorker(), prefix);
    }

    // Of a foreign version only its number is read; what follows may have any length.
    static byte[] ForeignHello(int length) => Wire.Pack((ref MessagePackWriter writer) =>
    {
        writer.WriteArrayHeader(3);
        writer.Write(1);
        writer.Write(Message.Version + 1);
        writer.Write(new byte[length - 6]);
    });
}
