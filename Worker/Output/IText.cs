namespace Decryptor.Worker.Output;

/// <summary>Where the text of one file goes.</summary>
interface IText : IDisposable
{
    /// <summary>Its name among the texts of the attempt.</summary>
    string Name { get; }

    /// <summary>Bytes that it has.</summary>
    long Written { get; }

    /// <summary>Adds to it.</summary>
    void Write(ReadOnlySpan<byte> text);

    /// <summary>Makes visible what was written so far.</summary>
    void Flush();

    /// <summary>All of it is where it belongs when this returns.</summary>
    /// <returns>The SHA-256 of the text, in lower-case hexadecimal.</returns>
    string Seal();

    /// <summary>There is no such text: nothing was delivered, or its room is needed.</summary>
    void Remove();
}

/// <summary>Where the texts of an attempt go.</summary>
interface ITexts
{
    /// <summary>A place for the text, or for the bytes that are none, of something of that name.</summary>
    /// <param name="source">What it is called.</param>
    /// <param name="isText">Whether it is text.</param>
    /// <param name="sum">Its SHA-256, where that is known before it is written.</param>
    IText Text(string source, bool isText, string? sum = null);
}
