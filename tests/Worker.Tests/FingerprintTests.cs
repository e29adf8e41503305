using System.Security.Cryptography;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>What a worker does with an input whose bytes must be known before they are interpreted.</summary>
[CancelAfter(60_000)]
sealed class FingerprintTests
{
    static readonly byte[] Log = [.. "one line\nand another\n"u8];

    static readonly byte[] Hash = SHA256.HashData(Log);

    [Test]
    public void The_hash_is_said_after_the_first_sign_of_life_and_before_anything_else()
    {
        using var worker = Greeted();
        worker.Tell(Order(worker) with { HashFirst = true });
        var heard = new List<Message>();
        var finished = worker.Serve(Ring.Empty, heard);

        // A slow disk makes it say behind that, too, that it lives.
        var kinds = heard.Take(2).Concat(heard.Skip(2).Where(message => message is not Progress));
        Assert.That(kinds.Select(message => message.GetType()),
            Is.EqualTo(new[] { typeof(Progress), typeof(Fingerprint), typeof(Finished) }));
        Assert.That(((Fingerprint)heard[1]).Sha256.ToArray(), Is.EqualTo(Hash));
        Assert.That(((Fingerprint)heard[1]).Attempt, Is.EqualTo(finished.Attempt));
        Assert.That(finished.Outcome, Is.EqualTo(Outcome.Complete), finished.Text);
        Assert.That(File.ReadAllBytes(Path.Combine(worker.Folder, "17-1", "boot.log")), Is.EqualTo(Log));
    }

    [Test]
    public void Nothing_is_hashed_where_nobody_asks()
    {
        using var worker = Greeted();
        worker.Tell(Order(worker));
        var heard = new List<Message>();
        worker.Serve(Ring.Empty, heard);
        Assert.That(heard.OfType<Fingerprint>(), Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Poison_is_refused_without_an_output_and_without_a_look_at_it(bool hashFirst)
    {
        using var worker = Greeted();
        worker.Tell(Order(worker) with { HashFirst = hashFirst, Poison = [new byte[32], Hash] });
        var heard = new List<Message>();
        var finished = worker.Serve(Ring.Empty, heard);

        Assert.That(heard.OfType<Fingerprint>().Count(), Is.EqualTo(hashFirst ? 1 : 0));
        Assert.That(finished.Outcome, Is.EqualTo(Outcome.Failed));
        Assert.That(finished.Code, Is.EqualTo(FailureCode.Poison.Name));
        Assert.That(finished.BytesIn, Is.EqualTo(Log.Length));
        Assert.That(finished.BytesOut, Is.Zero);
        Assert.That(Directory.EnumerateFileSystemEntries(worker.Folder), Is.Empty);
    }

    [Test]
    public void Other_bytes_of_that_length_are_decoded_and_so_is_the_job_after_poison()
    {
        using var worker = Greeted();
        worker.Tell(Order(worker) with { Poison = [Hash] });
        Assert.That(worker.Serve(Ring.Empty).Code, Is.EqualTo(FailureCode.Poison.Name));
        worker.Tell(Order(worker, job: 18) with { Poison = [new byte[32]] });
        Assert.That(worker.Serve(Ring.Empty).Outcome, Is.EqualTo(Outcome.Complete));
    }

    [Test]
    public void An_input_that_is_not_there_has_no_hash_and_is_said_to_be_missing()
    {
        using var worker = Greeted();
        worker.Tell(worker.Order("/nowhere/at/all") with { HashFirst = true });
        var heard = new List<Message>();
        var finished = worker.Serve(Ring.Empty, heard);
        Assert.That(heard.OfType<Fingerprint>(), Is.Empty);
        Assert.That(finished.Code, Is.EqualTo(FailureCode.NoInput.Name));
    }

    [Test]
    public void Bytes_move_while_a_large_input_is_hashed_and_begin_again_after_it()
    {
        using var worker = Greeted();
        var large = Path.Combine(worker.Folder, "large.xlog");
        using (var file = File.OpenHandle(large, FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(file, 3L << 30);
        worker.Tell(worker.Order(large) with { HashFirst = true });
        var heard = new List<Progress>();
        while (worker.Hear() is Progress progress) heard.Add(progress);

        var figures = heard.ConvertAll(progress => progress.BytesIn);
        Assert.That(figures, Is.Ordered);
        Assert.That(figures[0], Is.Zero);
        Assert.That(figures[^1], Is.Positive);
        Assert.That(figures, Has.All.LessThanOrEqualTo(3L << 30));
    }

    static LiveWorker Greeted()
    {
        var worker = new LiveWorker();
        Assert.That(worker.Hear(), Is.InstanceOf<Hello>());
        return worker;
    }

    static Assign Order(LiveWorker worker, long job = 17)
    {
        var input = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(worker.Folder)!, "in")).FullName;
        var path = Path.Combine(input, "boot.xlog");
        File.WriteAllBytes(path, Log);
        return worker.Order(path, job);
    }
}
