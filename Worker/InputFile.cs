using System.Security.Cryptography;
using Decryptor.Worker.Formats;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Worker;

/// <summary>
/// The attempt's input as a stream: read-only, from front to back, counted in the budget. A file that cannot be opened
/// is NO_INPUT, one that cannot be read on is IO_ERROR.
/// </summary>
sealed class InputFile : ForwardStream
{
    const int HashedAtOnce = 64 * 1024;

    readonly SafeFileHandle _file;
    readonly Budget _budget;
    long _position;

    InputFile(SafeFileHandle file, Budget budget)
    {
        _file = file;
        _budget = budget;
        Length = RandomAccess.GetLength(file);
        budget.Measure(Length);
    }

    /// <exception cref="Refusal">It is not there, is no file, or may not be read.</exception>
    internal static InputFile Open(string path, Budget budget)
    {
        try
        {
            const FileShare any = FileShare.ReadWrite | FileShare.Delete;
            return new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, any), budget);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            throw Faults.NoInput(Why(e, path));
        }
    }

    // The library's own words for these name a path that the person may never have seen, and a directory as forbidden.
    static string Why(Exception e, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException when Directory.Exists(path) => "it is a directory",
        UnauthorizedAccessException => "this user may not read it",
        _ => e.Message,
    };

    public override long Length { get; }

    /// <summary>The same file, to be read at any place.</summary>
    internal Seekable Whole() => new(_file, Length, _budget.Read);

    /// <summary>The SHA-256 of all that is left to read.</summary>
    internal byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashedAtOnce];
        while (Read(buffer) is var count and > 0) hash.AppendData(buffer, 0, count);
        return hash.GetHashAndReset();
    }

    /// <summary>The next read is of the first byte again.</summary>
    internal void Rewind() => _position = 0;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var count = RandomAccess.Read(_file, buffer, _position);
            _position += count;
            _budget.Read(count);
            return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Faults.Reading(e.Message);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
