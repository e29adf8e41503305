namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Our own mistake: a closed list of cases has one more than its reader knows. The process dies of it.
/// </summary>
sealed class UnknownCaseException(object what) : InvalidOperationException($"{what} is no case known here");
