using System.Net.Sockets;
using System.Text;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests.Intake;

[CancelAfter(60_000)]
sealed class ControlSocketTests
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    readonly List<Event.OperatorAsked> _asked = [];
    Scratch _scratch;
    ControlDesk _desk;
    ControlSocket? _socket;
    bool _answers;
    int _staleReplies;

    [SetUp]
    public void SetUp()
    {
        _scratch = new();
        _answers = true;
        _staleReplies = 0;
        _asked.Clear();
        _desk = new((happened, _) => Decide((Event.OperatorAsked)happened));
    }

    [TearDown]
    public void TearDown()
    {
        _socket?.Dispose();
        _scratch.Dispose();
    }

    [TestCase("retry", OperatorAct.Retry)]
    [TestCase("cancel", OperatorAct.Cancel)]
    [TestCase("release", OperatorAct.Release)]
    public void What_is_asked_comes_before_the_scheduler_and_its_reply_comes_back(string act, OperatorAct expected)
    {
        Listen();
        var reply = Ask($"{{\"act\":\"{act}\",\"job\":17}}\n");
        Assert.That((reply.Done, reply.Text), Is.EqualTo((true, $"{expected} 17")));
        var (asked, pid) = (_asked.Single(), Environment.ProcessId);
        Assert.That((asked.Act, asked.Job.Id, asked.HasInput), Is.EqualTo((expected, 17, true)));
        Assert.That(asked.Who, Does.Match($@"^\S+ \(uid \d+, pid {pid}\)$"));
    }

    [Test]
    public void What_is_refused_says_so()
    {
        Listen();
        var reply = Ask("{\"act\":\"cancel\",\"job\":18}\n");
        Assert.That((reply.Done, reply.Code, reply.Text), Is.EqualTo((false, "refused", "Cancel 18")));
    }

    [Test]
    public void What_was_asked_with_old_news_is_asked_again_with_new_ones()
    {
        Listen();
        _staleReplies = 3;
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}\n").Done, Is.True);
        Assert.That(_asked, Has.Count.EqualTo(4));
    }

    [Test]
    public void A_job_that_never_comes_to_rest_is_told_as_refused()
    {
        Listen();
        _staleReplies = int.MaxValue;
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}\n").Code, Is.EqualTo("refused"));
    }

    [TestCase("{\"act\":\"retry\",\"job\":17", "usage")]
    [TestCase("", "usage")]
    [TestCase("null", "usage")]
    [TestCase("[]", "usage")]
    [TestCase("{\"act\":\"retry\"}", "usage")]
    [TestCase("{\"act\":\"retry\",\"job\":\"17\"}", "usage")]
    [TestCase("{\"act\":\"retry\",\"job\":1e99}", "usage")]
    [TestCase("{\"act\":\"Retry\",\"job\":17}", "usage")]
    [TestCase("{\"act\":null,\"job\":17}", "usage")]
    [TestCase("{\"act\":\"\\ud800\",\"job\":17}", "usage")]
    [TestCase("{\"act\":\"delete\",\"job\":17}", "usage")]
    [TestCase("{\"act\":\"retry\",\"job\":17,\"force\":true}", "usage")]
    [TestCase("{\"act\":\"retry\",\"job\":99}", "unknown")]
    [TestCase("{\"act\":\"retry\",\"job\":-1}", "unknown")]
    public void What_is_no_question_is_answered_with_a_word(string line, string code)
    {
        Listen();
        Assert.That(Ask(line + "\n").Code, Is.EqualTo(code));
        Assert.That(_asked, Is.Empty);
    }

    [Test]
    public void A_line_without_its_end_counts_once_the_asker_has_ended()
    {
        Listen();
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}").Done, Is.True);
    }

    [Test]
    public void A_line_that_is_too_long_is_refused_without_waiting_for_its_end()
    {
        Listen();
        Assert.That(Ask(new string(' ', ControlRequest.BytesMax), ends: false).Code, Is.EqualTo("usage"));
    }

    [Test]
    public void Who_says_nothing_is_not_waited_for()
    {
        Listen();
        Assert.That(Ask("{\"act\":", ends: false).Code, Is.EqualTo("usage"));
    }

    [Test]
    public void A_scheduler_that_does_not_answer_is_told_as_silent()
    {
        Listen();
        _answers = false;
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}\n").Code, Is.EqualTo("silent"));
        Assert.That(() => _desk.Answer(new Order.Reply(_asked[0].Ticket, ActResult.Done, "late")), Throws.Nothing);
    }

    [Test]
    public void Where_the_inbox_stays_full_that_is_told_as_silent()
    {
        _desk = new((_, _) => false);
        Listen();
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}\n").Code, Is.EqualTo("silent"));
    }

    [Test]
    public void The_socket_is_its_owner_s_alone_and_gone_at_the_end()
    {
        Listen();
        Assert.That(Scratch.ModeOf(Path.Combine(_scratch.Path, "control.sock")), Is.EqualTo("600"));
        _socket!.Dispose();
        Assert.That(Directory.GetFileSystemEntries(_scratch.Path), Is.Empty);
    }

    [Test]
    public void Root_and_the_service_s_own_user_may_act_and_nobody_else()
    {
        Assert.That(new ControlPeer(1, 0).MayAct, Is.True);
        Assert.That(new ControlPeer(1, 4242).MayAct, Is.False);
    }

    [Test]
    public void The_socket_of_a_dead_supervisor_is_replaced()
    {
        using (var place = new ControlPlace(_scratch.Path))
        using (var dead = ControlPlace.NewSocket())
        {
            dead.Bind(new UnixDomainSocketEndPoint(place.PathOf("elsewhere")));
            File.Move(place.PathOf("elsewhere"), place.PathOf(ControlPlace.Name));
        }

        Assert.That(File.Exists(Path.Combine(_scratch.Path, "control.sock")), Is.True);
        Listen();
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}\n").Done, Is.True);
    }

    [Test]
    public void A_socket_that_somebody_listens_on_is_never_replaced()
    {
        Listen();
        using (var second = new ControlSocket(_scratch.Path, _desk, Find, Patience))
            Assert.That(second.Start, Throws.InstanceOf<IOException>().With.Message.Contains("listens"));
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}\n").Done, Is.True);
    }

    [Test]
    public void The_path_of_the_spool_may_be_longer_than_an_address()
    {
        var folder = Path.Combine(_scratch.Path, new string('d', 100), new string('e', 100));
        Directory.CreateDirectory(folder);
        Listen(folder);
        Assert.That(Ask("{\"act\":\"retry\",\"job\":17}\n", folder: folder).Done, Is.True);
    }

    [Test]
    public void Many_who_only_hold_the_line_keep_nobody_out_for_long()
    {
        Listen();
        using var place = new ControlPlace(_scratch.Path);
        var idle = Enumerable.Range(0, 40).Select(_ => place.Connect()).ToList();
        Assert.That(idle.Count(socket => Read(socket)?.Code == "busy"), Is.EqualTo(8));
        Assert.That(() => Ask("{\"act\":\"retry\",\"job\":17}\n").Done,
            Is.True.After(10).Seconds.PollEvery(20).MilliSeconds);
        foreach (var socket in idle) socket.Dispose();
    }

    [Test]
    public void Nothing_that_is_sent_does_any_harm()
    {
        Listen();
        var random = new Random(4);
        using var place = new ControlPlace(_scratch.Path);
        for (var round = 0; round < 2000; round++)
        {
            using var socket = place.Connect();
            Send(socket, Nonsense(random));
            if (random.Next(4) == 0) continue;
            socket.Shutdown(SocketShutdown.Send);
            if (random.Next(2) == 0) Read(socket);
        }

        Assert.That(() => Ask("{\"act\":\"retry\",\"job\":17}\n").Done,
            Is.True.After(10).Seconds.PollEvery(20).MilliSeconds);
        Assert.That(_asked.Select(asked => asked.Job.Id).Distinct(), Is.SubsetOf(new[] { 17L, 18L }));
    }

    static byte[] Nonsense(Random random)
    {
        var line = Encoding.UTF8.GetBytes("{\"act\":\"retry\",\"job\":17}\n");
        switch (random.Next(4))
        {
            case 0:
                line = new byte[random.Next(6000)];
                random.NextBytes(line);
                return line;
            case 1: return line[..random.Next(line.Length)];
            case 2: return [.. line, .. line, .. line];
            default:
                for (var i = random.Next(1, 5); i > 0; i--) line[random.Next(line.Length)] = (byte)random.Next(256);
                return line;
        }
    }

    void Listen(string? folder = null)
    {
        _socket = new(folder ?? _scratch.Path, _desk, Find, Patience);
        _socket.Start();
    }

    static (Job, bool)? Find(long id) => id is 17 or 18 ? (Scratch.NewJob(id), true) : null;

    bool Decide(Event.OperatorAsked asked)
    {
        lock (_asked) _asked.Add(asked);
        if (_answers) _desk.Answer(new(asked.Ticket, ResultOf(asked.Job), $"{asked.Act} {asked.Job.Id}"));
        return true;
    }

    ActResult ResultOf(Job job)
    {
        if (_staleReplies-- > 0) return ActResult.Stale;
        return job.Id == 17 ? ActResult.Done : ActResult.Refused;
    }

    ControlReply Ask(string line, bool ends = true, string? folder = null)
    {
        using var place = new ControlPlace(folder ?? _scratch.Path);
        using var socket = place.Connect();
        Send(socket, Encoding.UTF8.GetBytes(line));
        if (ends) socket.Shutdown(SocketShutdown.Send);
        return Read(socket)!;
    }

    // Who is refused before the end of a long line finds the line closed.
    static void Send(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset)
        {
            Assert.That(bytes, Is.Not.Null);
        }
    }

    // What was answered; null where the other side hung up first.
    static ControlReply? Read(Socket socket)
    {
        try
        {
            using var line = new MemoryStream();
            var buffer = new byte[ControlRequest.BytesMax];
            while (socket.Receive(buffer) is > 0 and var count) line.Write(buffer, 0, count);
            return line.Length == 0 ? null : ControlReply.FromJson(line.ToArray());
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
