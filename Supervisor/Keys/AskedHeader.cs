using System.Security.Cryptography;

namespace Decryptor.Supervisor.Keys;

/// <summary>The header of one question, and what is worked out of it once for all the keys.</summary>
sealed class AskedHeader(ReadOnlyMemory<byte> bytes) : IDisposable
{
    readonly Lazy<ECDiffieHellman?> _point = new(() => XlogKey.Point(bytes.Span));

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The header as a client's public key for xlog; null where it is no point of the curve.</summary>
    public ECDiffieHellman? Point => _point.Value;

    public void Dispose()
    {
        if (_point.IsValueCreated) _point.Value?.Dispose();
    }
}
