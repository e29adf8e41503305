using System.Globalization;
using System.Runtime.CompilerServices;

namespace Decryptor.Protocol.Tests;

/// <summary>
/// The bytes on the wire, held in files that a person can read. They change only with the protocol's version; then
/// <c>REWRITE=1</c> in the environment renews them.
/// </summary>
sealed class GoldenTests
{
    const int BytesInRow = 16;

    static IEnumerable<string> Names => Specimens.Golden.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_message_is_written_in_these_very_bytes(string name)
    {
        var written = ToHex(FrameWriter.Write(Specimens.Golden[name]));
        if (Environment.GetEnvironmentVariable("REWRITE") == "1") File.WriteAllText(Golden(name), written);
        Assert.That(written, Is.EqualTo(File.ReadAllText(Golden(name))));
    }

    [TestCaseSource(nameof(Names))]
    public void These_very_bytes_are_read_as_the_message(string name)
    {
        var message = Specimens.Golden[name];
        var read = Wire.Read(Wire.ParserFor(message), FromHex(File.ReadAllText(Golden(name))));
        Assert.That(read.Select(Specimens.InWords), Is.EqualTo(new[] { Specimens.InWords(message) }));
    }

    [Test]
    public void Every_golden_file_is_read_by_a_test()
    {
        var files = Directory.GetFiles(Folder(), "*.hex").Select(Path.GetFileNameWithoutExtension);
        Assert.That(files, Is.EquivalentTo(Names));
    }

    [Test]
    public void The_examples_of_the_specification_are_these_bytes()
    {
        var words = File.ReadAllText(Path.Combine(Folder(), "../../../Protocol/PROTOCOL.md"));
        foreach (var name in Names.Where(name => name is not ("keys-none" or "finished-complete" or "finished-failed")))
            Assert.That(words, Does.Contain(File.ReadAllText(Golden(name)).TrimEnd()), name);
    }

    static string ToHex(byte[] bytes) =>
        string.Concat(bytes.Chunk(BytesInRow).Select(row => string.Join(' ', row.Select(Hex)) + "\n"));

    static string Hex(byte value) => value.ToString("x2", CultureInfo.InvariantCulture);

    static byte[] FromHex(string text) => Convert.FromHexString(string.Concat(text.Where(char.IsAsciiHexDigit)));

    static string Golden(string name) => Path.Combine(Folder(), name + ".hex");

    // The files lie beside this source, so that renewing them changes what is committed.
    static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "golden");
}
