using System.Globalization;

namespace Decryptor.Samples;

/// <summary>
/// <c>Samples DIR [--big MiB] [--seed N]</c>: writes a handful of packages as they come from phones, and the key ring
/// that opens most of them. The same seed writes the same bytes. <c>Samples troubles DIR</c>: one package for each way
/// in which a package can fail. <c>Samples first DIR</c>: the package of the README's first five minutes.
/// <c>Samples vectors</c>: prints those of the self-test.
/// </summary>
static class Program
{
    const int Usage = 2;

    static int Main(string[] args)
    {
        if (args is ["troubles", var folder])
        {
            new TroubleMaker(4711).Write(folder);
            return 0;
        }

        if (args is ["vectors"])
        {
            foreach (var line in VectorMaker.Lines()) Console.WriteLine(line);
            return 0;
        }

        if (args is ["first", var place])
        {
            new SampleMaker(place, 4711).WriteFirst();
            return 0;
        }

        if (args.Length == 0 || args.Length % 2 == 0 || args[0].StartsWith('-'))
        {
            Console.Error.WriteLine("usage: Samples DIR [--big MiB] [--seed N] | Samples first|troubles DIR"
                + " | Samples vectors");
            return Usage;
        }

        var big = Option(args, "--big", 96);
        foreach (var name in new SampleMaker(args[0], Option(args, "--seed", 4711)).Write(big)) Console.WriteLine(name);
        return 0;
    }

    static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
    }
}
