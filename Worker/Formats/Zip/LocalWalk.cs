namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// Finds the members by their own headers, from front to back, where the directory is not there or cannot be believed.
/// What a directory knows of one all the same counts before its header. Where no member begins although something is
/// there, the findings are told of it.
/// </summary>
sealed class LocalWalk(Seekable whole, IEnumerable<ZipEntry> known, Budget budget, Findings findings)
{
    readonly Dictionary<long, ZipEntry> _known = known.GroupBy(one => one.Local).ToDictionary(
        one => one.Key, one => one.First());

    internal IEnumerable<ZipEntry> Entries()
    {
        using var window = new Window(whole);
        var descriptors = new Descriptors(window);
        var at = 0L;
        while (Next(window, descriptors, at) is { } entry)
        {
            // Folders are paid for by nobody, so the time is looked at here.
            budget.Unpacked(0);
            TellGap(window, at, entry.Local);
            at = EndOf(window, entry);
            if (!IsFolder(window, entry)) yield return entry;
        }
    }

    ZipEntry? Next(Window window, Descriptors descriptors, long from)
    {
        var at = from;
        while (at < window.Length)
        {
            var some = window.From(at, ZipEntry.LocalFixed);
            var place = some.IndexOf("PK\x03\x04"u8);
            if (place == 0 && EntryAt(window, descriptors, at) is { } entry) return entry;
            if (place == 0) at++;
            else at += place > 0 ? place : Math.Max(some.Length - 3, 1);
        }

        return null;
    }

    ZipEntry? EntryAt(Window window, Descriptors descriptors, long at)
    {
        var header = window.From(at, Window.Reach);
        if (header.Length < ZipEntry.LocalFixed) return null;
        if (_known.TryGetValue(at, out var known)) return known;
        if (!IsPlausible(header)) return null;
        var entry = ZipEntry.OfLocal(header, at);
        var untold = entry.Fields.Has(ZipFields.SizesBehind) && entry.Fields.Packed is 0 or uint.MaxValue;
        return untold ? descriptors.Complete(entry, DataOf(entry.Fields, at)) : entry;
    }

    // Behind a member there may be its sizes; before the end there is the directory.
    void TellGap(Window window, long from, long to)
    {
        const int descriptorMax = 24;
        if (to - from <= descriptorMax || window.From(from, 2).StartsWith("PK"u8)) return;
        findings.Missing(from, to - from, "no member begins here");
    }

    static long EndOf(Window window, ZipEntry entry)
    {
        var data = DataOf(ZipFields.Read(window.From(entry.Local, ZipEntry.LocalFixed)[6..]), entry.Local);
        return entry.Packed > window.Length - data ? window.Length : data + entry.Packed;
    }

    // Those that the directory knows are no folders: it left them out.
    static bool IsFolder(Window window, ZipEntry entry)
    {
        if (entry.NameAt != entry.Local + ZipEntry.LocalFixed || entry.Fields.NameBytes == 0) return false;
        var name = window.From(entry.NameAt, entry.Fields.NameBytes);
        return entry.IsFolder(name[entry.Fields.NameBytes - 1]);
    }

    /// <summary>A version that exists, and a name and an extra field that are there.</summary>
    internal static bool IsPlausible(ReadOnlySpan<byte> header)
    {
        const int versionMax = 63;
        if (header.Length < ZipEntry.LocalFixed || header[4] > versionMax) return false;
        var fields = ZipFields.Read(header[6..]);
        return fields.NameBytes > 0 && header.Length >= DataOf(fields, 0);
    }

    static long DataOf(ZipFields fields, long local) =>
        local + ZipEntry.LocalFixed + fields.NameBytes + fields.ExtraBytes;
}
