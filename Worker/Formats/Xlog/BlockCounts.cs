using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>What a file's blocks came to: good ones, and bad ones by what was wrong with them.</summary>
sealed class BlockCounts
{
    internal long Good { get; set; }

    /// <summary>Whole ones that nobody wants; they are in no other count.</summary>
    internal long PassedOver { get; set; }

    internal long SealedGood { get; set; }

    internal long KeyedPlain { get; set; }

    internal long Bad { get; private set; }

    /// <summary>Bad blocks in which something is wrong, as against cut or not opened.</summary>
    internal long Damaged { get; private set; }

    internal long Truncated { get; private set; }

    internal long Unopened { get; private set; }

    /// <summary>Stretches that are no block.</summary>
    internal long Stretches { get; set; }

    /// <summary>Damage that cost no text.</summary>
    internal long Wounds { get; private set; }

    /// <summary>Whether the file is cut and nothing else is wrong with it.</summary>
    internal bool OnlyCut => Damaged + Stretches + _wrong == 0 && Truncated + _cuts > 0;

    internal bool AnyDamage => Damaged + Stretches + _wrong > 0;

    /// <summary>Why the first bad block is bad; null for none.</summary>
    internal string? First { get; private set; }

    /// <summary>The first damage that cost no text; null for none.</summary>
    internal string? FirstWound { get; private set; }

    internal long Total => Good + Bad;

    internal long Spoilt => Bad - Unopened;

    long _wrong;
    long _cuts;

    internal void Add(Damage damage)
    {
        Bad++;
        First ??= damage.Why;
        if (damage.Code == FailureCode.Truncated) Truncated++;
        else if (damage.Code == FailureCode.KeyMissing || damage.Code == FailureCode.KeyNoMatch) Unopened++;
        else if (damage.Code != FailureCode.LimitMemory) Damaged++;
    }

    internal void AddWound(Damage damage)
    {
        Wounds++;
        FirstWound ??= damage.Why;
        if (damage.Code == FailureCode.Truncated) _cuts++;
        else _wrong++;
    }
}
