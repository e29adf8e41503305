using System.Security.Cryptography;
using System.Text;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// A key of the ring. Its name, kind and fingerprint are public; its secret is in no property, no text and no message.
/// </summary>
abstract class RingKey
{
    readonly byte[] _digest;
    readonly byte[] _secretDigest;

    private protected RingKey(string kind, string name, ReadOnlySpan<byte> secret)
    {
        (Kind, Name) = (kind, name);
        _digest = SHA256.HashData([.. Encoding.UTF8.GetBytes($"{kind}\n{name}\n"), .. secret]);
        _secretDigest = SHA256.HashData([.. Encoding.UTF8.GetBytes($"{kind}\n"), .. secret]);
    }

    /// <summary>
    /// What it is: <c>xlog</c>, <c>logan</c>, <c>password</c>, <c>age</c>, <c>age-pq</c>, <c>ssh-ed25519</c>,
    /// <c>ssh-rsa</c> or <c>openpgp</c>.
    /// </summary>
    public string Kind { get; }

    /// <summary>The name of the file it came from; the second of a file has <c>#2</c> behind it.</summary>
    public string Name { get; }

    /// <summary>
    /// A few characters by which two people can compare a key pair; empty where there is no public key to compare.
    /// </summary>
    public virtual string Fingerprint => "";

    /// <summary>
    /// The public key in the form in which it is handed on: of xlog the 128 hexadecimal digits that an app is built
    /// with, of age the recipient. Null where there is none, or where OpenSSH has a word for it.
    /// </summary>
    public virtual string? PublicPart => null;

    /// <summary>Whether its makers publish it as a sample: what is sealed for it, anyone can read.</summary>
    public virtual bool IsPublished => false;

    /// <summary>The format of the questions that it answers; null for a key that is only held.</summary>
    public virtual string? Question => null;

    /// <summary>How many key agreements an answer to a header of that length takes.</summary>
    public virtual int Agreements(int headerLength) => 1;

    /// <summary>
    /// What it gives away for a question: the key of the file at hand for each record of the header that it opens,
    /// nothing for a header that it does not understand, and its own secret only where that is all there is.
    /// </summary>
    public virtual IEnumerable<byte[]> Answer(AskedHeader header) => [];

    /// <summary>Whether the other is this key, secret and all.</summary>
    public bool SameAs(RingKey other) => CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    /// <summary>Whether the other holds the same secret, under whatever name.</summary>
    public bool HasSecretOf(RingKey other) =>
        CryptographicOperations.FixedTimeEquals(_secretDigest, other._secretDigest);

    /// <summary>The kind and the name.</summary>
    public sealed override string ToString() => $"{Kind} key {Name}";
}
