namespace Decryptor.Worker.Formats.Compression;

/// <summary>
/// Inflates one raw deflate stream from a lookahead, and consumes of it exactly what belongs to the stream: what
/// follows is the next to be read there. The layers whose body is deflate are built on it.
/// </summary>
sealed class InflateBody(Lookahead outer, Inflater inflater)
{
    const int Look = 64 * 1024;

    /// <summary>Whether the stream's last block has ended.</summary>
    internal bool Ended { get; private set; }

    /// <summary>Bytes given so far.</summary>
    internal long Given { get; private set; }

    /// <summary>Makes ready for the stream that begins where the lookahead stands.</summary>
    internal void Begin()
    {
        inflater.Reset();
        (Ended, Given) = (false, 0);
    }

    /// <summary>Reads some bytes; 0 only when the stream has ended.</summary>
    /// <param name="buffer">Not empty.</param>
    /// <param name="what">The word for the format, for the refusal.</param>
    /// <exception cref="Refusal">The bits are wrong, or they end before the stream does.</exception>
    internal int Read(Span<byte> buffer, string what)
    {
        while (!Ended)
        {
            var input = outer.Peek(Look);
            var step = inflater.Step(input, buffer, out var used, out var given);
            var stuck = step == Inflated.More && given == 0 && (input.IsEmpty || used == 0);
            var at = outer.Position + used;
            outer.Skip(used);
            Given += given;
            Ended = step == Inflated.End;
            if (given > 0) return given;
            if (step == Inflated.Wrong) throw Faults.Damaged($"the {what} is damaged at {at}, after {Given} bytes");
            if (stuck) throw outer.BrokenOff(what);
        }

        return 0;
    }
}
