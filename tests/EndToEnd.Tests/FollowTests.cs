using System.Diagnostics;
using System.Text;

namespace Decryptor.EndToEnd.Tests;

/// <summary><c>cat --follow</c>: files that grow, are renamed, cut or written again while they are read.</summary>
sealed class FollowTests
{
    [Test, CancelAfter(60_000)]
    public void Each_byte_that_is_appended_to_an_encrypted_file_is_printed_once()
    {
        var source = Path.Combine(Programs.NeedCorpus("xlog"), "good", "async-zlib-crypt-1m.xlog");
        var (bytes, expected) = (File.ReadAllBytes(source), Programs.ExpectedTextOf(source));
        using var scratch = new Scratch();
        var file = scratch.Write("app.xlog", bytes[..20_000]);
        var keys = scratch.Ring("xlog 4c269abe1751bb73126f268d3062fed3d234fe2e032afe5a9400ea401f4a9e96");
        using var follow = new Following(scratch, [file, "--keys", keys]);
        var text = follow.Read(1);
        Append(file, bytes.AsSpan(20_000, 40_000));
        // The block that is now whole, and the first lines of the next.
        text = [.. text, .. follow.Read(70_000 - text.Length)];
        Append(file, bytes.AsSpan(60_000));
        text = [.. text, .. follow.Read(expected.Length - text.Length)];
        Assert.That(text.AsSpan().SequenceEqual(expected), "the text is that of the whole file");
        follow.EndsAfter(Proc.SigInt, 130);
    }

    [TestCase(Proc.SigInt, 130), TestCase(Proc.SigTerm, 143), CancelAfter(60_000)]
    public void Interrupted_it_leaves_no_worker_and_no_file(int signal, int exitCode)
    {
        using var scratch = new Scratch();
        using var follow = new Following(scratch, [scratch.Write("a.txt", "a\n"u8.ToArray())]);
        Assert.That(follow.Text(2), Is.EqualTo("a\n"));
        follow.EndsAfter(signal, exitCode);
    }

