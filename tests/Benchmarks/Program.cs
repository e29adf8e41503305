using Decryptor.Benchmarks;

// One table a figure; scripts/bench builds what it measures and calls this.
return args switch
{
    [] or ["recovery"] => RecoveryBench.Run(cycles: 40),
    ["recovery", var cycles] => RecoveryBench.Run(int.Parse(cycles, System.Globalization.CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: scripts/bench [recovery [CYCLES]]");
    return 2;
}
