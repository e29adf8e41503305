namespace Decryptor.Supervisor.Intake;

/// <summary>
/// Uploads that stay in <c>incoming/</c> until there is room for them, as far as is known: there may be more.
/// </summary>
/// <param name="Files">Of all tenants.</param>
/// <param name="Tenants">How many tenants have some.</param>
/// <param name="Most">The tenants with the most of them, that with most first.</param>
sealed record HeldBack(int Files, int Tenants, IReadOnlyList<(string Tenant, int Files)> Most)
{
    const int NamedMax = 100;

    /// <summary>None.</summary>
    public static HeldBack None { get; } = new(0, 0, []);

    /// <summary>The same tenants by name.</summary>
    public IReadOnlyDictionary<string, long> ByTenant =>
        Most.ToDictionary(tenant => tenant.Tenant, tenant => (long)tenant.Files);

    internal static HeldBack Of(IReadOnlyCollection<TenantUploads> behind) => behind.Count == 0 ? None : new(
        behind.Sum(uploads => uploads.HeldBack), behind.Count,
        [.. behind.Select(uploads => (uploads.Tenant, uploads.HeldBack))
            .OrderByDescending(uploads => uploads.HeldBack).Take(NamedMax)]);
}
