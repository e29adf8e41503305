namespace Decryptor.Protocol;

/// <summary>How much of an input became text.</summary>
public enum Outcome
{
    /// <summary>All of it.</summary>
    Complete = 0,

    /// <summary>Some of it; the report names what is missing.</summary>
    Partial = 1,

    /// <summary>None that could be delivered, or a limit was hit; there is a <see cref="FailureCode"/>.</summary>
    Failed = 2,
}
