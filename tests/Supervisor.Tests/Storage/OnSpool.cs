using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>Each test has a spool of its own, in a folder that is gone after it.</summary>
abstract class OnSpool
{
    /// <summary>Where workers hold their inputs, seen from <see cref="Home"/>.</summary>
    protected static readonly string Held = Path.Combine("spool", "work");

    protected Scratch Home { get; private set; }

    protected Spool Spool { get; set; }

    [SetUp]
    public void SetUp()
    {
        Home = new();
        Spool = Home.OpenSpool();
    }

    [TearDown]
    public void TearDown()
    {
        Spool.Dispose();
        Home.Dispose();
    }
}