    [Test, CancelAfter(60_000)]
    public void What_came_before_a_rename_and_what_the_next_file_has_is_printed_in_order()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", "one\n"u8.ToArray());
        using var follow = new Following(scratch, [file]);
        Assert.That(follow.Text(4), Is.EqualTo("one\n"));
        File.Move(file, scratch["a.1"]);
        Append(scratch["a.1"], "two\n"u8);
        File.WriteAllText(file, "three\n");
        Assert.That(follow.Text(10), Is.EqualTo("two\nthree\n"));
        Assert.That(follow.EndsAfter(Proc.SigInt, 130), Does.Contain("another file has its name now"));
    }

    [Test, CancelAfter(60_000)]
    public void A_file_that_is_gone_is_waited_for()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", "one\n"u8.ToArray());
        using var follow = new Following(scratch, [file]);
        follow.Text(4);
        File.Delete(file);
        Assert.That(follow.Line(), Does.Contain("it is gone"));
        File.WriteAllText(file, "one\ntwo\n");
        Assert.That(follow.Text(4), Is.EqualTo("two\n"), "the same file came back, longer");
        follow.EndsAfter(Proc.SigInt, 130);
    }

    [Test, CancelAfter(60_000)]
    public void A_file_that_is_cut_is_waited_for_and_printed_anew_where_its_text_is_another()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", "one\ntwo\n"u8.ToArray());
        using var follow = new Following(scratch, [file]);
        follow.Text(8);
        File.WriteAllText(file, "one\n");
        Assert.That(follow.Line(), Does.Contain("became shorter"));
        File.WriteAllText(file, "one\ntwo\nthree\n");
        Assert.That(follow.Text(6), Is.EqualTo("three\n"), "it was written again, and went on");
        File.WriteAllText(file, "new\n");
        Assert.That(follow.Text(4), Is.EqualTo("new\n"));
        Assert.That(follow.Line(), Does.Contain("another text now"));
        follow.EndsAfter(Proc.SigInt, 130);
    }

    [Test, CancelAfter(60_000)]
    public void Filters_see_what_comes_and_lines_that_follow_later_belong_to_their_entry()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", "2026-11-24 09:00:00 INFO net - no\n2026-11-24 09:00:01 ERROR db - yes\n"u8
            .ToArray());
        using var follow = new Following(scratch, [file, "--level", "error"]);
        var first = "2026-11-24 09:00:01 ERROR db - yes\n";
        Assert.That(follow.Text(first.Length), Is.EqualTo(first));
        Append(file, "\tat db.Trace\n2026-11-24 09:00:02 INFO net - no\n"u8);
        Assert.That(follow.Text(13), Is.EqualTo("\tat db.Trace\n"));
        Append(file, "\tof no\n2026-11-24 09:00:03 FATAL db - yes\n"u8);
        Assert.That(follow.Text(first.Length), Is.EqualTo("2026-11-24 09:00:03 FATAL db - yes\n"));
        follow.EndsAfter(Proc.SigInt, 130);
    }

    [Test, CancelAfter(60_000)]
    public void Of_what_is_there_a_tail_can_be_asked_for_and_of_the_rest_all_is_printed()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", Lines(1, 2, 3));
        using var follow = new Following(scratch, [file, "--tail", "1"]);
        var line = Encoding.UTF8.GetString(Lines(3));
        Assert.That(follow.Text(line.Length), Is.EqualTo(line));
        Append(file, Lines(4, 5));
        Assert.That(follow.Text(2 * line.Length), Is.EqualTo(Encoding.UTF8.GetString(Lines(4, 5))));
        follow.EndsAfter(Proc.SigInt, 130);
    }

    [Test, CancelAfter(60_000)]
    public void Files_that_grow_together_do_not_share_a_line()
    {
        using var scratch = new Scratch();
        var (a, b) = (scratch.Write("a.txt", "open"u8.ToArray()), scratch.Write("b.txt", "b\n"u8.ToArray()));
        using var follow = new Following(scratch, [a, b]);
        Assert.That(follow.Text(7), Is.EqualTo("open\nb\n"));
        follow.EndsAfter(Proc.SigInt, 130);
    }

    [Test, CancelAfter(60_000)]
    public void It_ends_without_a_word_when_nobody_reads_any_more()
    {
        using var scratch = new Scratch();
        using var follow = new Following(scratch, [scratch.Write("a.txt", "a\n"u8.ToArray())]);
        follow.Text(2);
        follow.StopReading();
        Assert.That(follow.End(), Is.EqualTo((0, "")));
    }

    [TestCase(2, "--follow", "-"), TestCase(66, "--follow", "absent.txt"), TestCase(66, "-f", "/dev/null")]
    [TestCase(2, "-f", "x", "--merge"), TestCase(2, "-f", "x", "--head", "1"), TestCase(2, "-f", "x", "--since", "1m")]
    [CancelAfter(60_000)]
    public void What_cannot_be_followed_is_refused(int exitCode, params string[] words) =>
        Assert.That(Programs.Run(["cat", .. words]).ExitCode, Is.EqualTo(exitCode));

    [TestCase(512, 130), TestCase(513, 76), CancelAfter(120_000)]
    public void So_many_files_can_be_followed(int count, int exitCode)
    {
        using var scratch = new Scratch(inMemory: true);
        for (var i = 0; i < count; i++) scratch.Write($"in/{i:000}.txt", "x\n"u8.ToArray());
        using var follow = new Following(scratch, [scratch["in"]]);
        if (exitCode == 130) follow.Text(2 * count);
        else Assert.That(follow.Line(), Does.Contain("513 files are too many"));
        if (exitCode == 130) follow.EndsAfter(Proc.SigInt, 130);
        else Assert.That(follow.End().ExitCode, Is.EqualTo(exitCode));
    }

    static byte[] Lines(params int[] seconds) =>
        Encoding.UTF8.GetBytes(string.Concat(seconds.Select(each => $"2026-11-24 09:00:0{each} INFO net - x\n")));

    static void Append(string file, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(file, FileMode.Append);
        stream.Write(bytes);
    }

    /// <summary>A run that follows, with a folder of its own for temporary things.</summary>
    sealed class Following : IDisposable
    {
        readonly Process _process;
        readonly string _temporary;

        public Following(Scratch scratch, string[] words)
        {
            _temporary = Directory.CreateDirectory(scratch["tmp"]).FullName;
            _process = Programs.Start(new() { ["TMPDIR"] = _temporary }, ["cat", "--follow", .. words]);
        }

        public byte[] Read(int count)
        {
            var bytes = new byte[count];
            var read = _process.StandardOutput.BaseStream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
            Assert.That(read, Is.EqualTo(count), "the end of what it prints came too early");
            return bytes;
        }

        public string Text(int bytes) => Encoding.UTF8.GetString(Read(bytes));

        /// <summary>The next line on stderr.</summary>
        public string? Line() => _process.StandardError.ReadLine();

        public void StopReading() => _process.StandardOutput.Close();

        public (int ExitCode, string Said) End()
        {
            var said = _process.StandardError.ReadToEnd();
            _process.WaitForExit();
            return (_process.ExitCode, said);
        }

        /// <summary>What it still said on stderr.</summary>
        public string EndsAfter(int signal, int exitCode)
        {
            var workers = Proc.ChildrenOf(_process.Id);
            Proc.Send(_process.Id, signal);
            Assert.That(_process.StandardOutput.ReadToEnd(), Is.Empty, "more than was to be printed");
            var (ended, said) = End();
            Assert.That(ended, Is.EqualTo(exitCode), said);
            Assert.That(Directory.GetFileSystemEntries(_temporary), Is.Empty);
            Assert.That(workers.Any(worker => Proc.Lives(worker.Pid)), Is.False);
            return said;
        }

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }
    }
}
