using System.Globalization;
using System.Net.Sockets;
using Decryptor.Supervisor.Storage;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// The folder that the control socket is in, held open: a socket's address has 107 bytes at most, and the path of a
/// spool may be longer, but that of an open folder never is.
/// </summary>
sealed class ControlPlace : IDisposable
{
    /// <summary>The socket's name in <c>run/</c>.</summary>
    public const string Name = "control.sock";

    readonly SafeFileHandle _folder;

    /// <summary>Opens the folder.</summary>
    /// <exception cref="IOException">It is not there, or may not be opened.</exception>
    public ControlPlace(string folder)
    {
        var opened = Posix.Open(NameText.ToPath(folder), Posix.OnlyFolder | Posix.PathOnly | Posix.CloseOnExec, 0);
        if (opened < 0) throw Posix.Failure($"opening {folder}");
        _folder = new(opened, ownsHandle: true);
    }

    /// <summary>A path to something in the folder, short whatever the folder's own is.</summary>
    public string PathOf(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_folder.DangerousGetHandle()}/{name}");

    /// <summary>Connects to the socket of a service that runs.</summary>
    /// <exception cref="SocketException">None does, or it may not be reached.</exception>
    public Socket Connect()
    {
        var socket = NewSocket();
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(PathOf(Name)));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public void Dispose() => _folder.Dispose();
}
