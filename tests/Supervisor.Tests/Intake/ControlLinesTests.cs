using System.Net.Sockets;
using System.Text;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Decryptor.Supervisor.Tests.Scheduling;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests.Intake;

/// <summary>
/// The lines of the room's README, asked of a real socket with a real scheduler behind it: what others have built on
/// them goes on as it is.
/// </summary>
[CancelAfter(60_000)]
sealed class ControlLinesTests
{
    const int Failed = 17;

    readonly Dictionary<long, Job> _ledger = [];
    House _house;
    ControlDesk _desk;

    [SetUp]
    public void SetUp()
    {
        _house = new(new Policy { Workers = 1 });
        _desk = new(Decide);
        Note(_house.Arrive(Failed + 1));
        Note(_house.Greet());
        for (var job = 1; job < Failed; job++) Note(_house.Finish(slot: 1));
        Note(_house.Finish(slot: 1, Protocol.Outcome.Failed));
    }

    [Test]
    public void What_the_README_says_is_answered_is_answered_byte_by_byte()
    {
        using var scratch = new Scratch();
        var incoming = Directory.CreateDirectory(Path.Combine(scratch.Path, "incoming")).FullName;
        File.WriteAllText(Path.Combine(incoming, ".submitted-5f3a~boot.xlog"), "text");
        using var folder = Folder.Open(incoming);
        using var socket = new ControlSocket(scratch.Path, _desk, Find)
        {
            Submit = new(folder, _desk, new(() => _house.Snapshot, waitingMax: 10)),
        };
        socket.Start();
        var talk = Talk().ToList();
        Assert.That(talk, Has.Count.GreaterThan(5));
        foreach (var (asked, answered) in talk)
            Assert.That(Ask(scratch.Path, asked), Is.EqualTo(answered + "\n"), asked);
    }

    [Test]
    public void Every_act_and_both_kinds_of_answers_are_in_it()
    {
        var talk = Talk().ToList();
        foreach (var act in ControlRequest.Acts.Keys)
            Assert.That(talk.Any(pair => pair.Asked.Contains($"\"{act}\"", StringComparison.Ordinal)), act);
        foreach (var reply in talk.Select(pair => ControlReply.FromJson(Encoding.UTF8.GetBytes(pair.Answered))))
            Assert.That(reply.Done, Is.EqualTo(reply.Code is null), reply.Text);
    }

    static IEnumerable<(string Asked, string Answered)> Talk()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "Supervisor", "Intake", "README.md"));
        var lines = readme.Split("```control\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var pair in lines.Chunk(2))
        {
            Assert.That(pair[0], Does.StartWith("> "));
            Assert.That(pair[1], Does.StartWith("< "));
            yield return (pair[0][2..], pair[1][2..]);
        }
    }

    static string Ask(string folder, string line)
    {
        using var place = new ControlPlace(folder);
        using var socket = place.Connect();
        socket.Send(Encoding.UTF8.GetBytes(line + "\n"));
        using var answer = new StreamReader(new NetworkStream(socket), new UTF8Encoding(false));
        return answer.ReadToEnd();
    }

    (Job, bool)? Find(long id) => _ledger.TryGetValue(id, out var job) ? (job, true) : null;

    bool Decide(Event happened, TimeSpan patience)
    {
        var turn = _house.Step(happened);
        Note(turn);
        foreach (var reply in turn.Orders.OfType<Order.Reply>()) _desk.Answer(reply);
        return true;
    }

    void Note(Turn turn)
    {
        foreach (var row in turn.Rows.OfType<Row.JobIs>()) _ledger[row.Job.Id] = row.Job;
    }
}
