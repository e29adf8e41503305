using System.IO.Compression;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Zip;

namespace Decryptor.Worker.Tests;

[CancelAfter(60_000)]
sealed class ZipTests
{
    static readonly ZipPart[] Three =
    [
        new("logs/a.log", ZipMade.Text(1, 40)),
        new("b.log", ZipMade.Text(2, 300)) { Method = 0 },
        new("c.log", ZipMade.Text(3, 2000)),
    ];

    [Test]
    public void What_the_runtime_writes_comes_out_byte_for_byte([Values] bool canSeek)
    {
        var zip = new MemoryStream();
        var target = canSeek ? (Stream)zip : new Unseekable(zip);
        using (var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var part in Three)
            {
                using var entry = archive.CreateEntry(part.Name, CompressionLevel.Fastest).Open();
                entry.Write(part.Data);
            }

        MustBeWhole(Open(zip.ToArray()), Three);
    }

    [Test]
    public void Sizes_are_read_wherever_they_are_told([Values] bool cut)
    {
        ZipPart[] parts = [.. Enum.GetValues<Told>().SelectMany(told => Three.Select(one =>
            new ZipPart($"{told}-{one.Name}", one.Data) { Method = one.Method, Told = told }))];
        var zip = ZipMade.Of(parts);
        if (!cut)
        {
            MustBeWhole(Open(zip), parts);
            return;
        }

        // Without the directory, sizes that are told behind the bytes have to be found there.
        var package = Open(zip[..(zip.AsSpan().IndexOf("PK\x01\x02"u8) + 40)]);
        Assert.That(package.Trouble?.Code, Is.EqualTo(FailureCode.Truncated));
        MustHave(package, parts);
    }

    [Test]
    public void Cut_anywhere_it_gives_every_whole_member_and_what_is_there_of_the_next()
    {
        var zip = ZipMade.Of(Three);
        var ends = Three.Select(one => Of(zip, one) + one.Packed.Length).ToArray();
        for (var length = 30; length < zip.Length; length += 83)
        {
            var package = Open(zip[..length]);
            Assert.That(package.Trouble?.Code, Is.EqualTo(FailureCode.Truncated), $"cut at {length}");
            foreach (var (part, end) in Three.Zip(ends))
            {
                var member = package.Members.SingleOrDefault(one => one.Name == part.Name);
                if (end <= length)
                    Assert.That(member?.Bytes.AsSpan().SequenceEqual(part.Data), Is.True, $"{part.Name} at {length}");
                else if (member is not null)
                    Assert.That(part.Data.AsSpan().StartsWith(member.Bytes) && member.Trouble is not null);
            }
        }
    }

