using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

sealed class ConfinementRuleTests
{
    [TestCase("landlock:7 seccomp rlimits")]
    [TestCase("rlimits landlock:1 seccomp")]
    [TestCase("landlock:7 seccomp rlimits; no further word counts")]
    public void A_worker_with_every_part_is_taken(string said) =>
        Assert.That(new ConfinementRule("required").Refusal(Greeting(said)), Is.Null);

    [TestCase("", "landlock and seccomp and rlimits")]
    [TestCase("none: switched off", "landlock and seccomp and rlimits")]
    [TestCase("none: landlock:7 seccomp rlimits", null)]
    [TestCase("seccomp rlimits; no landlock: this kernel does not have it", "landlock")]
    [TestCase("rlimits; landlock:7 seccomp", "landlock and seccomp")]
    [TestCase("landlock: seccomp rlimits", "landlock")]
    [TestCase("landlock:x seccomp rlimits", "landlock")]
    [TestCase("landlock:7 noseccomp rlimits", "seccomp")]
    public void A_worker_with_less_is_refused_where_all_is_required(string said, string? missing)
    {
        var refusal = new ConfinementRule("required").Refusal(Greeting(said));
        Assert.That(refusal, Does.StartWith("is confined by less than the setting requires"));
        if (missing is not null) Assert.That(refusal, Does.Contain($"({missing} is missing)").And.EndWith(said));
    }

    [TestCase("possible")]
    [TestCase("off")]
    public void Otherwise_it_is_taken_and_told_once(string wanted)
    {
        var told = new List<string>();
        var rule = new ConfinementRule(wanted, told.Add);
        Assert.That(rule.Refusal(Greeting("landlock:7 seccomp rlimits")), Is.Null);
        Assert.That(told, Is.Empty);
        Assert.That(rule.Refusal(Greeting("seccomp rlimits; no landlock: gone")), Is.Null);
        Assert.That(rule.Refusal(Greeting("none: switched off")), Is.Null);
        Assert.That(told, Is.EqualTo(
            new[] { "workers are not confined by landlock: seccomp rlimits; no landlock: gone" }));
    }

    [Test]
    public void A_foreign_version_is_left_to_be_refused_for_that() =>
        Assert.That(new ConfinementRule("required").Refusal(new(99, default, "", "", "")), Is.Null);

    [Test]
    public async Task A_worker_that_is_not_confined_as_required_never_greets()
    {
        var program = PoolBench.FakeProgram with { Confinement = new("required") };
        await using var bench = new PoolBench(program);
        var worker = bench.Start();
        var broken = await bench.Next<Event.WorkerBroken>(worker);
        Assert.That(broken.Why, Does.EndWith("none: a fake"));
        Assert.That(bench.SaidBy(worker), Is.Empty);
        Assert.That(bench.Pool.Confinements, Is.EqualTo(new[] { "none: a fake" }));
    }

    [Test]
    public async Task Inputs_that_lie_elsewhere_are_named_in_the_workers_folder()
    {
        var program = PoolBench.FakeProgram with { Inputs = ["/srv/über all/a.xlog", "/b"] };
        await using var bench = new PoolBench(program);
        var worker = bench.Start();
        await bench.Heard<Hello>(worker);
        var list = Path.Combine(bench.WorkFolder, worker.ToString(), "inputs");
        Assert.That(File.ReadAllText(list), Is.EqualTo("/srv/über all/a.xlog\0/b\0"));
    }

    static Hello Greeting(string said) => new(Message.Version, new(1, 1), "", "", said);
}
