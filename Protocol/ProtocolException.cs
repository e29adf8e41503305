namespace Decryptor.Protocol;

/// <summary>
/// The other side broke the protocol. Whatever a hostile or broken peer sends ends in this one exception; the
/// supervisor answers it by killing the worker, a worker by leaving.
/// </summary>
public sealed class ProtocolException : Exception
{
    /// <summary>Says what was received and what is allowed.</summary>
    public ProtocolException(string message) : base(message)
    {
    }

    /// <summary>Says what was received and what is allowed, with the decoder's own word behind it.</summary>
    public ProtocolException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>For serializers only.</summary>
    public ProtocolException() : this("the protocol was broken")
    {
    }
}
