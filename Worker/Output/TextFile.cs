using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Worker.Output;

/// <summary>
/// One text of an attempt, made with its first byte. It grows as the text is decoded, for others read it while it
/// grows: at the latest each 256 KiB, and soon after each sign of life. Failing writes are <see cref="IOException"/>.
/// </summary>
sealed class TextFile : IText
{
    const int BufferBytes = 256 * 1024;

    /// <summary>What is as long as this is written where it lies; what is shorter is gathered.</summary>
    const int WrittenAtOnce = 32 * 1024;

    readonly string _path;
    readonly Action _made;
    readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    readonly IncrementalHash? _hash;
    readonly string _sum;
    SafeFileHandle? _file;
    int _held;

    /// <param name="folder">Where it is made.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="made">Called when it is made.</param>
    /// <param name="sum">Its SHA-256, where that is known: then it is not counted again.</param>
    internal TextFile(string folder, string name, Action made, string? sum)
    {
        _made = made;
        _sum = sum ?? "";
        _hash = sum is null ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        Name = name;
        _path = Path.Combine(folder, name);
    }

    /// <summary>Whether it must be on the disk when it is sealed.</summary>
    internal bool Durable { get; init; } = true;

    /// <summary>Its name in the folder.</summary>
    public string Name { get; }

    /// <summary>Bytes written to the file.</summary>
    public long Written { get; private set; }

    public void Write(ReadOnlySpan<byte> text)
    {
        if (text.Length >= WrittenAtOnce)
        {
            Flush();
            Append(text);
            return;
        }

        while (!text.IsEmpty)
        {
            if (_held == BufferBytes) Flush();
            var count = Math.Min(text.Length, BufferBytes - _held);
            text[..count].CopyTo(_buffer.AsSpan(_held));
            _held += count;
            text = text[count..];
        }
    }

    /// <summary>Makes visible what was written so far.</summary>
    public void Flush()
    {
        if (_held == 0) return;
        Append(_buffer.AsSpan(0, _held));
        _held = 0;
    }

    /// <summary>
    /// All of it is on the disk when this returns, if it must be. A text without a byte becomes an empty file.
    /// </summary>
    /// <returns>The SHA-256 of the text, in lower-case hexadecimal.</returns>
    public string Seal()
    {
        Flush();
        _file ??= Create();
        // The folder's own sync holds a file without a byte; packages have come with seventy thousand of them.
        if (Durable && Written > 0) RandomAccess.FlushToDisk(_file);
        return _hash is null ? _sum : Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    /// <summary>There is no such text: nothing was delivered, or its room is needed.</summary>
    public void Remove()
    {
        _held = 0;
        Written = 0;
        if (_file is null) return;
        _file.Dispose();
        _file = null;
        File.Delete(_path);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _hash?.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    void Append(ReadOnlySpan<byte> text)
    {
        _file ??= Create();
        RandomAccess.Write(_file, text, Written);
        _hash?.AppendData(text);
        Written += text.Length;
    }

    SafeFileHandle Create()
    {
        _made();
        return File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }
}
