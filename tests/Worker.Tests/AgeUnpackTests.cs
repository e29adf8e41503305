using System.IO.Compression;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

/// <summary>age around other formats, from the upload to the report.</summary>
[Parallelizable(ParallelScope.Children)]
sealed class AgeUnpackTests
{
    static readonly AgePair Ours = new(new Random(1));

    [Test]
    public void A_sealed_package_of_sealed_logs_becomes_text()
    {
        var (log, text) = Made.Session(Compression.Zstd, Made.Ours, 3);
        using var trial = Open(Sealed(Zipped(log)));
        trial.MustBeSound();
        Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete), trial.Finished.Text);
        Assert.That(trial.Text, Is.EqualTo(text));
        Assert.That((trial.Only.Format, trial.Only.Key), Is.EqualTo(("age>gzip>xlog", "ours, prod-2026")));
    }

    [Test]
    public void Armor_in_a_mail_is_opened_though_it_looks_like_text()
    {
        var armor = AgeEncoder.Armor(Sealed("a line\n"u8.ToArray()), "\r\n");
        using var trial = Open(Encoding.ASCII.GetBytes($"\r\n{armor}\r\n"));
        Assert.That((Encoding.UTF8.GetString(trial.Text), trial.Only.Format), Is.EqualTo(("a line\n", "age>text")));
    }

    [Test]
    public void A_sealed_nothing_is_complete()
    {
        using var trial = Open(Sealed([]));
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Only.Bytes), Is.EqualTo((Outcome.Complete, 0)));
    }

    [Test]
    public void Text_before_a_chunk_that_was_changed_is_kept_and_called_partial()
    {
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a line of a log\n", 8192)));
        var file = Sealed(text);
        file[^100] ^= 1;
        using var trial = Open(file);
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Partial, "NOT_AUTHENTIC")));
        Assert.That(trial.Text, Is.EqualTo(text[..65536]));
    }

    [Test]
    public void Without_its_key_it_fails_for_want_of_one()
    {
        using var trial = Trial.OfBytes(Sealed([1]), Ring.Empty);
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, "KEY_MISSING")));
        Assert.That(trial.Only.Format, Is.EqualTo("age"));
    }

    static Trial Open(byte[] file)
    {
        var age = new AgeRing().Identity("ours", Ours.Private);
        return Trial.OfBytes(file, new Ring([("prod-2026", Made.Ours.PrivateHex)])
        {
            Agreement = (format, header) => [.. age.Answer(format, header)!.Candidates],
        });
    }

    static byte[] Sealed(byte[] text) => new AgeEncoder(new Random(7)).For(Ours.Public).Seal(text);

    static byte[] Zipped(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(bytes);
        return packed.ToArray();
    }
}
