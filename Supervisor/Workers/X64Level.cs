using System.Runtime.Intrinsics.X86;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// What this processor can do, asked of the processor itself: under NativeAOT the <c>IsSupported</c> of what is beyond
/// the build's own baseline is a constant, and says no on every machine.
/// </summary>
/// <remarks>
/// Sources: Intel SDM volume 2A, CPUID; x86-64 psABI, section 3.1.1 (the levels of the architecture).
/// </remarks>
static class X64Level
{
    // Leaf 1, ECX: FMA, MOVBE, OSXSAVE, AVX, F16C.
    const int Leaf1 = 1 << 12 | 1 << 22 | 1 << 27 | 1 << 28 | 1 << 29;

    // Leaf 7, EBX: BMI1, AVX2, BMI2.
    const int Leaf7 = 1 << 3 | 1 << 5 | 1 << 8;

    // Leaf 0x80000001, ECX: LZCNT.
    const int Extended = 1 << 5;

    const int StateLeaf = 0xD;
    const int ExtendedLeaf = unchecked((int)0x80000001);

    // The state that is saved on a switch of threads: 512 bytes of SSE's, 64 of a header, 256 of AVX's.
    const int StateWithAvx = 512 + 64 + 256;

    /// <summary>
    /// Whether programs built for x86-64-v3 run here: the processor has all of it, and the kernel saves AVX's state.
    /// </summary>
    internal static bool RunsV3 => X86Base.IsSupported && Last(0) >= StateLeaf && Last(ExtendedLeaf) >= ExtendedLeaf
        && Has(X86Base.CpuId(1, 0).Ecx, Leaf1)
        && Has(X86Base.CpuId(7, 0).Ebx, Leaf7)
        && Has(X86Base.CpuId(ExtendedLeaf, 0).Ecx, Extended)
        && X86Base.CpuId(StateLeaf, 0).Ebx >= StateWithAvx;

    static int Last(int leaf) => X86Base.CpuId(leaf, 0).Eax;

    static bool Has(int register, int bits) => (register & bits) == bits;
}
