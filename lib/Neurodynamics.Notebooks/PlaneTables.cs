using System.Globalization;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;

namespace Neurodynamics.Notebooks;

/// <summary>Tables and counts for networks with two state variables.</summary>
public static class PlaneTables
{
    /// <summary>A row per fixed point: place, kind, unstable and marginal modes, both eigenvalues, speed q.</summary>
    /// <param name="points">The points, each with two state variables.</param>
    public static DataFrame Points(IReadOnlyList<Linearisation> points) => new(
        new PrimitiveDataFrameColumn<double>("x1", points.Select(point => point.Point.State[0])),
        new PrimitiveDataFrameColumn<double>("x2", points.Select(point => point.Point.State[1])),
        new StringDataFrameColumn("kind", points.Select(point => point.Kind)),
        new PrimitiveDataFrameColumn<int>("unstable modes", points.Select(point => point.UnstableModes)),
        new PrimitiveDataFrameColumn<int>("marginal modes", points.Select(point => point.MarginalModes)),
        new StringDataFrameColumn("eigenvalues", points.Select(point => string.Join(", ", point.Eigenvalues.Select(Words)))),
        new PrimitiveDataFrameColumn<double>("speed q", points.Select(point => point.Point.Speed)));

    /// <summary>A row per point and mode: its eigenvalue, and from which to which distance both of the report's inequalities hold along it (3.1).</summary>
    /// <param name="points">Per point a name and its radii.</param>
    public static DataFrame Radii(IReadOnlyList<(string Name, IReadOnlyList<TaylorRadii> Radii)> points)
    {
        var rows = points.SelectMany(point => point.Radii.Select(radius => (point.Name, Radius: radius))).ToArray();
        return new(
            new StringDataFrameColumn("point", rows.Select(row => row.Name)),
            new StringDataFrameColumn("eigenvalue", rows.Select(row => Words(row.Radius.Mode.Eigenvalue))),
            new PrimitiveDataFrameColumn<double>("from", rows.Select(row => row.Radius.Lower)),
            new PrimitiveDataFrameColumn<double>("to", rows.Select(row => row.Radius.Upper)),
            new StringDataFrameColumn("holds somewhere", rows.Select(row => row.Radius.Holds ? "yes" : "no")));
    }

    /// <summary>At how many different places along a direction trajectories are.</summary>
    /// <param name="trajectories">[B, T, 2].</param>
    /// <param name="direction">2 values; its length does not matter.</param>
    /// <param name="step">When, from 0; default at the end.</param>
    /// <param name="width">Places that round to the same multiple of this are one; default 0.1.</param>
    public static int Places(double[,,] trajectories, double[] direction, int? step = null, double width = 0.1)
    {
        var along = Along(trajectories, direction);
        int at = step ?? trajectories.GetLength(1) - 1;
        return Enumerable.Range(0, along.GetLength(0)).Select(run => (long)Math.Round(along[run, at] / width)).Distinct().Count();
    }

    /// <summary>Coordinates of trajectories along a direction [B, T].</summary>
    internal static double[,] Along(double[,,] trajectories, double[] direction)
    {
        double length = Math.Sqrt(direction[0] * direction[0] + direction[1] * direction[1]);
        var along = new double[trajectories.GetLength(0), trajectories.GetLength(1)];
        for (int run = 0; run < along.GetLength(0); run++)
            for (int step = 0; step < along.GetLength(1); step++) along[run, step] = (trajectories[run, step, 0] * direction[0] + trajectories[run, step, 1] * direction[1]) / length;
        return along;
    }

    private static string Words(System.Numerics.Complex value) => value.Imaginary == 0
        ? value.Real.ToString("0.000", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{value.Real:0.000} {(value.Imaginary < 0 ? "-" : "+")} {Math.Abs(value.Imaginary):0.000}i");
}
