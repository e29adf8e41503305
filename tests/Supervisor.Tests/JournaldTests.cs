using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Observability.Journald;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Tests.Storage;
using Serilog;

namespace Decryptor.Supervisor.Tests;

/// <summary>What the journal is sent, read by a socket of its kind.</summary>
sealed class JournaldTests
{
    sealed class Journal : IDisposable
    {
        readonly Scratch _scratch = new();
        readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

        public Journal() => _socket.Bind(new UnixDomainSocketEndPoint(Place));

        public string Place => Path.Combine(_scratch.Path, "socket");

        public bool IsEmpty => _socket.Available == 0;

        public Dictionary<string, string> Next()
        {
            var bytes = new byte[256 * 1024];
            return Fields(bytes.AsSpan(0, _socket.Receive(bytes)));
        }

        public void Dispose()
        {
            _socket.Dispose();
            _scratch.Dispose();
        }

        static Dictionary<string, string> Fields(ReadOnlySpan<byte> entry)
        {
            var fields = new Dictionary<string, string>();
            while (entry.Length > 0)
            {
                var end = entry.IndexOf((byte)'\n');
                var equals = entry[..end].IndexOf((byte)'=');
                if (equals >= 0)
                {
                    fields[Encoding.ASCII.GetString(entry[..equals])] =
                        Encoding.UTF8.GetString(entry[(equals + 1)..end]);
                    entry = entry[(end + 1)..];
                    continue;
                }

                var name = Encoding.ASCII.GetString(entry[..end]);
                var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(entry[(end + 1)..]);
                fields[name] = Encoding.UTF8.GetString(entry.Slice(end + 9, length));
                Assert.That(entry[end + 9 + length], Is.EqualTo((byte)'\n'));
                entry = entry[(end + 10 + length)..];
            }

            return fields;
        }
    }

    [Test]
    public void A_jobs_end_is_an_entry_with_its_fields()
    {
        using var journal = new Journal();
        using var socket = new JournalSocket(journal.Place);
        using var log = new LoggerConfiguration().WriteTo.Sink(new JournalSink(socket)).CreateLogger();
        var job = new Job { Id = 17, Source = "boot.xlog", State = JobState.Failed, Code = "DAMAGED", Attempts = 2 };
        new EventJournal(log).Watch(new() { Rows = [new Row.JobIs(job with { Worker = new(1, 4) }, "no end")] });
        var entry = journal.Next();
        Assert.That(entry["MESSAGE"], Does.Contain("job 17 attempt 2").And.EndsWith("no end"));
        Assert.That(
            (entry["JOB"], entry["ATTEMPT"], entry["WORKER"], entry["CODE"], entry["PRIORITY"]),
            Is.EqualTo(("17", "2", "w1.4", "DAMAGED", "4")));
        Assert.That(entry["SYSLOG_IDENTIFIER"], Is.EqualTo("decryptor"));
        Assert.That(entry["MESSAGE_ID"], Is.EqualTo(MessageId.JobFailed));
        Assert.That(entry, Does.Not.ContainKey("OUTCOME"), "a dash stands for nothing");
    }

    [Test]
    public void A_text_of_many_lines_is_one_entry()
    {
        using var journal = new Journal();
        using var socket = new JournalSocket(journal.Place);
        socket.Send([("MESSAGE", "one\ntwo=2\n"), ("PRIORITY", "5")]);
        var entry = journal.Next();
        Assert.That((entry["MESSAGE"], entry["PRIORITY"]), Is.EqualTo(("one\ntwo=2\n", "5")));
    }

    [TestCase(JournalSocket.ValueMax, JournalSocket.ValueMax)]
    [TestCase(JournalSocket.ValueMax + 2, JournalSocket.ValueMax)]
    public void A_long_text_is_cut_between_letters(int bytes, int kept)
    {
        using var journal = new Journal();
        using var socket = new JournalSocket(journal.Place);
        socket.Send([("MESSAGE", new string('é', bytes / 2))]);
        Assert.That(journal.Next()["MESSAGE"], Is.EqualTo(new string('é', kept / 2)));
    }

    [Test]
    public void A_journal_that_is_not_there_holds_nobody_up_and_the_next_entry_counts_what_is_lost()
    {
        string place;
        using (var gone = new Journal()) place = gone.Place;
        using var socket = new JournalSocket(place);
        socket.Send([("MESSAGE", "one")]);
        socket.Send([("MESSAGE", "two")]);
        Assert.That(socket.Lost, Is.EqualTo(2));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        using var back = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        back.Bind(new UnixDomainSocketEndPoint(place));
        socket.Send([("MESSAGE", "three")]);
        var bytes = new byte[1024];
        Assert.That(
            Encoding.UTF8.GetString(bytes.AsSpan(0, back.Receive(bytes))),
            Is.EqualTo("SYSLOG_IDENTIFIER=decryptor\nMESSAGE=three\nENTRIES_LOST_BEFORE=2\n"));
        Assert.That(socket.Lost, Is.Zero);
        back.Close();
        Directory.Delete(Path.GetDirectoryName(place)!, recursive: true);
    }

    [Test]
    public void The_catalogue_says_what_each_kind_of_entry_means()
    {
        var catalogue = File.ReadAllText(Path.Combine(Repository.Root, "scripts/package/decryptor.catalog"));
        var ids = typeof(MessageId).GetFields().Where(field => field.Name != nameof(MessageId.Property))
            .Select(field => $"-- {field.GetRawConstantValue()}");
        Assert.That(catalogue.Split('\n').Where(line => line.StartsWith("-- ", StringComparison.Ordinal)),
            Is.EquivalentTo(ids));
    }
}
