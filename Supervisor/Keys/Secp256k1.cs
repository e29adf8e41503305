using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// Key agreement by the system's libsecp256k1, where it is installed: 0.05 ms in place of more than 1 ms, for the
/// runtime's library has only general arithmetic for this curve. Its time does not depend on the private key.
/// </summary>
static unsafe class Secp256k1
{
    /// <summary>Bytes of a private key.</summary>
    internal const int ScalarLength = 32;

    /// <summary>Bytes of a public key: X, then Y.</summary>
    internal const int PointLength = 64;

    // Of all of these the few functions below are the same, from release 0.1 on.
    static readonly int[] Versions = [6, 5, 4, 3, 2, 1, 0];

    const uint NoContextFlags = 1;
    const byte Uncompressed = 4;

    static readonly delegate* unmanaged[Cdecl]<void*, byte*, byte*, nuint, int> Parse;
    static readonly delegate* unmanaged[Cdecl]<
        void*, byte*, byte*, byte*, delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int>, void*, int> Agree;
    static readonly void* Context;

    [SuppressMessage("Performance", "CA1810", Justification = "the functions are found together or not at all")]
    static Secp256k1()
    {
        if (!TryLoad(out var library)) return;
        if (!NativeLibrary.TryGetExport(library, "secp256k1_context_create", out var create)
            || !NativeLibrary.TryGetExport(library, "secp256k1_ec_pubkey_parse", out var parse)
            || !NativeLibrary.TryGetExport(library, "secp256k1_ecdh", out var agree)) return;
        Parse = (delegate* unmanaged[Cdecl]<void*, byte*, byte*, nuint, int>)parse;
        Agree = (delegate* unmanaged[Cdecl]<
            void*, byte*, byte*, byte*, delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int>, void*, int>)agree;
        Context = ((delegate* unmanaged[Cdecl]<uint, void*>)create)(NoContextFlags);
    }

    /// <summary>Whether the library is installed, and has key agreement.</summary>
    internal static bool IsThere => Context is not null;

    /// <summary>
    /// Writes the X of the point on which both agree, 32 bytes; false where <paramref name="point"/>, 64 bytes, is no
    /// point of the curve.
    /// </summary>
    internal static bool TryAgree(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point, Span<byte> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scalar.Length, ScalarLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, ScalarLength);
        if (point.Length != PointLength) return false;
        byte* written = stackalloc byte[1 + PointLength], parsed = stackalloc byte[PointLength];
        written[0] = Uncompressed;
        point.CopyTo(new(written + 1, PointLength));
        fixed (byte* own = scalar, output = x)
            return Parse(Context, parsed, written, 1 + PointLength) == 1
                && Agree(Context, output, parsed, own, &GiveX, null) == 1;
    }

    static bool TryLoad(out nint library)
    {
        foreach (var version in Versions)
            if (NativeLibrary.TryLoad($"libsecp256k1.so.{version}", out library)) return true;
        library = 0;
        return false;
    }

    // In place of the hash that the library would make of the point: xlog uses its X as it is.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int GiveX(byte* output, byte* x, byte* y, void* data)
    {
        Buffer.MemoryCopy(x, output, ScalarLength, ScalarLength);
        return 1;
    }
}
