using System.Collections.Concurrent;
using Decryptor.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.FakeWorker;

/// <summary>
/// The life of a worker: greets, takes orders, and does at each station what it was told to do there.
/// </summary>
sealed class Session(Incarnation worker, string folder)
{
    readonly FileStream _stdin = new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, 0);
    readonly FileStream _stdout = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, 0);
    readonly BlockingCollection<Message> _orders = [];

    public Incarnation Worker => worker;

    public Hello Hello { get; set; } = new(Message.Version, worker, "fake", "jit", "none: a fake");

    public volatile bool Stays;

    public volatile bool Reads = true;

    public void Run()
    {
        new Thread(Read) { IsBackground = true }.Start();
        Misbehave("starting");
        Say(Hello);
        Misbehave("idle");
        while (true)
            if (Next() is Assign assign) new Job(this, assign).Do();
    }

    public void Say(Message message) => SayBytes(FrameWriter.Write(message));

    public void SayBytes(ReadOnlySpan<byte> bytes) => _stdout.Write(bytes);

    public Message Next() => _orders.Take();

    void Misbehave(string station)
    {
        string[] places = [Path.Combine(folder, "behaviour"), Path.Combine(folder, "../behaviour")];
        if (places.FirstOrDefault(File.Exists) is not { } place) return;
        if (File.ReadAllText(place).Trim().Split(' ') is [var at, var deed] && at == station) Misdeeds.Do(deed, this);
    }

    // Whatever the rest of the process is doing, it leaves when its supervisor does.
    void Read()
    {
        var parser = FrameParser.OfSupervisor();
        while (Reads && _stdin.Read(parser.Room.Span) is var count and > 0)
        {
            parser.Advance(count);
            while (parser.TryRead(out var message)) _orders.Add(message);
        }

        while (Stays || !Reads) Thread.Sleep(Timeout.Infinite);
        Libc.Exit(0);
    }
}
