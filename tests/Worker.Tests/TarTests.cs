using System.Formats.Tar;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Worker.Formats.Tar;

namespace Decryptor.Worker.Tests;

[CancelAfter(60_000)]
sealed class TarTests
{
    static readonly (string Name, byte[] Data)[] Three =
        [("a.log", ZipMade.Text(1, 40)), ("dir/b.log", ZipMade.Text(2, 300)), ("c.log", ZipMade.Text(3, 100))];

    [Test]
    public void Every_format_of_the_runtime_s_writer_comes_out_byte_for_byte(
        [Values(TarEntryFormat.V7, TarEntryFormat.Ustar, TarEntryFormat.Gnu, TarEntryFormat.Pax)] TarEntryFormat format)
    {
        var tar = Of(format, Three);
        Assert.That(TarPackage.Begins(tar.AsSpan(0, Math.Min(tar.Length, 1024))));
        var package = Open(tar);
        Assert.That((package.Trouble, package.Findings.Warnings.Count), Is.EqualTo(((Refusal?)null, 0)));
        MustHave(package, Three);
    }

    [Test]
    public void Long_names_are_read_wherever_they_are([Values(120, 300, 4096)] int length, [Values] bool pax)
    {
        var name = "日志/" + new string('n', length - 11) + ".log";
        (string, byte[])[] files = [(name, Three[0].Data), Three[1]];
        MustHave(Open(Of(pax ? TarEntryFormat.Pax : TarEntryFormat.Gnu, files)), files);
    }

    [Test]
    public void A_prefix_belongs_to_the_name()
    {
        var name = new string('d', 90) + "/" + new string('f', 60);
        (string, byte[])[] files = [(name, Three[0].Data)];
        MustHave(Open(Of(TarEntryFormat.Ustar, files)), files);
    }

    [Test]
    public void A_name_of_the_longest_length_is_delivered_and_one_byte_more_is_not([Values] bool pax)
    {
        (string, byte[])[] files = [(new('n', 4096), Three[0].Data), (new('m', 4097), Three[1].Data), Three[2]];
        var package = Open(Of(pax ? TarEntryFormat.Pax : TarEntryFormat.Gnu, files));
        Assert.That(package.Members.Select(one => one.Trouble?.Code),
            Is.EqualTo([null, FailureCode.LimitName, null]));
    }

    [Test]
    public void Cut_anywhere_it_gives_every_whole_member_and_the_beginning_of_the_next()
    {
        var tar = Of(TarEntryFormat.Pax, Three);
        var ends = Three.Select(one => tar.AsSpan().IndexOf(one.Data) + one.Data.Length).ToArray();
        for (var length = 100; length < ends[^1]; length += 163)
        {
            var package = Open(tar[..length]);
            foreach (var ((name, data), end) in Three.Zip(ends))
            {
                var member = package.Members.SingleOrDefault(one => one.Name == name);
                if (end <= length)
                    Assert.That(member?.Bytes.AsSpan().SequenceEqual(data), Is.True, $"{name} cut at {length}");
                else if (member is not null)
                    Assert.That(data.AsSpan().StartsWith(member.Bytes)
                        && member.Trouble?.Code == FailureCode.Truncated && package.Trouble is not null);
            }
        }
    }

    [TestCase(0)]
    [TestCase(512)]
    public void An_archive_without_its_end_mark_is_whole_with_a_warning(int left)
    {
        var tar = Of(TarEntryFormat.Ustar, Three);
        var package = Open(tar[..(LastByte(tar) / 512 * 512 + 512 + left)]);
        Assert.That(package.Trouble, Is.Null);
        Assert.That(package.Findings.Warnings.Single(), Does.Contain("no end mark"));
        MustHave(package, Three);
    }

