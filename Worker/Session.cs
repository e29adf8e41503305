using System.Diagnostics;
using Decryptor.Protocol;

namespace Decryptor.Worker;

/// <summary>
/// One attempt after another, never two. What an upload does wrong becomes its <see cref="Finished"/>; what the
/// supervisor says out of turn is a broken protocol; a mistake of our own is not caught and ends the process.
/// </summary>
sealed class Session(SupervisorLink link, ProgressReporter reporter)
{
    /// <summary>Carries out an order.</summary>
    internal void Serve(Message message)
    {
        if (message is not Assign assign)
        {
            Break($"a {message.GetType().Name} came while no question was open");
            return;
        }

        var attempt = assign.Attempt;
        var unpacker = new Unpacker(
            assign, (question, format, header) => Ask(attempt, question, format, header),
            link.Send);
        reporter.Begin(attempt, unpacker.Budget);
        var finished = unpacker.Run();
        reporter.End();
        link.Send(finished);
    }

    Keys Ask(Attempt attempt, int question, string format, ReadOnlyMemory<byte> header)
    {
        link.Send(new KeyRequest(attempt, question, format, header));
        var answer = link.Receive();
        if (answer is Keys keys && keys.Attempt == attempt && keys.Question == question) return keys;
        Break($"question {question} of {attempt} was answered by a {answer.GetType().Name}");
        throw new UnreachableException();
    }

    static void Break(string what)
    {
        Libc.Complain($"decryptor-worker: the supervisor broke the protocol: {what}");
        Libc.Leave(SupervisorLink.ProtocolBroken);
    }
}
