namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>What a system call has changed on the disk, or seen onto it, in the order of the calls' returns.</summary>
/// <param name="At">Its number.</param>
abstract record Change(int At);

/// <summary>Names that came and went in one call, each in its directory; atomic within each directory.</summary>
sealed record Naming(int At, IReadOnlyList<Edit> Edits) : Change(At);

/// <summary>Bytes written into a file.</summary>
sealed record Writing(int At, int File, long Offset, byte[] Bytes) : Change(At);

/// <summary>A file's new length.</summary>
sealed record Resizing(int At, int File, long Length) : Change(At);

/// <summary>A sync that has returned: what was changed in a file or directory before it began is on the disk.</summary>
sealed record Syncing(int At, int Begun, int Node) : Change(At);

/// <summary>What a name in a directory stands for from now on; null for nothing.</summary>
readonly record struct Edit(int Folder, string Name, int? Node);
