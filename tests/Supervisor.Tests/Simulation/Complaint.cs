using System.Runtime.CompilerServices;
using System.Text;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// What is wrong, in words that are only put together where something is: laws are checked millions of times.
/// </summary>
[InterpolatedStringHandler]
readonly struct Complaint
{
    readonly StringBuilder? _text;

    public Complaint(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = holds ? null : new(literalLength + formattedCount * 8);
    }

    public void AppendLiteral(string text) => _text!.Append(text);

    public void AppendFormatted<T>(T value) => _text!.Append(value);

    public override string ToString() => _text?.ToString() ?? "";
}
