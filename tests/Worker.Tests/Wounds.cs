namespace Decryptor.Worker.Tests;

/// <summary>What happens to files on their way: bits flip, stretches go, come, move or are overwritten.</summary>
static class Wounds
{
    /// <summary>The file with one to five wounds; the same state of the random numbers makes the same ones.</summary>
    internal static byte[] In(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (var wounds = random.Next(1, 6); wounds > 0 && bytes.Count > 0; wounds--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, random.Next(2, 400)), bytes.Count - at);
            var noise = new byte[length];
            random.NextBytes(noise);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, noise); break;
                case 3: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: for (var i = 0; i < length; i++) bytes[at + i] = 0; break;
                default: for (var i = 0; i < length; i++) bytes[at + i] = noise[i]; break;
            }
        }

        return [.. bytes];
    }
}
