using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Decryptor.Worker.Formats.Age;

namespace Decryptor.Worker.Tests;

/// <summary>
/// The public age vectors (C2SP/CCTV): each file says what must become of it, and the hash of all that may be released,
/// also where it fails.
/// </summary>
[Parallelizable(ParallelScope.Children)]
sealed class AgeVectorTests
{
    static readonly string Nothing = Convert.ToHexStringLower(SHA256.HashData([]));

    static IEnumerable<TestCaseData> Vectors
    {
        get
        {
            if (Corpus.Folder("cctv-age") is not { } folder)
                return [new TestCaseData(null) { TestName = "no corpus, so no age vectors" }];
            return Directory.GetFiles(folder).Order(StringComparer.Ordinal)
                .Select(path => new TestCaseData(path) { TestName = Path.GetFileName(path) });
        }
    }

    [TestCaseSource(nameof(Vectors))]
    public void A_public_vector_ends_as_it_says(string? path)
    {
        if (path is null) Assert.Ignore("no corpus: shared/corpus is in no folder above the test assembly");
        var vector = new Vector(File.ReadAllBytes(path!));
        foreach (var bufferBytes in new[] { 100_000, 1000 })
        {
            var trial = new AgeTrial(vector.File, vector.Ring(), bufferBytes);
            Assert.Multiple(() =>
            {
                Assert.That(Codes(vector["expect"]), Does.Contain(trial.Code), trial.Refusal?.Message);
                Assert.That(trial.Opened || vector["expect"] is not ("success" or "payload failure"));
                Assert.That(vector.MayBeReleased, Does.Contain(trial.Sum), "what was released");
            });
        }
    }

    [TestCaseSource(nameof(Vectors))]
    public void What_is_recognised_as_age_is_what_begins_as_age(string? path)
    {
        if (path is null) Assert.Ignore("no corpus: shared/corpus is in no folder above the test assembly");
        var vector = new Vector(File.ReadAllBytes(path!));
        var name = Path.GetFileName(path);
        var other = name is "empty" or "armor_lowercase" or "armor_wrong_type" or "armor_whitespace_begin";
        Assert.That(AgeLayer.Begins(vector.File), Is.EqualTo(!other));
    }

    static string[] Codes(string expectation) => expectation switch
    {
        "success" => [""],
        "header failure" => ["DAMAGED", "TRUNCATED"],
        "armor failure" => ["DAMAGED", "TRUNCATED"],
        "payload failure" => ["NOT_AUTHENTIC", "TRUNCATED"],
        "HMAC failure" => ["NOT_AUTHENTIC"],
        "no match" => ["KEY_NO_MATCH"],
        _ => [],
    };

    /// <summary>A vector file: <c>key: value</c> lines, an empty line, the age file.</summary>
    sealed class Vector
    {
        readonly List<(string Name, string Value)> _fields = [];

        internal Vector(byte[] bytes)
        {
            var end = bytes.AsSpan().IndexOf("\n\n"u8);
            foreach (var line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n'))
                _fields.Add((line.Split(": ")[0], line.Split(": ")[1]));
            File = this["compressed"] == "zlib" ? Inflated(bytes[(end + 2)..]) : bytes[(end + 2)..];
        }

        internal byte[] File { get; }

        internal string this[string name] => _fields.FirstOrDefault(field => field.Name == name).Value ?? "";

        /// <summary>
        /// The hash of all that may be released. Where only the end of the armor is wrong, the chunks before it are
        /// authentic all the same: those that the same file gives without its armor.
        /// </summary>
        internal string[] MayBeReleased => this["payload"] is { Length: > 0 } sum ? [sum]
            : this["expect"] == "armor failure" ? [Nothing, new AgeTrial(WithoutArmor(), Ring()).Sum] : [Nothing];

        internal AgeRing Ring()
        {
            var ring = new AgeRing();
            foreach (var (name, value) in _fields)
            {
                if (name == "passphrase") ring.Password("password", value);
                if (name == "identity" && value.Contains("-PQ-", StringComparison.Ordinal))
                    ring.FileKeys["age-mlkem768x25519"] =
                        this["expect"] == "no match" ? null : Convert.FromHexString(this["file key"]);
                else if (name == "identity") ring.Identity("identity", value);
            }

            return ring;
        }

        // Whatever is base64 behind the first line of dashes, up to the first line that is none.
        byte[] WithoutArmor()
        {
            var lines = Encoding.Latin1.GetString(File).Split('\n')
                .SkipWhile(line => !line.StartsWith('-')).Skip(1).TakeWhile(IsBase64);
            return [.. lines.SelectMany(Convert.FromBase64String)];
        }

        static bool IsBase64(string line) => line.Length is > 0 and <= 64 && !line.Contains(' ')
            && Convert.TryFromBase64String(line, new byte[64], out _);

        static byte[] Inflated(byte[] packed)
        {
            using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            var bytes = new MemoryStream();
            zlib.CopyTo(bytes);
            return bytes.ToArray();
        }
    }
}
