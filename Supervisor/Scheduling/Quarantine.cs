namespace Decryptor.Supervisor.Scheduling;

/// <summary>Bytes that have killed their share of workers.</summary>
/// <param name="Sha256">Their hash in lower-case hexadecimal.</param>
/// <param name="Bytes">How many they are.</param>
/// <param name="Job">The job that they were quarantined as.</param>
sealed record Poison(string Sha256, long Bytes, long Job);
