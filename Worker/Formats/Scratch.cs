using Microsoft.Win32.SafeHandles;

namespace Decryptor.Worker.Formats;

/// <summary>
/// A copy on disk of a stream that has to be read at any place, such as a zip inside another layer. It has no name once
/// it is open, so it is gone whatever happens to this process; its bytes count in the budget while it is there.
/// </summary>
static class Scratch
{
    const int CopyBytes = 256 * 1024;

    static int _made;

    /// <summary>Copies what is left of <paramref name="outer"/>, up to its end or to where it is damaged.</summary>
    /// <exception cref="Refusal">It does not fit the budget.</exception>
    /// <exception cref="IOException">The disk does not take it.</exception>
    internal static Seekable Of(Lookahead outer, string folder, Budget budget)
    {
        var file = Nameless(folder);
        var length = 0L;
        try
        {
            while (outer.Peek(CopyBytes) is { IsEmpty: false } some)
            {
                budget.Hold(some.Length);
                RandomAccess.Write(file, some, length);
                length += some.Length;
                outer.Skip(some.Length);
            }
        }
        catch (Exception e) when (e is Refusal or IOException)
        {
            file.Dispose();
            budget.Release(length);
            throw;
        }

        return new(file, length, free: () =>
        {
            file.Dispose();
            budget.Release(length);
        });
    }

    static SafeFileHandle Nameless(string folder)
    {
        var path = Path.Combine(folder, $".scratch-{Interlocked.Increment(ref _made)}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        File.Delete(path);
        return file;
    }
}
