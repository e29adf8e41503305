using System.Text.Json;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>The facts of a file as fields of a line of JSON.</summary>
static class FactJson
{
    /// <summary>Writes an array of objects.</summary>
    public static void WriteEach<T>(this Utf8JsonWriter json, string name, IEnumerable<T> all, Action<T> fields)
    {
        json.WriteStartArray(name);
        foreach (var one in all)
        {
            json.WriteStartObject();
            fields(one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a field that is left out where it has nothing to say.</summary>
    public static void WriteSome(this Utf8JsonWriter json, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text)) json.WriteString(name, text);
    }

    /// <summary>Writes the fields of one file.</summary>
    public static void WriteFile(Utf8JsonWriter json, ReportedFile file)
    {
        json.WriteString("source", file.Source);
        json.WriteString("format", file.Format);
        json.WriteString("outcome", file.Outcome);
        json.WriteSome("code", file.Code);
        json.WriteSome("message", file.Message);
        json.WriteSome("key", file.Key);
        json.WriteNumber("bytes", file.Bytes);
        if (file.Facts is { } facts) WriteFacts(json, facts);
        if (file.Facts?.Blocks is { } blocks) WriteBlocks(json, blocks, file.Blocks);
        json.WriteEach("damage", FileSight.Damage(file), gap => WriteGap(json, gap));
        json.WriteTexts("warnings", file.Warnings);
    }

    static void WriteFacts(Utf8JsonWriter json, Facts facts)
    {
        if (facts.Length is { } length) json.WriteNumber("length", length);
        json.WriteSome("encryption", facts.Encryption);
        if (facts.WorkFactor is { } log) json.WriteNumber("workFactor", log);
        if (facts.Recipients is { } recipients)
            json.WriteEach("recipients", recipients, one =>
            {
                json.WriteString("kind", one.Kind);
                json.WriteNumber("count", one.Count);
            });
        if (facts.RecipientsLeftOut is { } more) json.WriteNumber("recipientsLeftOut", more);
        WriteTraces(json, facts);
    }

    /// <summary>Writes the traces.</summary>
    public static void WriteTraces(Utf8JsonWriter json, Facts facts) =>
        json.WriteEach("traces", facts.Traces ?? [], trace =>
        {
            json.WriteString("name", trace.Name);
            json.WriteNumber("offset", trace.Offset);
            json.WriteNumber("count", trace.Count);
        });

    static void WriteBlocks(Utf8JsonWriter json, BlockFacts blocks, ReportedBlocks? counted)
    {
        WriteCounts(json, blocks, counted);
        if (blocks.ClientKeys is { } keys)
            json.WriteEach("clientKeys", keys, key =>
            {
                json.WriteString("key", key.Key);
                json.WriteNumber("blocks", key.Blocks);
                json.WriteNumber("opened", key.Opened);
            });
        if (blocks.ClientKeysLeftOut > 0) json.WriteNumber("clientKeysLeftOut", blocks.ClientKeysLeftOut);
        if (blocks.BreaksLeftOut > 0) json.WriteNumber("damageLeftOut", blocks.BreaksLeftOut);
    }

    /// <summary>Writes the numbers of blocks and their hours, which tell nothing of anybody.</summary>
    public static void WriteCounts(Utf8JsonWriter json, BlockFacts blocks, ReportedBlocks? counted)
    {
        json.WriteStartObject("blocks");
        if (counted is not null) json.WriteNumber("total", counted.Total);
        if (counted is not null) json.WriteNumber("ok", counted.Ok);
        foreach (var (name, count) in Counts(blocks)) json.WriteNumber(name, count);
        json.WriteEndObject();
        if (blocks.Hours is not { } hours) return;
        json.WriteStartObject("hours");
        json.WriteNumber("first", hours.First);
        json.WriteNumber("last", hours.Last);
        json.WriteStartArray("seen");
        foreach (var hour in hours.Seen) json.WriteNumberValue(hour);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static (string Name, long Count)[] Counts(BlockFacts blocks) =>
    [
        ("framed", blocks.Framed), ("sealed", blocks.Sealed), ("plain", blocks.Plain),
        ("keyedPlain", blocks.KeyedPlain), ("async", blocks.Async), ("sync", blocks.Sync), ("deflate", blocks.Deflate),
        ("zstd", blocks.Zstd), ("shut", blocks.Shut), ("passedOver", blocks.PassedOver),
        ("cut", blocks.Cut), ("damaged", blocks.Damaged),
    ];

    static void WriteGap(Utf8JsonWriter json, Gap gap)
    {
        json.WriteNumber("offset", gap.Offset);
        json.WriteNumber("length", gap.Length);
        json.WriteString("reason", gap.Reason);
        json.WriteSome("code", gap.Code);
        json.WriteSome("hours", gap.Hours);
        json.WriteSome("sequence", gap.Sequence);
    }
}
