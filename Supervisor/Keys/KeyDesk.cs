using System.Collections.Concurrent;
using Decryptor.Protocol;
using Answer = Decryptor.Protocol.Keys;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// Answers key questions on a thread of its own, so that key agreement never holds up the event loop. The ring may be
/// exchanged while questions wait; each is answered from the ring of the moment.
/// </summary>
sealed class KeyDesk
{
    readonly BlockingCollection<(KeyRequest Request, Action<Answer> Answer)> _questions = [];
    volatile KeyRing _ring;

    public KeyDesk(KeyRing ring)
    {
        _ring = ring;
        new Thread(Serve) { IsBackground = true, Name = "key desk" }.Start();
    }

    public KeyRing Ring
    {
        get => _ring;
        set => _ring = value;
    }

    /// <summary>
    /// Asks; the answer is given on the desk's own thread. One question for each worker at most waits here.
    /// </summary>
    public void Ask(KeyRequest request, Action<Answer> answer) => _questions.Add((request, answer));

    void Serve()
    {
        foreach (var (request, answer) in _questions.GetConsumingEnumerable()) answer(_ring.Answer(request));
    }
}
