using System.Net.Sockets;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// Asks a running service over its control socket, one question at a time. What keeps it from answering is an answer
/// too, so that several questions can be asked in a row; only where no service runs is that told at once.
/// </summary>
static class ControlLine
{
    // The service itself says that it is silent after ten seconds.
    const int PatienceMilliseconds = 15_000;
    const int Denied = 13;

    /// <summary>Asks.</summary>
    /// <exception cref="UsageException">No service runs, or we may not reach it.</exception>
    public static ControlReply Ask(string spool, string act, long job) =>
        Ask(spool, new ControlRequest { Act = act, Job = job });

    /// <summary>Asks.</summary>
    /// <exception cref="UsageException">No service runs, or we may not reach it.</exception>
    public static ControlReply Ask(string spool, ControlRequest request)
    {
        try
        {
            using var place = new ControlPlace(Path.Combine(spool, "run"));
            using var socket = place.Connect();
            return Ask(socket, request);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw Forbidden(spool);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            if (Directory.Exists(spool) && !Directory.Exists(Path.Combine(spool, "run"))) throw NotRunning(spool);
            throw (e.HResult & 0xffff) == Denied ? Forbidden(spool) : NotRunning(spool);
        }
    }

    static ControlReply Ask(Socket socket, ControlRequest request)
    {
        (socket.SendTimeout, socket.ReceiveTimeout) = (PatienceMilliseconds, PatienceMilliseconds);
        try
        {
            // Who may not ask, or asks a service that is too busy, is answered before the question is read.
            var sent = TrySend(socket, request.ToJson());
            return Read(socket) ?? ControlReply.No(sent ? "silent" : "busy", "the service has hung up", "try again");
        }
        catch (Exception e) when (e is SocketException or JsonException)
        {
            return ControlReply.No("silent", $"the service gave no answer: {e.Message}",
                "decryptor status shows what it does; what was asked may still be done");
        }
    }

    static bool TrySend(Socket socket, byte[] line)
    {
        try
        {
            return socket.Send(line) == line.Length;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset)
        {
            return false;
        }
    }

    // Null where the other side ends without a word.
    static ControlReply? Read(Socket socket)
    {
        using var line = new MemoryStream();
        var buffer = new byte[ControlRequest.BytesMax];
        while (socket.Receive(buffer) is > 0 and var count)
        {
            line.Write(buffer, 0, count);
            if (buffer[count - 1] == '\n') return ControlReply.FromJson(line.ToArray());
        }

        return null;
    }

    static UsageException NotRunning(string spool) => new(
        $"no service runs on {spool}", "decryptor serve --spool DIR starts one")
    {
        ExitCode = FailureCode.NotRunning.ExitCode,
    };

    static UsageException Forbidden(string spool) => new(
        $"the service on {spool} may not be asked by this user", "ask as root, or as the user that it runs as")
    {
        ExitCode = FailureCode.KeyMissing.ExitCode,
    };
}
