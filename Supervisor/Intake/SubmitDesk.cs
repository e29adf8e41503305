using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// Takes in files that were put into <c>incoming/</c> under a name that the watcher leaves alone, and tells which job
/// each became. What it refuses stays where it is.
/// </summary>
/// <param name="incoming">The spool's <c>incoming/</c>.</param>
/// <param name="desk">Brings them before the scheduler.</param>
/// <param name="room">How many uploads may be taken in.</param>
sealed class SubmitDesk(Folder incoming, ControlDesk desk, IntakeRoom room)
{
    /// <summary>How the names of whole files begin that wait to be taken in.</summary>
    public const string Prefix = ".submitted-";

    /// <summary>What became of it; null when no answer came in time.</summary>
    public ControlReply? Take(ControlRequest request, TimeSpan patience)
    {
        var (file, tenant) = (request.File!, request.Tenant ?? "");
        if (!file.StartsWith(Prefix, StringComparison.Ordinal) || file.Contains('/', StringComparison.Ordinal))
            return ControlReply.No("usage", $"a file to be taken in is called {Prefix}…");
        if (tenant.StartsWith('.') || tenant.Contains('/', StringComparison.Ordinal))
            return ControlReply.No("usage", "that is no tenant's name");
        if (Length(tenant, file) is not { } bytes)
            return ControlReply.No("unknown", $"there is no file {file} in incoming/", "put it there first");
        if (room.Of(tenant, 0, 0) <= 0)
            return ControlReply.No("busy", "as many uploads wait as may wait", "try again, or leave it in incoming/");
        var place = IntakeDesk.PlaceOf(tenant, file);
        return Worded(desk.Submit(new(place, request.Source!, tenant, bytes, Outside: false), patience));
    }

    static ControlReply? Worded(Order.Reply? reply) => reply switch
    {
        { Result: ActResult.Done } => new() { Done = true, Text = reply.Text, Job = reply.Job },
        { Text: var text } => ControlReply.No("refused", text),
        null => null,
    };

    long? Length(string tenant, string file)
    {
        using var opened = tenant.Length == 0 ? null : incoming.TryOpen(tenant);
        var folder = tenant.Length == 0 ? incoming : opened;
        return folder?.Look(file) is { Kind: EntryKind.File } entry ? entry.Bytes : null;
    }
}
