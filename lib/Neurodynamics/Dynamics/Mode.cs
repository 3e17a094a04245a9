using System.Globalization;
using System.Numerics;

namespace Neurodynamics.Dynamics;

/// <summary>
/// One direction of the linear dynamics around a fixed point, along which it does no more than grow, shrink and turn.
/// </summary>
/// <param name="Eigenvalue">lambda.</param>
/// <param name="Right">
/// The direction, J v = lambda v: S values, |v| = 1. Phase: the first component of largest modulus is real and
/// positive.
/// </param>
/// <param name="Left">
/// What excites the mode, w J = lambda w: S values, w v = 1, both without conjugation. NaN where the eigenvectors do
/// not determine it (<see cref="Linearisation.EigenvectorCondition"/>).
/// </param>
public sealed record Mode(Complex Eigenvalue, Complex[] Right, Complex[] Left)
{
    /// <summary>Whether the mode grows, |lambda| > 1.</summary>
    public bool IsUnstable => Eigenvalue.Magnitude > 1;

    /// <summary>
    /// Steps in which the mode shrinks by a factor e, -1 / ln |lambda|; negative where it grows by it, infinite where
    /// it does neither.
    /// </summary>
    public double TimeConstant =>
        Eigenvalue.Magnitude == 1 ? double.PositiveInfinity : -1 / Math.Log(Eigenvalue.Magnitude);

    /// <summary>
    /// Turns per step, |arg lambda| / 2 pi: 0 where nothing turns, 1/2 where the mode changes sign at every step.
    /// </summary>
    public double Frequency => Math.Abs(Eigenvalue.Phase) / (2 * Math.PI);

    /// <summary>
    /// How far the eigenvalue moves with a small change of J, per size of the change: |w|, at least 1.
    /// </summary>
    public double Condition =>
        Math.Sqrt(Left.Sum(value => value.Real * value.Real + value.Imaginary * value.Imaginary));

    /// <summary>Its eigenvalue, whether it grows, and how fast, in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(IsUnstable ? "Unstable" : "Stable")} mode of {Right.Length} state variables: lambda ")
        + $"{InWords.Part(Eigenvalue, 40)}, time constant {InWords.Part(TimeConstant, 40)} steps";

    /// <summary>
    /// Orthonormal real vectors that span the real and imaginary part of a complex one: one for a real mode, two for a
    /// pair's plane, none for zero.
    /// </summary>
    internal static IReadOnlyList<double[]> Plane(ReadOnlySpan<Complex> vector)
    {
        var (real, imaginary) = (new double[vector.Length], new double[vector.Length]);
        for (int i = 0; i < vector.Length; i++) (real[i], imaginary[i]) = (vector[i].Real, vector[i].Imaginary);
        double size = Math.Sqrt(Dot(real, real) + Dot(imaginary, imaginary));
        var axes = new List<double[]>();
        foreach (double[]? part in new[] { real, imaginary })
        {
            // Twice is enough to be orthogonal to rounding, even where the two parts are nearly parallel.
            for (int pass = 0; pass < 2; pass++)
                foreach (double[] axis in axes)
                {
                    double along = Dot(part, axis);
                    for (int i = 0; i < part.Length; i++) part[i] -= along * axis[i];
                }
            double rest = Math.Sqrt(Dot(part, part));
            // Not "greater": what is not a number spans a plane that is none.
            if (!(rest <= 1e-12 * size)) axes.Add([.. part.Select(value => value / rest)]);
        }
        return axes;
    }

    /// <summary>Cosine of the angle between a direction and a mode's line or plane; 0 where either is zero.</summary>
    internal static double Cosine(ReadOnlySpan<Complex> vector, double[] direction)
    {
        double size = Math.Sqrt(Dot(direction, direction));
        if (size == 0) return 0;
        return Math.Sqrt(Plane(vector).Sum(axis => Math.Pow(Dot(axis, direction) / size, 2)));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
