using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>Why a block gave no text, or not all of it.</summary>
sealed record Damage(FailureCode Code, string Why)
{
    internal static Damage Wrong(string why) => new(FailureCode.Damaged, why);
}
