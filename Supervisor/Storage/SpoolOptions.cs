namespace Decryptor.Supervisor.Storage;

/// <summary>What an operator may choose about a spool.</summary>
sealed record SpoolOptions
{
    /// <summary>
    /// The group, by name or number, that may put files into <c>incoming/</c> and read <c>completed/</c> and
    /// <c>failed/</c>; null for the owner alone. Worker output is readable for it as far as the worker's umask lets it.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Whether a completed job's input is kept as <c>completed/&lt;id&gt;/input</c>.</summary>
    public bool KeepInputs { get; init; }

    /// <summary>Whether moves must outlive a power cut. A private spool that dies with its command need not.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Called before each change on the disk, with its name. A test ends the world there.</summary>
    public Action<string>? BeforeChange { get; init; }
}
