using System.Text;

namespace Decryptor.Worker.Formats.Age;

/// <summary>The file key, sealed for one recipient.</summary>
/// <param name="Type">The first argument: what sealed it.</param>
/// <param name="Arguments">What follows the type.</param>
/// <param name="Body">The sealed file key, as a rule.</param>
/// <param name="At">Where it begins in the file.</param>
sealed record Stanza(string Type, IReadOnlyList<string> Arguments, byte[] Body, long At)
{
    /// <summary>An argument as bytes; null where it is not canonical base 64.</summary>
    internal byte[]? Bytes(int argument) => RawBase64.Decode(Encoding.ASCII.GetBytes(Arguments[argument]));

    internal Refusal Wrong(string why) => AgeFaults.Header($"the {Type} stanza {why}", At);
}

/// <summary>
/// A kind of stanza that the key ring can open, and how it is asked: the arguments' bytes and the body, one behind the
/// other, are a record of fixed size.
/// </summary>
/// <param name="Name">The stanza's first argument.</param>
/// <param name="Question">The format of the question.</param>
/// <param name="Arguments">How many bytes each argument has.</param>
/// <param name="BodyMin">The shortest body; 32 where the file key is sealed with ChaCha20-Poly1305.</param>
/// <param name="BodyMax">The longest; where it is another, a question is one record.</param>
sealed record StanzaKind(string Name, string Question, int[] Arguments, int BodyMin, int BodyMax)
{
    const int Sealed = 32;

    internal static readonly StanzaKind[] All =
    [
        new("X25519", "age-x25519", [32], Sealed, Sealed),
        new("mlkem768x25519", "age-mlkem768x25519", [1120], Sealed, Sealed),
        new("ssh-ed25519", "age-ssh-ed25519", [4, 32], Sealed, Sealed),
        new("ssh-rsa", "age-ssh-rsa", [4], 128, 2048),
    ];

    /// <summary>Kinds that only hardware opens; the ring holds no such keys.</summary>
    internal static readonly string[] OfHardware = ["p256tag", "mlkem768p256tag", "piv-p256"];

    internal int RecordBytes => Arguments.Sum() + BodyMax;

    internal bool IsAskedOneByOne => BodyMin != BodyMax;

    /// <exception cref="Refusal">It is not what a stanza of this kind must be.</exception>
    internal byte[] Record(Stanza stanza)
    {
        if (stanza.Arguments.Count != Arguments.Length)
            throw stanza.Wrong($"has {stanza.Arguments.Count} arguments instead of {Arguments.Length}");
        var record = new List<byte>(RecordBytes);
        for (var i = 0; i < Arguments.Length; i++)
            record.AddRange(Argument(stanza, i));
        if (stanza.Body.Length < BodyMin || stanza.Body.Length > BodyMax)
            throw stanza.Wrong($"has a body of {stanza.Body.Length} bytes, which cannot be a sealed file key");
        return [.. record, .. stanza.Body];
    }

    byte[] Argument(Stanza stanza, int index)
    {
        if (stanza.Bytes(index) is not { } bytes || bytes.Length != Arguments[index])
            throw stanza.Wrong($"has an argument that is not {Arguments[index]} bytes in canonical base64");
        var isShare = bytes.Length == LowOrder.PointBytes;
        if (isShare && LowOrder.Contains(bytes))
            throw stanza.Wrong("has a share of low order, which would make every key the same");
        return bytes;
    }
}

/// <summary>
/// The points of Curve25519 with which every private key agrees upon zeros (order 1, 2, 4 and 8), also where they are
/// not written in the smallest way.
/// </summary>
static class LowOrder
{
    internal const int PointBytes = 32;

    static readonly byte[][] Points =
    [
        Point(0, 0, 0),
        Point(1, 0, 0),
        Point(0xEC, 0xFF, 0x7F),
        Point(0xED, 0xFF, 0x7F),
        Point(0xEE, 0xFF, 0x7F),
        Convert.FromHexString("E0EB7A7C3B41B8AE1656E3FAF19FC46ADA098DEB9C32B1FD866205165F49B800"),
        Convert.FromHexString("5F9C95BCA3508C24B1D0B1559C83EF5B04445CC4581C8E86D8224EDDD09F1157"),
    ];

    internal static bool Contains(ReadOnlySpan<byte> share)
    {
        // The highest bit is not part of the number.
        byte[] masked = [.. share[..^1], (byte)(share[^1] & 0x7F)];
        return Points.Any(point => point.AsSpan().SequenceEqual(masked));
    }

    static byte[] Point(byte first, byte middle, byte last)
    {
        var point = new byte[PointBytes];
        point.AsSpan().Fill(middle);
        (point[0], point[^1]) = (first, last);
        return point;
    }
}
