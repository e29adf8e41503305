using System.Globalization;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Serilog;

namespace Decryptor.Supervisor;

/// <summary>
/// Exchanges settings and key ring while the service runs. Both are read, checked and built first; only then is
/// anything exchanged, so that a bad reload changes nothing. What only a start can change is told, and stays.
/// </summary>
/// <param name="engine">What goes by the settings.</param>
/// <param name="settings">Those in force.</param>
/// <param name="read">Reads others, the command line in them.</param>
/// <param name="log">Is told what came of it.</param>
sealed class Reloading(Engine engine, Settings settings, Func<Settings> read, ILogger log)
{
    static readonly (string Name, Func<Settings, object?> Of)[] ForTheStart =
    [
        ("spool", settings => settings.Spool),
        ("group", settings => settings.Group),
        ("worker", settings => settings.Worker),
        ("confinement", settings => settings.Confinement),
        ("keepInputs", settings => settings.KeepInputs),
    ];

    volatile Settings _settings = settings;
    volatile string? _refused;

    /// <summary>When the last reload was refused, and why; null after a good one. Any thread may ask.</summary>
    public string? Refused => _refused;

    /// <summary>Reads settings and ring anew, and lets them count if they are good.</summary>
    /// <returns>The settings now in force, and whether the ring is another; null where all stays as it was.</returns>
    public (Settings Settings, bool RingChanged)? Reload()
    {
        try
        {
            var fresh = read();
            return Exchange(fresh, KeyRing.Load(fresh.Keys));
        }
        catch (Exception e) when (e is UsageException or KeyRingException or IOException)
        {
            var at = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            _refused = $"at {at}: {e.Message}";
            log.Error("reload refused, all stays as it was: {Why:l}", e.Message);
            return null;
        }
    }

    (Settings Settings, bool RingChanged) Exchange(Settings fresh, KeyRing ring)
    {
        foreach (var warning in ring.Warnings) log.Warning("{Warning:l}", warning);
        foreach (var (name, of) in ForTheStart)
        {
            if (!Equals(of(fresh), of(_settings)))
                log.Warning("the setting {Setting:l} counts from the next start on; it stays as it was", name);
        }

        var policy = fresh.Policy();
        engine.Orders.Obey(policy);
        var ringChanged = !ring.Equals(engine.Desk.Ring);
        engine.Desk.Ring = ring;
        (_settings, _refused) = (fresh, null);
        log.Information(
            "reloaded: {Workers} workers, {Keys} keys{Changed:l}",
            policy.Workers, ring.Views.Count, ringChanged ? ", changed" : "");
        return (fresh, ringChanged);
    }
}
