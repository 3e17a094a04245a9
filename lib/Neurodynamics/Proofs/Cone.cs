using System.Numerics;
using Neurodynamics.Enclosures;

namespace Neurodynamics.Proofs;

/// <summary>A linear function of homogeneous coordinates (k w, w), exact to a positive factor.</summary>
/// <param name="Exact">R + 1 whole numbers.</param>
/// <param name="Near">The same over a positive number.</param>
internal sealed record Plane(BigInteger[] Exact, Enclosure[] Near)
{
    public Plane(BigInteger[] exact) : this(exact, WholeNumbers.Scaled(exact)) { }

    /// <summary>The value at a vector, over a positive number.</summary>
    public Enclosure At(Enclosure[] vector)
    {
        Enclosure sum = 0;
        for (int i = 0; i < vector.Length; i++) sum += Near[i] * vector[i];
        return sum;
    }

    /// <summary>The exact sign at a corner; whole numbers decide where enclosures cannot.</summary>
    public int SignAt(Corner corner)
    {
        var value = At(corner.Near);
        return value.Low > 0 ? 1 : value.High < 0 ? -1 : WholeNumbers.Dot(Exact, corner.Exact).Sign;
    }
}

/// <summary>
/// A point of R-dimensional space, or a direction in it, in homogeneous coordinates (k w, w): w is positive of a point
/// and 0 of a direction. Exact; enclosed until somebody needs the whole numbers.
/// </summary>
internal sealed class Corner
{
    private readonly (Corner Above, Corner Below, Plane Plane)? origin;
    private BigInteger[]? exact;

    public Corner(BigInteger[] exact) => (this.exact, Near) = (exact, WholeNumbers.Scaled(exact));

    private Corner((Corner, Corner, Plane) origin, Enclosure[] near) => (this.origin, Near) = (origin, near);

    /// <summary>R + 1 values, over a positive number.</summary>
    public Enclosure[] Near { get; }

    /// <summary>R + 1 whole numbers without a common factor.</summary>
    public BigInteger[] Exact => exact ??= Combined(origin!.Value.Above, origin.Value.Below, origin.Value.Plane);

    /// <summary>Whether it is a direction.</summary>
    public bool IsFar => !(Near[^1].Low > 0) && Exact[^1].IsZero;

    /// <summary>Where a plane cuts the line between a corner above it and one below.</summary>
    public static Corner Between(Corner above, Corner below, Plane plane)
    {
        var (up, down) = (plane.At(above.Near), -plane.At(below.Near));
        if (!(up.Low > 0 && down.Low > 0)) return new(Combined(above, below, plane));
        var near = new Enclosure[above.Near.Length];
        double most = 0;
        for (int i = 0; i < near.Length; i++)
        {
            near[i] = up * below.Near[i] + down * above.Near[i];
            most = Math.Max(most, near[i].Modulus);
        }
        // A power of two, so that products of products stay within what float64 holds.
        if (!(most is > 1e-200 and < 1e200)) return new(Combined(above, below, plane));
        double scale = Math.ScaleB(1, -Math.ILogB(most));
        for (int i = 0; i < near.Length; i++) near[i] *= scale;
        return new((above, below, plane), near);
    }

    private static BigInteger[] Combined(Corner above, Corner below, Plane plane)
    {
        var (up, down) = (WholeNumbers.Dot(plane.Exact, above.Exact), -WholeNumbers.Dot(plane.Exact, below.Exact));
        return WholeNumbers.Reduced([.. below.Exact.Zip(above.Exact, (low, high) => up * low + down * high)]);
    }
}

/// <summary>A ray of a cone: a corner, or a direction, of the polyhedron that the cone is in homogeneous coordinates.
/// </summary>
/// <param name="At">Where.</param>
/// <param name="On">Which of the planes that bound the cone it lies on, in rising order.</param>
internal readonly record struct Ray(Corner At, int[] On);

/// <summary>
/// Cones by their extreme rays, cut by planes exactly: the double description method (Motzkin et al. 1953; Fukuda and
/// Prodon 1996). A polyhedron of k is one, in homogeneous coordinates; its unbounded directions are rays like any.
/// </summary>
internal static class Cone
{
    /// <summary>The part above a plane, that below, and their common border.</summary>
    /// <param name="rays">The cone.</param>
    /// <param name="signs">On which side of the plane each ray is.</param>
    /// <param name="plane">The plane.</param>
    /// <param name="name">Its number among those that bound cones.</param>
    /// <param name="leastCommon">Two rays that span a face lie on at least so many common planes.</param>
    public static (Ray[] Above, Ray[] Below, Ray[] Border) Cut(
        Ray[] rays, int[] signs, Plane plane, int name, int leastCommon)
    {
        List<Ray> above = [], below = [], border = [];
        for (int i = 0; i < rays.Length; i++)
            (signs[i] > 0 ? above : signs[i] < 0 ? below : border).Add(
                signs[i] == 0 ? new(rays[i].At, With(rays[i].On, name)) : rays[i]);
        foreach (var up in above)
            foreach (var down in below)
                if (Common(up.On, down.On) is var common && common.Length >= leastCommon
                    && IsFace(rays, up, down, common))
                    border.Add(new(Corner.Between(up.At, down.At, plane), With(common, name)));
        return ([.. above, .. border], [.. below, .. border], [.. border]);
    }

    /// <summary>Two rays span a face if no third one lies on all planes that both lie on.</summary>
    private static bool IsFace(Ray[] rays, Ray one, Ray other, int[] common)
    {
        foreach (var ray in rays)
            if (ray.At != one.At && ray.At != other.At && Common(common, ray.On).Length == common.Length) return false;
        return true;
    }

    private static int[] With(int[] on, int name)
    {
        int at = ~Array.BinarySearch(on, name);
        return [.. on.AsSpan(0, at), name, .. on.AsSpan(at)];
    }

    private static int[] Common(int[] a, int[] b)
    {
        Span<int> common = stackalloc int[Math.Min(a.Length, b.Length)];
        int count = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
            if (a[i] == b[j]) (common[count++], i, j) = (a[i], i + 1, j + 1);
            else if (a[i] < b[j]) i++;
            else j++;
        return [.. common[..count]];
    }
}
