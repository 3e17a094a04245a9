namespace Neurodynamics;

/// <summary>
/// Lengths and angles of plain vectors. Sums run in the order of the values, so that a result is the same on every
/// machine.
/// </summary>
internal static class Vectors
{
    /// <summary>The inner product.</summary>
    public static double Dot(this ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The Euclidean length.</summary>
    public static double Norm(this ReadOnlySpan<double> a) => Math.Sqrt(a.Dot(a));

    /// <summary>The Euclidean distance between two places.</summary>
    public static double Distance(this ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException(
                $"A state of {a.Length} values has no distance from one of {b.Length}: are they of one network?");
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.Sqrt(sum);
    }

    /// <summary>The angle between two directions in degrees.</summary>
    public static double Angle(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        180 / Math.PI * Math.Acos(Math.Clamp(a.Dot(b) / Math.Sqrt(a.Dot(a) * b.Dot(b)), -1, 1));
}
