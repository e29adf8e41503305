using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Intake;

/// <summary>Who is at the other end of a Unix socket, by the kernel's word.</summary>
readonly partial record struct ControlPeer(int Pid, uint User)
{
    const int SocketLevel = 1, PeerCredentials = 17, CredentialsLength = 12;

    /// <summary>Whether it may act on the service: root may, and the service's own user.</summary>
    public bool MayAct => User == 0 || User == EffectiveUser();

    /// <summary>Who has connected.</summary>
    /// <exception cref="SocketException">The kernel does not say.</exception>
    public static ControlPeer Of(Socket connection)
    {
        Span<byte> credentials = stackalloc byte[CredentialsLength];
        connection.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return new(MemoryMarshal.Read<int>(credentials), MemoryMarshal.Read<uint>(credentials[4..]));
    }

    /// <summary><c>alice (uid 1000, pid 4711)</c></summary>
    public override string ToString() => $"{NameOf(User) ?? "?"} (uid {User}, pid {Pid})";

    static unsafe string? NameOf(uint user)
    {
        const int recordLength = 48;
        var record = stackalloc byte[recordLength];
        var room = stackalloc byte[4096];
        nint found;
        if (FindUser(user, record, room, 4096, &found) != 0 || found == 0) return null;
        return Marshal.PtrToStringUTF8(*(nint*)record);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int FindUser(uint user, byte* record, byte* room, nint length, nint* found);
}