    [Test]
    public void A_member_that_is_cut_gives_its_beginning()
    {
        var zip = ZipMade.Of(Three);
        var package = Open(zip[..(Of(zip, Three[2]) + Three[2].Packed.Length / 2)]);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members[2].Trouble?.Code, Is.EqualTo(FailureCode.Truncated));
            Assert.That(package.Members[2].Bytes, Has.Length.GreaterThan(Three[2].Data.Length / 3));
            Assert.That(Three[2].Data.AsSpan().StartsWith(package.Members[2].Bytes));
        });
    }

    [Test]
    public void A_damaged_directory_costs_no_member_and_is_told()
    {
        var zip = ZipMade.Of(Three);
        zip[zip.AsSpan().LastIndexOf("PK\x01\x02"u8) + 1] ^= 0xFF;
        var package = Open(zip);
        Assert.That((package.Trouble?.Code, package.Trouble?.Message.Contains("directory", StringComparison.Ordinal)),
            Is.EqualTo((FailureCode.Damaged, true)));
        MustHave(package, Three);
    }

    [Test]
    public void A_damaged_local_header_costs_its_member_alone()
    {
        var zip = ZipMade.Of(Three);
        zip[zip.AsSpan().IndexOf("b.log"u8) - 29] ^= 0xFF;
        var package = Open(zip);
        Assert.Multiple(() =>
        {
            Assert.That(package.Trouble, Is.Null);
            Assert.That(package.Members.Select(one => one.Trouble?.Code),
                Is.EqualTo([null, FailureCode.Damaged, null]));
        });
    }

    [TestCase(0, "checksum")]
    [TestCase(8, "damaged at")]
    public void A_flipped_bit_is_told_and_what_came_out_is_kept(int method, string words)
    {
        var zip = ZipMade.Of(Three[0], new ZipPart("x.log", ZipMade.Text(9, 3000)) { Method = method }, Three[1]);
        var at = zip.AsSpan().IndexOf("x.log"u8) + 5;
        for (var i = 0; i < (method == 8 ? 2000 : 1); i++) zip[at + 9000 + i] ^= 0x55;
        var package = Open(zip);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Trouble?.Code),
                Is.EqualTo([null, FailureCode.Damaged, null]));
            Assert.That(package.Members[1].Trouble!.Message, Does.Contain(words));
            Assert.That(package.Members[1].Bytes, Has.Length.GreaterThan(9000));
        });
    }

    [TestCase(1)]
    [TestCase(-1)]
    public void A_wrong_size_in_the_directory_is_told_and_the_bytes_are_kept(int lie)
    {
        var package = Open(ZipMade.Of(Three[0] with { Lie = (lie, 0, 0) }, Three[1]));
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Trouble?.Code), Is.EqualTo([FailureCode.Damaged, null]));
            Assert.That(package.Members[0].Bytes, Is.EqualTo(Three[0].Data));
        });
    }

    [Test]
    public void A_member_that_claims_what_follows_it_gets_only_its_own_bytes()
    {
        var package = Open(ZipMade.Of(Three[0] with { Lie = (0, 1 << 30, 0) }, Three[1], Three[2]));
        Assert.That(package.Members[0].Findings.Warnings[0], Does.Contain("run into what follows"));
        MustBeWhole(package, [Three[0], Three[1], Three[2]]);
    }

    [Test]
    public void Members_that_overlap_are_refused_and_the_others_are_not()
    {
        // The second lies in the bytes of the first, as a whole member in quotes.
        var inner = ZipMade.Of(Three[0]);
        var outer = new ZipPart("outer.log", inner) { Method = 0 };
        var zip = ZipMade.Of(outer, Three[1], Three[0]);
        var record = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        ZipMade.U32((uint)zip.AsSpan().IndexOf(inner)).CopyTo(zip, record + 42);
        var package = Open(zip);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Trouble?.Code),
                Is.EqualTo([FailureCode.Damaged, null, FailureCode.Damaged]));
            Assert.That(package.Members.Select(one => one.Bytes.Length), Is.EqualTo([0, Three[1].Data.Length, 0]));
        });
    }

    [Test]
    public void Two_archives_in_one_file_give_the_members_of_both([Values] Told told)
    {
        byte[] both = [.. ZipMade.Of(Three[0] with { Told = told }, Three[1]), .. ZipMade.Of(Three[2])];
        var package = Open(both);
        Assert.That(package.Findings.Warnings, Has.Some.Contains("members lie before"));
        MustBeWhole(package, Three);
    }

    [Test]
    public void A_program_in_front_moves_everything([Values(0, 7, 100_000)] int length)
    {
        byte[] zip = [.. new byte[length], .. ZipMade.Of(Three)];
        MustBeWhole(Open(zip), Three);
    }

    [Test]
    public void A_comment_or_garbage_behind_the_end_is_no_harm([Values(1, 65_535, 900_000)] int length)
    {
        byte[] zip = [.. ZipMade.Of(Three), .. Enumerable.Repeat((byte)'x', length)];
        var package = Open(zip);
        Assert.That(package.Findings.Warnings.Single(), Does.Contain($"{length} bytes follow"));
        MustBeWhole(package, Three);
    }

    [Test]
    public void A_stored_archive_whose_outer_one_is_cut_is_not_taken_for_the_whole()
    {
        var inner = ZipMade.Of(Three[0], Three[1]);
        var zip = ZipMade.Of(Three[2], new ZipPart("inner.zip", inner) { Method = 0 },
            new("last.log", ZipMade.Text(5, 9)));
        var package = Open(zip[..(zip.AsSpan().IndexOf(inner) + inner.Length + 5)]);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Name), Is.EqualTo(["c.log", "inner.zip"]));
            Assert.That(package.Members[1].Bytes, Is.EqualTo(inner));
        });
    }

    [TestCase(0xA1FF, "symbolic link")]
    [TestCase(0x21B6, "device")]
    [TestCase(0x61B6, "device")]
    [TestCase(0x11B6, "named pipe")]
    [TestCase(0xC1B6, "no file")]
    public void What_is_no_file_is_refused(int mode, string words)
    {
        var package = Open(ZipMade.Of(new ZipPart("x", "/etc/passwd"u8.ToArray()) { Mode = mode }, Three[0]));
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Trouble?.Code),
                Is.EqualTo([FailureCode.UnsafeMember, null]));
            Assert.That(package.Members[0].Trouble!.Message, Does.Contain(words));
        });
    }

    [TestCase("/etc/cron.d/x", false)]
    [TestCase("\\x", false)]
    [TestCase("C:\\x", false)]
    [TestCase("a\\..\\..\\x", false)]
    [TestCase("..", false)]
    [TestCase("a/..b/...", true)]
    [TestCase("12:30.log", true)]
    [TestCase("", true)]
    public void Names_that_leave_the_package_are_refused(string name, bool isGood)
    {
        var member = Open(ZipMade.Of(new ZipPart(name, Three[0].Data), Three[1])).Members[0];
        Assert.That((member.Name, member.Trouble?.Code), Is.EqualTo((name, isGood ? null : FailureCode.UnsafeMember)));
    }

    [Test]
    public void A_folder_is_no_member_but_bytes_under_its_name_are_kept()
    {
        var package = Open(ZipMade.Of(new ZipPart("d/", []) { Method = 0 }, new("e/", Three[0].Data), Three[1]));
        Assert.That(package.Members.Select(one => one.Name), Is.EqualTo(["e/", "b.log"]));
    }

    [TestCase(0x41, "strong encryption")]
    [TestCase(0x2001, "strong encryption")]
    public void Encryption_that_cannot_be_opened_is_named(int flags, string words)
    {
        var member = Open(ZipMade.Of(Three[0] with { Flags = flags }, Three[1])).Members[0];
        Assert.Multiple(() =>
        {
            Assert.That(member.Trouble?.Code, Is.EqualTo(FailureCode.Unsupported));
            Assert.That(member.Trouble?.Message, Does.Contain(words));
        });
    }

    [Test]
    public void A_part_of_an_archive_that_was_split_is_named()
    {
        var last = ZipMade.Of(Three);
        last[^18] = 2;
        byte[] first = [.. "PK\x07\x08"u8, .. ZipMade.Of(Three)[..500]];
        Assert.That(new[] { Open(last), Open(first) }.Select(one => one.Trouble?.Code),
            Is.All.EqualTo(FailureCode.Unsupported));
    }

    [TestCase(20)]
    [TestCase(93)]
    public void A_member_of_zstd_is_opened(int method)
    {
        using var compressor = new ZstdSharp.Compressor();
        var part = Three[2] with { Method = method, Raw = compressor.Wrap(Three[2].Data).ToArray() };
        MustBeWhole(Open(ZipMade.Of(Three[0], part)), [Three[0], part]);
    }

    [Test]
    public void A_name_in_the_extra_field_counts_if_it_is_of_that_name()
    {
        var real = Encoding.UTF8.GetBytes("日志.log");
        byte[] Extra(uint crc) =>
            [.. ZipMade.U16(0x7075), .. ZipMade.U16(5 + real.Length), 1, .. ZipMade.U32(crc), .. real];
        var right = Three[0] with { Extra = Extra(Inflater.Crc(0, Three[0].NameBytes)) };
        var stale = Three[1] with { Extra = Extra(1) };
        Assert.That(Open(ZipMade.Of(right, stale)).Members.Select(one => one.Name),
            Is.EqualTo(["日志.log", "b.log"]));
    }

    [Test]
    public void Whatever_is_changed_it_ends_in_a_word_and_never_in_an_exception()
    {
        var random = new Random(20260101);
        byte[][] seeds = [ZipMade.Of(Three), ZipMade.Of([.. Three.Select(one => one with { Told = Told.Behind })]),
            ZipMade.Of([.. Three.Select(one => one with { Told = Told.Wide, Flags = 1 })])];
        for (var round = 0; round < 400; round++)
        {
            var zip = seeds[round % seeds.Length].ToArray();
            // What matters is in the directory and the headers; the first are hit as often as all else.
            for (var hits = random.Next(1, 6); hits > 0; hits--)
                zip[random.Next(2) == 0 ? ^random.Next(1, 250) : random.Next(zip.Length)] = Odd(random);
            Assert.That(() => Open(random.Next(4) == 0 ? zip[..random.Next(zip.Length)] : zip), Throws.Nothing);
        }
    }

    static byte Odd(Random random) => random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)random.Next(256) };

    static OpenedPackage Open(byte[] zip) => OpenedPackage.OfBytes(ZipPackage.Open, zip, PackageTrials.Passwords("p"));

    static int Of(byte[] zip, ZipPart part) => zip.AsSpan().IndexOf(part.Packed);

    static void MustBeWhole(OpenedPackage package, ZipPart[] parts)
    {
        Assert.That(package.Trouble, Is.Null);
        MustHave(package, parts);
    }

    static void MustHave(OpenedPackage package, ZipPart[] parts) => Assert.Multiple(() =>
    {
        Assert.That(package.Members.Select(one => one.Trouble?.Message), Is.All.Null);
        Assert.That(package.Members.Select(one => one.Name), Is.EqualTo(parts.Select(one => one.Name)));
        Assert.That(package.Members.Select(one => PackageTrials.Hash(one.Bytes)),
            Is.EqualTo(parts.Select(one => PackageTrials.Hash(one.Data))));
    });

    sealed class Unseekable(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
