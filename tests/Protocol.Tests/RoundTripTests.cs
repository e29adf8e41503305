using CsCheck;

namespace Decryptor.Protocol.Tests;

sealed class RoundTripTests
{
    [Test]
    public void Every_message_of_a_worker_comes_back_as_it_was() => Specimens.OfWorker.Sample(Returns, iter: 2_000);

    [Test]
    public void Every_message_of_the_supervisor_comes_back_as_it_was() =>
        Specimens.OfSupervisor.Sample(Returns, iter: 2_000);

    [Test]
    public void Messages_glued_together_and_cut_anywhere_come_back_in_order() =>
        Gen.Select(Specimens.OfWorker.Array[1, 6], Gen.Int[0, 10_000].Array[0, 8]).Sample((messages, places) =>
        {
            byte[] bytes = [.. messages.SelectMany(FrameWriter.Write)];
            int[] cuts = [.. places.Select(place => place % (bytes.Length + 1)).Order()];
            var read = Wire.Read(FrameParser.OfWorker(), bytes, cuts);
            return read.Select(Specimens.InWords).SequenceEqual(messages.Select(Specimens.InWords));
        }, iter: 1_000);

    static bool Returns(Message message)
    {
        var read = Wire.Read(Wire.ParserFor(message), FrameWriter.Write(message));
        return read is [var one] && Specimens.InWords(one) == Specimens.InWords(message);
    }
}
