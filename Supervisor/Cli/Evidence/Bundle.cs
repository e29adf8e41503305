using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>
/// What a person may show in public of inputs that could not be read: one JSON file, so that it can be read through
/// before it is shown. Numbers, offsets and words of closed lists are in it, and nothing else: no text, no message, no
/// name, no key. A client key is a hash with a salt that is thrown away, so that equal ones can be told within one
/// bundle, and nobody can link two bundles, or a bundle and a key.
/// </summary>
sealed class Bundle
{
    const int HashDigits = 16;
    const int FilesMax = 1000;

    static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".xlog", ".mmap2", ".mmap3", ".logan", ".log", ".txt", ".zip", ".gz", ".tgz", ".zst", ".tar", ".age", ".bin",
        ".temp", ".copy", ".json", ".ndjson",
    };

    static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        "X25519", "scrypt", "mlkem768x25519", "ssh-ed25519", "ssh-rsa", "p256tag", "mlkem768p256tag", "piv-p256",
    };

    static readonly string[] Ciphers = ["ZipCrypto", "AES-128", "AES-192", "AES-256"];

    readonly byte[] _salt = RandomNumberGenerator.GetBytes(32);

    /// <summary>Writes one; there must be nothing under that name yet.</summary>
    /// <exception cref="UsageException">It cannot be written there.</exception>
    public static void Save(string path, IReadOnlyList<Diagnosis> all)
    {
        var bytes = new Bundle().Written(all);
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, e.Message);
        }
    }

    /// <summary>Says at the beginning what would only be found out at the end.</summary>
    /// <exception cref="UsageException">It could not be written there.</exception>
    public static void Check(string path)
    {
        if (Path.Exists(path)) throw Refused(path, "it is there already");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw Refused(path, "there is no such place");
    }

    static UsageException Refused(string path, string why) =>
        new($"the bundle {path} cannot be written: {why}", "choose another name with --report") { ExitCode = 73 };

    byte[] Written(IReadOnlyList<Diagnosis> all)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("type", "evidence");
            json.WriteNumber("v", 1);
            foreach (var (name, value) in ThisBuild.Facts().Where(fact => fact.Name is not ("worker" or "secp256k1")))
                json.WriteString(name, value);
            json.WriteEach("inputs", all, one => WriteInput(json, one));
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    void WriteInput(Utf8JsonWriter json, Diagnosis diagnosis)
    {
        var one = diagnosis.One;
        json.WriteString("extension", Extension(one.Input));
        json.WriteNumber("bytes", one.Job.Bytes);
        json.WriteString("outcome", Report.Word(one.Job.Outcome!.Value));
        json.WriteSome("code", CodeOf(one.Job.Code));
        json.WriteNumber("exitCode", one.ExitCode);
        json.WriteBoolean("compressedInTransit", diagnosis.IsCompressedInTransit);
        json.WriteEach("keys", diagnosis.Trials.GroupBy(trial => trial.Key.Kind), kind =>
        {
            json.WriteString("kind", kind.Key);
            json.WriteNumber("tried", kind.Count());
            json.WriteNumber("opened", kind.Count(trial => trial.FilesOpened > 0));
        });
        json.WriteNumber("keysLeftOut", diagnosis.KeysLeftOut);
        json.WriteEach("files", one.Files.Take(FilesMax), file => WriteFile(json, file));
        json.WriteNumber("filesLeftOut", Math.Max(0, one.Files.Count - FilesMax));
    }

    void WriteFile(Utf8JsonWriter json, ReportedFile file)
    {
        json.WriteString("extension", Extension(file.Source));
        json.WriteString("format", string.Join('>', file.Format.Split('>').Select(Word)));
        json.WriteString("outcome", file.Outcome == "complete" || file.Outcome == "partial" ? file.Outcome : "failed");
        json.WriteSome("code", CodeOf(file.Code));
        json.WriteBoolean("opened", file.Key is not null);
        json.WriteNumber("bytes", file.Bytes);
        if (file.Facts is { } facts) WriteFacts(json, facts);
        if (file.Facts?.Blocks is { } blocks) WriteBlocks(json, blocks, file.Blocks);
        json.WriteEach("damage", FileSight.Damage(file), gap =>
        {
            json.WriteNumber("offset", gap.Offset);
            json.WriteNumber("length", gap.Length);
            json.WriteSome("code", CodeOf(gap.Code));
        });
        json.WriteNumber("warnings", file.Warnings.Count);
    }

    static void WriteFacts(Utf8JsonWriter json, Facts facts)
    {
        if (facts.Length is { } length) json.WriteNumber("length", length);
        if (facts.Encryption is { } encryption)
            json.WriteString("encryption", Ciphers.Contains(encryption) ? encryption : "other");
        if (facts.WorkFactor is { } log) json.WriteNumber("workFactor", log);
        var kinds = (facts.Recipients ?? []).GroupBy(one => Kinds.Contains(one.Kind) ? one.Kind : "other");
        json.WriteEach("recipients", kinds, kind =>
        {
            json.WriteString("kind", kind.Key);
            json.WriteNumber("count", kind.Sum(one => one.Count));
        });
        var known = facts.Traces?.Where(trace => Trace.All.Contains(trace.Name)) ?? [];
        FactJson.WriteTraces(json, facts with { Traces = [.. known] });
    }

    void WriteBlocks(Utf8JsonWriter json, BlockFacts blocks, ReportedBlocks? counted)
    {
        FactJson.WriteCounts(json, blocks, counted);
        json.WriteEach("clients", blocks.ClientKeys ?? [], key =>
        {
            json.WriteString("hash", Hash(key.Key));
            json.WriteNumber("blocks", key.Blocks);
            json.WriteNumber("opened", key.Opened);
        });
        json.WriteNumber("clientsLeftOut", blocks.ClientKeysLeftOut);
        json.WriteNumber("damageLeftOut", blocks.BreaksLeftOut);
    }

    string Hash(string key) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_salt, Encoding.ASCII.GetBytes(key)))[..HashDigits];

    static string Extension(string name) =>
        Path.GetExtension(name) is { Length: > 0 } found && Extensions.Contains(found)
            ? found.ToLower(CultureInfo.InvariantCulture) : "other";

    static string? CodeOf(string? code) => FailureCode.Find(code ?? "")?.Name;

    // A format's name is the worker's; what does not look like one is not passed on.
    static string Word(string format) =>
        format.Length <= 8 && format.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) ? format : "other";
}
