using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Decryptor.Worker.Output;

/// <summary>Texts in memory, until it is their turn to be written. Their size is for the budget to limit.</summary>
sealed class HeldTexts : ITexts, IDisposable
{
    readonly List<HeldText> _texts = [];

    public IText Text(string source, bool isText, string? sum = null)
    {
        var text = new HeldText(_texts.Count.ToString(CultureInfo.InvariantCulture), isText);
        _texts.Add(text);
        return text;
    }

    /// <summary>The text of that name.</summary>
    internal HeldText Named(string name) => _texts[int.Parse(name, CultureInfo.InvariantCulture)];

    public void Dispose()
    {
        foreach (var text in _texts) text.Free();
        _texts.Clear();
    }
}

/// <summary>One text in memory.</summary>
sealed class HeldText(string name, bool isText) : IText
{
    const int LeastBytes = 64 * 1024;

    byte[] _bytes = [];
    int _count;

    public string Name => name;

    public long Written => _count;

    /// <summary>Whether it is text, and not bytes that are none.</summary>
    internal bool IsText => isText;

    /// <summary>What it holds.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

    /// <summary>Its SHA-256, once it is sealed.</summary>
    internal string Sum { get; private set; } = "";

    public void Write(ReadOnlySpan<byte> text)
    {
        if (_count + text.Length > _bytes.Length) Grow(_count + text.Length);
        text.CopyTo(_bytes.AsSpan(_count));
        _count += text.Length;
    }

    public void Flush()
    {
        // Nobody sees it before its turn.
    }

    public string Seal() => Sum = Convert.ToHexStringLower(SHA256.HashData(Bytes));

    public void Remove() => _count = 0;

    public void Dispose()
    {
        // It is still to be written; whoever holds it frees it.
    }

    internal void Free()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _count) = ([], 0);
    }

    void Grow(int least)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(least, LeastBytes), 2 * _bytes.Length));
        Bytes.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
