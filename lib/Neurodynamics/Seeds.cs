using System.Text;

namespace Neurodynamics;

/// <summary>Independent streams of random numbers from one seed, the same on every machine.</summary>
public static class Seeds
{
    /// <summary>A seed for one purpose, and one of its repetitions, derived from the seed of the whole.</summary>
    /// <param name="seed">The seed that a user chose.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="index">Which repetition, such as the number of an update.</param>
    public static long Derive(long seed, string purpose, long index = 0)
    {
        ulong mixed = Mix((ulong)seed);
        foreach (byte letter in Encoding.UTF8.GetBytes(purpose)) mixed = Mix(mixed ^ letter);
        return (long)(Mix(mixed ^ (ulong)index) >> 1);
    }

    /// <summary>Random numbers for one purpose.</summary>
    internal static Random Random(long seed, string purpose) => new((int)(Derive(seed, purpose) & int.MaxValue));

    /// <summary>A standard normal value (Box and Muller 1958).</summary>
    internal static double Normal(this System.Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>
    /// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), which spreads neighbouring seeds apart.
    /// </summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