    [Test]
    public void A_damaged_header_costs_its_member_and_the_gap_is_told()
    {
        var tar = Of(TarEntryFormat.Ustar, Three);
        var header = tar.AsSpan().IndexOf("dir/b.log"u8);
        tar[header + 130] ^= 1;
        var package = Open(tar);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Name), Is.EqualTo(["a.log", "c.log"]));
            Assert.That(package.Trouble?.Code, Is.EqualTo(FailureCode.Damaged));
            Assert.That(package.Findings.Gaps.Select(one => one.Offset), Is.EqualTo([header]));
            Assert.That(package.Findings.Gaps[0].Length, Is.EqualTo(512 + (Three[1].Data.Length + 511) / 512 * 512));
        });
    }

    [Test]
    public void A_second_archive_behind_the_first_is_read_and_told()
    {
        byte[] both = [.. Of(TarEntryFormat.Gnu, Three[..2]), .. Of(TarEntryFormat.Ustar, Three[2..])];
        var package = Open(both);
        Assert.That(package.Findings.Warnings.Single(), Does.Contain("follow after the end mark"));
        MustHave(package, Three);
    }

    [Test]
    public void Garbage_behind_the_end_is_told()
    {
        byte[] tar = [.. Of(TarEntryFormat.Ustar, Three), .. Encoding.ASCII.GetBytes(new string('x', 700))];
        var package = Open(tar);
        Assert.That((package.Trouble, package.Findings.Warnings.Count), Is.EqualTo(((Refusal?)null, 1)));
        MustHave(package, Three);
    }

    [TestCase('1', "hard link", "UNSAFE_MEMBER")]
    [TestCase('2', "symbolic link", "UNSAFE_MEMBER")]
    [TestCase('3', "device", "UNSAFE_MEMBER")]
    [TestCase('4', "device", "UNSAFE_MEMBER")]
    [TestCase('6', "named pipe", "UNSAFE_MEMBER")]
    [TestCase('M', "another volume", "UNSUPPORTED")]
    [TestCase('Q', "'Q'", "UNSUPPORTED")]
    [TestCase('\u0001', "number 1", "UNSUPPORTED")]
    public void What_is_no_file_is_refused_and_its_bytes_are_skipped(char type, string words, string code)
    {
        var odd = type is >= '1' and <= '6' ? [] : new byte[1300];
        var package = Open([.. Member("odd", odd, type), .. Of(TarEntryFormat.Ustar, Three)]);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members[0].Trouble?.Code.Name, Is.EqualTo(code));
            Assert.That(package.Members[0].Trouble?.Message, Does.Contain(words));
            Assert.That(package.Members.Skip(1).Select(one => one.Bytes.Length),
                Is.EqualTo(Three.Select(one => one.Data.Length)));
        });
    }

    [Test]
    public void A_sparse_member_is_refused_with_its_lists_of_holes_and_its_bytes()
    {
        var sparse = Member("s.log", new byte[700], 'S');
        sparse[482] = 1;
        Sum(sparse);
        byte[] more = new byte[512], last = new byte[512];
        more[504] = 1;
        var package = Open([.. sparse[..512], .. more, .. last, .. sparse[512..], .. Of(TarEntryFormat.Gnu, Three)]);
        Assert.That(package.Members.Select(one => one.Trouble?.Code),
            Is.EqualTo([FailureCode.Unsupported, null, null, null]));
    }

    [TestCase("path", "other.log", "other.log", null)]
    [TestCase("path", "../../etc/passwd", "../../etc/passwd", "UNSAFE_MEMBER")]
    [TestCase("GNU.sparse.major", "1", "x.log", "UNSUPPORTED")]
    [TestCase("size", "99999999999999999999", "x.log", null)]
    [TestCase("size", "-5", "x.log", null)]
    [TestCase("comment", "=", "x.log", null)]
    public void Extended_headers_count_where_they_make_sense(string key, string value, string name, string? code)
    {
        byte[] tar = [.. Member("pax", Pax((key, value)), 'x'), .. Member("x.log", Three[0].Data, '0'), .. End];
        var package = Open(tar);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => (one.Name, one.Trouble?.Code.Name)),
                Is.EqualTo([(name, code)]));
            Assert.That(package.Trouble, Is.Null);
            if (code is null) Assert.That(package.Members[0].Bytes, Is.EqualTo(Three[0].Data));
        });
    }

    [Test]
    public void A_size_in_an_extended_header_beats_the_header_s()
    {
        var member = Member("x.log", Three[0].Data, '0');
        Encoding.ASCII.GetBytes("00000000000\0").CopyTo(member, 124);
        Sum(member);
        byte[] tar = [.. Member("p", Pax(("size", $"{Three[0].Data.Length}")), 'x'), .. member, .. End];
        MustHave(Open(tar), [("x.log", Three[0].Data)]);
    }

    [Test]
    public void Numbers_may_be_binary_and_sums_may_be_of_signed_bytes()
    {
        var member = Member("\u00e9t\u00e9.log", Three[0].Data, '0');
        member.AsSpan(124, 12).Clear();
        member[124] = 0x80;
        (member[134], member[135]) = ((byte)(Three[0].Data.Length >> 8), (byte)Three[0].Data.Length);
        Sum(member, signed: true);
        MustHave(Open([.. member, .. End]), [("\u00e9t\u00e9.log", Three[0].Data)]);
    }

    [Test]
    public void A_header_of_an_extension_above_its_limit_is_skipped_and_its_member_refused()
    {
        byte[] tar = [.. Member("p", Pax(("path", new string('n', 2 << 20))), 'x'), .. Of(TarEntryFormat.Ustar, Three)];
        var package = Open(tar);
        Assert.That(package.Members.Select(one => one.Trouble?.Code), Is.EqualTo([FailureCode.LimitName, null, null]));
    }

    [Test]
    public void Text_and_noise_are_no_archive()
    {
        var noise = new byte[512];
        for (var seed = 0; seed < 2000; seed++)
        {
            new Random(seed).NextBytes(noise);
            Assert.That(TarPackage.Begins(noise), Is.False);
        }

        Assert.That(TarPackage.Begins(ZipMade.Text(1, 100).AsSpan(0, 512)), Is.False);
        Assert.That(TarPackage.Begins(new byte[512]), Is.False);
    }

    [Test]
    public void Whatever_is_changed_it_ends_in_a_word_and_never_in_an_exception()
    {
        var random = new Random(20260102);
        byte[][] seeds = [Of(TarEntryFormat.Pax, Three), Of(TarEntryFormat.Gnu, [(new('n', 300), [1, 2]), .. Three])];
        for (var round = 0; round < 400; round++)
        {
            var tar = seeds[round % 2].ToArray();
            for (var hits = random.Next(1, 5); hits > 0; hits--)
            {
                // A header with a right sum gets farther than one without.
                var block = random.Next(tar.Length / 512) * 512;
                tar[block + random.Next(512)] = (byte)random.Next(256);
                if (random.Next(2) == 0 && tar.AsSpan(block + 257).StartsWith("ustar"u8)) Sum(tar.AsSpan(block));
            }

            Assert.That(() => Open(random.Next(4) == 0 ? tar[..random.Next(tar.Length)] : tar), Throws.Nothing);
        }
    }

    static byte[] End => new byte[1024];

    static OpenedPackage Open(byte[] tar) => OpenedPackage.OfBytes(TarPackage.Open, tar);

    static byte[] Of(TarEntryFormat format, (string Name, byte[] Data)[] files)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, format, leaveOpen: true))
            foreach (var (name, data) in files)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(data);
                writer.WriteEntry(entry);
            }

        return tar.ToArray();
    }

    /// <summary>A header with its bytes and their padding.</summary>
    static byte[] Member(string name, byte[] data, char type)
    {
        var block = new byte[512 + (data.Length + 511) / 512 * 512];
        Encoding.UTF8.GetBytes(name).CopyTo(block, 0);
        "0000644\0"u8.CopyTo(block.AsSpan(100));
        Encoding.ASCII.GetBytes(Convert.ToString(data.Length, 8).PadLeft(11, '0')).CopyTo(block, 124);
        block[156] = (byte)type;
        "ustar\000"u8.CopyTo(block.AsSpan(257));
        Sum(block);
        data.CopyTo(block, 512);
        return block;
    }

    static void Sum(Span<byte> header, bool signed = false)
    {
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header[..512]) sum += signed ? (sbyte)b : b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }

    static byte[] Pax(params (string Key, string Value)[] records)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in records)
        {
            var rest = $" {key}={value}\n".Length;
            var length = rest + 1;
            while ($"{length}".Length + rest != length) length++;
            text.Append(length).Append($" {key}={value}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static int LastByte(byte[] tar) => tar.AsSpan().LastIndexOfAnyExcept((byte)0);

    static void MustHave(OpenedPackage package, (string Name, byte[] Data)[] files) => Assert.Multiple(() =>
    {
        Assert.That(package.Members.Select(one => one.Trouble?.Message), Is.All.Null);
        Assert.That(package.Members.Select(one => one.Name), Is.EqualTo(files.Select(one => one.Name)));
        Assert.That(package.Members.Select(one => PackageTrials.Hash(one.Bytes)),
            Is.EqualTo(files.Select(one => PackageTrials.Hash(one.Data))));
    });
}
