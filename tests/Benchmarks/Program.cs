using Decryptor.Benchmarks;

// One table a figure; scripts/bench builds what it measures and calls this.
return args switch
{
    [] or ["recovery"] => RecoveryBench.Run(cycles: 40),
    ["recovery", var cycles] => RecoveryBench.Run(int.Parse(cycles, System.Globalization.CultureInfo.InvariantCulture)),
    ["throughput"] => ThroughputBench.Run(rounds: 5),
    ["throughput", var rounds] => ThroughputBench.Run(
        int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture)),
    ["damage"] => DamageBench.Run(verbose: false),
    ["damage", "--verbose"] => DamageBench.Run(verbose: true),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: scripts/bench [recovery [CYCLES] | throughput [ROUNDS] | damage [--verbose]]");
    return 2;
}
