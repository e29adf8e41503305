using System.Globalization;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// A figure looked at again and again, and how fast it grows: the least-squares slope over the second half, when
/// everything that is made once has been made.
/// </summary>
sealed class Slope(string name, double scale)
{
    readonly List<(double Seconds, double Value)> _looks = [];

    public double Last => _looks.Count > 0 ? _looks[^1].Value : 0;

    /// <summary>Growth in an hour, in the figure's own unit.</summary>
    public double PerHour
    {
        get
        {
            var half = _looks.Skip(_looks.Count / 2).ToList();
            var (x, y) = (half.Average(look => look.Seconds), half.Average(look => look.Value));
            var spread = half.Sum(look => (look.Seconds - x) * (look.Seconds - x));
            return spread == 0 ? 0 : 3600 * half.Sum(look => (look.Seconds - x) * (look.Value - y)) / spread;
        }
    }

    public void Look(double seconds, double value) => _looks.Add((seconds, value / scale));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{name}: {_looks[0].Value:0.0} at first, {Last:0.0} at last, {PerHour:+0.00;-0.00} an hour");
}
