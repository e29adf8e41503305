namespace Decryptor.Supervisor.Observability.Journald;

/// <summary>
/// What kind of entry it is, for programs that look for one (<c>journalctl MESSAGE_ID=…</c>); the message catalogue
/// says of each what it means. Never changed once it was released.
/// </summary>
static class MessageId
{
    public const string Property = "MessageId";

    /// <summary>The status, asked for by a signal.</summary>
    public const string StatusDump = "f0b3a9d1c7e24b6f9a5e3d8c1b70e201";

    public const string JobCompleted = "f0b3a9d1c7e24b6f9a5e3d8c1b70e211";

    public const string JobFailed = "f0b3a9d1c7e24b6f9a5e3d8c1b70e212";

    /// <summary>A job goes back into the queue.</summary>
    public const string JobRequeued = "f0b3a9d1c7e24b6f9a5e3d8c1b70e213";

    /// <summary>A job that was taken in, or that a worker was given.</summary>
    public const string JobMoved = "f0b3a9d1c7e24b6f9a5e3d8c1b70e214";

    public const string WorkerKilled = "f0b3a9d1c7e24b6f9a5e3d8c1b70e221";

    public const string WorkerGone = "f0b3a9d1c7e24b6f9a5e3d8c1b70e222";

    public const string Quarantined = "f0b3a9d1c7e24b6f9a5e3d8c1b70e231";

    public const string Released = "f0b3a9d1c7e24b6f9a5e3d8c1b70e232";

    /// <summary>An operator's act.</summary>
    public const string Audit = "f0b3a9d1c7e24b6f9a5e3d8c1b70e241";
}
