using Decryptor.Benchmarks;
using Decryptor.Benchmarks.Decode;
using Decryptor.Benchmarks.Serve;

// One table a figure; scripts/bench builds what it measures and calls this.
return args switch
{
    [] or ["recovery"] => RecoveryBench.Run(cycles: 40),
    ["recovery", var cycles] => RecoveryBench.Run(Number(cycles)),
    ["throughput"] => ThroughputBench.Run(rounds: 5),
    ["throughput", var rounds] => ThroughputBench.Run(Number(rounds)),
    ["damage"] => DamageBench.Run(verbose: false),
    ["damage", "--verbose"] => DamageBench.Run(verbose: true),
    ["decode"] => DecodeBench.Run(rounds: 7, only: ""),
    ["decode", var only] => DecodeBench.Run(rounds: 7, only),
    ["decode", var only, var rounds] => DecodeBench.Run(Number(rounds), only),
    ["memory"] => MemoryBench.Run(gibibytes: 5, only: ""),
    ["memory", var gibibytes] => MemoryBench.Run(Number(gibibytes), only: ""),
    ["memory", var gibibytes, var only] => MemoryBench.Run(Number(gibibytes), only),
    ["jobs"] => SmallJobsBench.Run(jobs: 2000, rounds: 3),
    ["jobs", var jobs, var rounds] => SmallJobsBench.Run(Number(jobs), Number(rounds)),
    ["latency"] => LatencyBench.Run(uploads: 500),
    ["latency", var uploads] => LatencyBench.Run(Number(uploads)),
    ["growth"] => GrowthBench.Run([1000, 100_000, 1_000_000]),
    ["growth", .. var waiting] => GrowthBench.Run([.. waiting.Select(Number)]),
    ["ledger"] => LedgerBench.Run([1000, 100_000, 1_000_000]),
    ["ledger", .. var sizes] => LedgerBench.Run([.. sizes.Select(Number)]),
    ["chart"] => ChartBench.Run(rounds: 5),
    ["chart", var rounds] => ChartBench.Run(Number(rounds)),
    ["reading"] => ReadingBench.Run(rounds: 7, gibibytes: 1),
    ["reading", var rounds] => ReadingBench.Run(Number(rounds), gibibytes: 1),
    ["start"] => StartBench.Run(runs: 40),
    ["start", var runs] => StartBench.Run(Number(runs)),
    _ => Usage(),
};

static int Number(string word) => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("usage: scripts/bench [recovery [CYCLES] | throughput [ROUNDS] | damage [--verbose]"
        + " | decode [CASE [ROUNDS]] | memory [GIB [KIND]] | jobs [JOBS ROUNDS] | latency [UPLOADS]"
        + " | growth [WAITING...] | ledger [JOBS...] | start [RUNS] | reading [ROUNDS] | chart [ROUNDS]]");
    return 2;
}
