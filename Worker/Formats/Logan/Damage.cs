using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>Why a block gave no text, or not all of it.</summary>
sealed record Damage(FailureCode Code, string Why)
{
    /// <summary>One wording for bad padding, bad gzip and a bad checksum: nobody learns here which it was.</summary>
    internal const string Unsound = "does not pass its checks";

    internal static Damage Wrong(string why) => new(FailureCode.Damaged, why);
}
