using System.Diagnostics;
using System.Globalization;
using Decryptor.Samples;

namespace Decryptor.Benchmarks.Serve;

/// <summary>Small uploads of one kind, made beforehand beside the spool, synced, and renamed into it.</summary>
sealed class Uploads
{
    const int Bytes = 4096;

    readonly string _folder;
    readonly string _ending;
    readonly Func<byte[]> _next;
    int _made;
    int _sent;

    Uploads(string folder, string ending, Func<byte[]> next)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        (_ending, _next) = (ending, next);
    }

    /// <summary>Logs in clear of 4 KiB.</summary>
    public static Uploads Plain(string folder)
    {
        var lines = Lines(new Random(23));
        return new(folder, "log", () => Take(lines, Bytes));
    }

    /// <summary>Sealed xlog files of about 4 KiB, each by a client with a key of its own.</summary>
    /// <param name="folder">Where they are made.</param>
    /// <param name="keyLine">What opens them.</param>
    public static Uploads Sealed(string folder, out string keyLine)
    {
        var random = new Random(23);
        var receiver = new KeyPair(random);
        var lines = Lines(random);
        keyLine = $"xlog {receiver.PrivateHex}";
        return new(folder, "xlog", () =>
        {
            var encoder = new XlogEncoder(Compression.Deflate, receiver, random);
            while (encoder.Pending < Bytes - 128) encoder.Add(System.Text.Encoding.UTF8.GetBytes(lines.Next()));
            var file = new MemoryStream();
            encoder.Flush(file);
            return file.ToArray();
        });
    }

    /// <summary>Makes so many more, and sees them onto the disk.</summary>
    public void Make(int count)
    {
        for (var end = _made + count; _made < end; _made++)
        {
            File.WriteAllBytes(PathOf(_made), _next());
            // One that had to wait for room is taken once it is two seconds old, and that is not what is measured.
            File.SetLastWriteTimeUtc(PathOf(_made), DateTime.UtcNow.AddMinutes(-1));
        }

        using var sync = Process.Start("sync", ["-f", _folder]);
        sync.WaitForExit();
    }

    /// <summary>Renames the next so many into a folder of uploads, as a sender would.</summary>
    public void Send(int count, string incoming)
    {
        for (var end = _sent + count; _sent < end; _sent++)
            File.Move(PathOf(_sent), Path.Combine(incoming, Path.GetFileName(PathOf(_sent))));
    }

    string PathOf(int number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number}.{_ending}"));

    static LogLines Lines(Random random) =>
        new(random, DateTime.Parse("2026-11-23 09:12", CultureInfo.InvariantCulture));

    static byte[] Take(LogLines lines, int bytes)
    {
        var text = new MemoryStream();
        while (text.Length < bytes) text.Write(System.Text.Encoding.UTF8.GetBytes(lines.Next()));
        return text.ToArray()[..bytes];
    }
}
