using System.Security.Cryptography;
using System.Text;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// A key of the ring. Its name, kind and fingerprint are public; its secret is in no property, no text and no message.
/// </summary>
abstract class RingKey
{
    readonly byte[] _digest;

    private protected RingKey(string kind, string name, ReadOnlySpan<byte> secret)
    {
        (Kind, Name) = (kind, name);
        _digest = SHA256.HashData([.. Encoding.UTF8.GetBytes($"{kind}\n{name}\n"), .. secret]);
    }

    /// <summary>
    /// What it opens: <c>xlog</c>, <c>logan</c>, <c>password</c>, <c>age</c>, <c>pem</c>, <c>openssh</c> or
    /// <c>openpgp</c>.
    /// </summary>
    public string Kind { get; }

    /// <summary>The name of the file it came from; the second of a file has <c>#2</c> behind it.</summary>
    public string Name { get; }

    /// <summary>
    /// Eight digits by which two people can compare a key pair; empty where there is no public key to compare.
    /// </summary>
    public virtual string Fingerprint => "";

    /// <summary>Whether the other is this key, secret and all.</summary>
    public bool SameAs(RingKey other) => CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    /// <summary>The kind and the name.</summary>
    public sealed override string ToString() => $"{Kind} key {Name}";
}
