namespace Decryptor.Protocol;

/// <summary>The numbers of the framing.</summary>
public static class Frame
{
    /// <summary>Bytes of the length in front of a message.</summary>
    public const int PrefixLength = 4;

    /// <summary>The longest message, in bytes without its prefix. It fits one pipe buffer.</summary>
    public const int LengthMax = 64 * 1024 - PrefixLength;

    /// <summary>The longest path in a message, in UTF-8 bytes.</summary>
    public const int PathMax = 4096;

    /// <summary>The longest name, sentence or hint in a message, in UTF-8 bytes.</summary>
    public const int TextMax = 4096;

    /// <summary>The most header bytes a key request may carry.</summary>
    public const int HeaderMax = 16 * 1024;

    /// <summary>The most candidates an answer may carry.</summary>
    public const int CandidatesMax = 256;

    /// <summary>The longest secret of a candidate, in bytes.</summary>
    public const int SecretMax = 4096;

    /// <summary>Bytes of a SHA-256.</summary>
    public const int HashLength = 32;

    /// <summary>The most quarantined inputs of one length that an order may name.</summary>
    public const int PoisonMax = 256;

    /// <summary><paramref name="text"/>, cut at a character so that it fits <see cref="TextMax"/>.</summary>
    public static string Fit(string text)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) <= TextMax) return text;
        var cut = Math.Min(text.Length, TextMax / 4 - 1);
        if (char.IsHighSurrogate(text[cut - 1])) cut--;
        return text[..cut] + "…";
    }
}

/// <summary>The first number of every message. Hello and its version keep their places for ever.</summary>
enum FrameKind
{
    Hello = 1,
    Assign = 2,
    KeyRequest = 3,
    Keys = 4,
    Progress = 5,
    Finished = 6,
    Fingerprint = 7,
}
