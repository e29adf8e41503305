using System.Net.Sockets;
using System.Text.Json;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// <c>run/control.sock</c>, by which operators act on jobs: a connection, a <see cref="ControlRequest"/> as one line,
/// a <see cref="ControlReply"/> as one line, and the end. Root and the service's own user may act, whatever the
/// permissions of the file. Each connection has a thread and little time, and there are few; the event loop never waits
/// for one.
/// </summary>
/// <param name="folder">The spool's <c>run/</c>.</param>
/// <param name="desk">Brings what is asked before the scheduler.</param>
/// <param name="find">A job as the ledger has it, and whether its input is kept; null for none.</param>
/// <param name="patience">How long an answer may take; a line must come in half of that.</param>
sealed class ControlSocket(
    string folder, ControlDesk desk, Func<long, (Job Job, bool HasInput)?> find, TimeSpan? patience = null)
    : IDisposable
{
    const int ConnectionsMax = 32;
    const string FreshName = ".control.new";
    const string Form = "one line of JSON: {\"act\":\"retry|cancel|release\",\"job\":17}, or "
        + "{\"act\":\"submit\",\"file\":\".submitted-1\",\"source\":\"boot.xlog\"}";

    static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(10);
    readonly ControlPlace _place = new(folder);
    readonly Socket _listener = ControlPlace.NewSocket();
    Thread? _thread;
    int _connections;
    long _unheard;
    volatile bool _stopping;

    /// <summary>Takes in files; null where none are taken in this way.</summary>
    public SubmitDesk? Submit { get; init; }

    /// <summary>Replies that nobody was there to take.</summary>
    public long Unheard => Interlocked.Read(ref _unheard);

    /// <summary>Begins to listen, in the place of a dead supervisor's socket.</summary>
    /// <exception cref="IOException">
    /// Somebody listens there already, or the socket cannot be made. The service can do without.
    /// </exception>
    public void Start()
    {
        if (IsServed()) throw new IOException($"another process listens on {folder}/{ControlPlace.Name}");
        try
        {
            // Made under another name, so that nobody connects before all is as it should be.
            File.Delete(_place.PathOf(FreshName));
            _listener.Bind(new UnixDomainSocketEndPoint(_place.PathOf(FreshName)));
            File.SetUnixFileMode(_place.PathOf(FreshName), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _listener.Listen(ConnectionsMax);
            File.Move(_place.PathOf(FreshName), _place.PathOf(ControlPlace.Name), overwrite: true);
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException)
        {
            throw new IOException($"{folder}/{ControlPlace.Name} cannot be made: {e.Message}", e);
        }

        _thread = new(Listen) { IsBackground = true, Name = "control socket" };
        _thread.Start();
    }

    /// <summary>Ends listening, and removes the socket.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _thread?.Join();
        if (_thread is not null) File.Delete(_place.PathOf(ControlPlace.Name));
        _listener.Dispose();
        _place.Dispose();
    }

    bool IsServed()
    {
        try
        {
            _place.Connect().Dispose();
            return true;
        }
        catch (SocketException)
        {
            // There is none, or nobody is behind it.
            return false;
        }
    }

    void Listen()
    {
        while (!_stopping)
        {
            try
            {
                if (_listener.Poll(Beat, SelectMode.SelectRead)) Receive(_listener.Accept());
            }
            catch (Exception e) when (e is SocketException or OutOfMemoryException)
            {
                // No descriptor or no thread to spare: whoever asks waits a little.
                Thread.Sleep(Beat);
            }
        }
    }

    void Receive(Socket connection)
    {
        if (Interlocked.Increment(ref _connections) <= ConnectionsMax)
        {
            new Thread(() => Serve(connection)) { IsBackground = true, Name = "control" }.Start();
            return;
        }

        End(connection, ControlReply.No("busy", $"more than {ConnectionsMax} ask at a time", "try again"));
    }

    void Serve(Socket connection)
    {
        ControlReply reply;
        try
        {
            reply = Answer(connection, ControlPeer.Of(connection));
        }
        catch (Exception e) when (e is SocketException or LedgerException or IOException)
        {
            reply = ControlReply.No("trouble", e.Message, (e as LedgerException)?.Hint);
        }

        End(connection, reply);
    }

    void End(Socket connection, ControlReply reply)
    {
        using (connection)
        {
            try
            {
                // It fits the kernel's buffer: nobody can hold us up by not reading it.
                connection.Blocking = false;
                connection.Send(reply.ToJson());
                connection.Shutdown(SocketShutdown.Send);
                // What stays unread would end the line with an error, before the reply is read.
                var rest = new byte[ControlRequest.BytesMax];
                if (connection.Available > 0) connection.Receive(rest);
            }
            catch (SocketException)
            {
                // Whoever asked has gone.
                Interlocked.Increment(ref _unheard);
            }
        }

        Interlocked.Decrement(ref _connections);
    }

    ControlReply Answer(Socket connection, ControlPeer peer)
    {
        if (!peer.MayAct)
            return ControlReply.No("forbidden", $"{peer} may not act on this service",
                "ask as root, or as the user that the service runs as");
        if (ReadLine(connection) is not { } line)
            return ControlReply.No("usage", "no line came in time, or one that is too long", Form);
        if (Parse(line, out var wrong) is not { } request) return wrong!;
        if (request.Act != ControlRequest.Submit) return Ask(request, peer);
        return Submit is null ? ControlReply.No("refused", "nothing can be submitted here")
            : Submit.Take(request, _patience) ?? Worded(null);
    }

    // The ledger may lag behind the scheduler by the turn that is carried out just now: then it is read again.
    ControlReply Ask(ControlRequest request, ControlPeer peer)
    {
        var until = DateTime.UtcNow + _patience;
        while (true)
        {
            if (find(request.Job!.Value) is not { } job)
                return ControlReply.No("unknown", $"there is no job {request.Job}", "decryptor jobs lists them");
            var reply = desk.Ask(ControlRequest.Acts[request.Act], job, peer.ToString(), _patience);
            if (reply?.Result != ActResult.Stale || DateTime.UtcNow >= until) return Worded(reply);
            Thread.Sleep(Moment);
        }
    }

    ControlReply Worded(Order.Reply? reply) => reply switch
    {
        { Result: ActResult.Done, Text: var text } => new() { Done = true, Text = text },
        { Text: var text } => ControlReply.No("refused", text),
        null => ControlReply.No("silent", $"the service gave no answer in {_patience.TotalSeconds:0.#} s",
            "decryptor status shows what it does; what was asked may still be done"),
    };

    // A line, or what came before the other side ended; null where neither comes in time, or it is too long.
    byte[]? ReadLine(Socket connection)
    {
        var until = DateTime.UtcNow + _patience / 2;
        var line = new byte[ControlRequest.BytesMax];
        var length = 0;
        while (length < line.Length)
        {
            var left = until - DateTime.UtcNow;
            if (left <= TimeSpan.Zero || !connection.Poll(left, SelectMode.SelectRead)) return null;
            var count = connection.Receive(line.AsSpan(length), SocketFlags.None);
            var end = line.AsSpan(length, count).IndexOf((byte)'\n');
            if (end >= 0) return line[..(length + end)];
            if (count == 0) return line[..length];
            length += count;
        }

        return null;
    }

    static ControlRequest? Parse(byte[] line, out ControlReply? wrong)
    {
        wrong = null;
        try
        {
            var request = ControlRequest.FromJson(line);
            if (request.Act == ControlRequest.Submit || ControlRequest.Acts.ContainsKey(request.Act)) return request;
            wrong = ControlReply.No("usage", "there is no such act", Form);
        }
        catch (JsonException)
        {
            wrong = ControlReply.No("usage", "the line is no request", Form);
        }

        return null;
    }
}
