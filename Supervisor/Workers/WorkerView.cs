using Decryptor.Protocol;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// What can be seen of a worker from outside, now or, for one of the last that went, as it was at its end.
/// </summary>
/// <param name="Worker">Which.</param>
/// <param name="Pid">Its process; null before it started and after it ended.</param>
/// <param name="ResidentBytes">Its memory; null when there is no process to ask.</param>
/// <param name="Stderr">The last 64 KiB that it wrote there. Its own words: nothing in them is to be trusted.</param>
/// <param name="StderrDropped">Bytes that it wrote there before those.</param>
/// <param name="Confinement">What it said of its confinement; null before it has greeted.</param>
sealed record WorkerView(
    Incarnation Worker, int? Pid, long? ResidentBytes, string Stderr, long StderrDropped, string? Confinement);
