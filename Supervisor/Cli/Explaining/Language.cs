namespace Decryptor.Supervisor.Cli.Explaining;

/// <summary>The languages that there are pages in.</summary>
static class Language
{
    public const string English = "en", Chinese = "zh";

    public static readonly string[] All = [English, Chinese];

    /// <summary>The language of the environment: the first of LC_ALL, LC_MESSAGES and LANG that is set.</summary>
    public static string OfEnvironment() => Of(
        Environment.GetEnvironmentVariable("LC_ALL"),
        Environment.GetEnvironmentVariable("LC_MESSAGES"),
        Environment.GetEnvironmentVariable("LANG"));

    internal static string Of(params string?[] locales)
    {
        var locale = Array.Find(locales, each => !string.IsNullOrEmpty(each)) ?? "";
        return locale.StartsWith(Chinese, StringComparison.OrdinalIgnoreCase) ? Chinese : English;
    }
}
