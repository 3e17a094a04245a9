using Neurodynamics.Dynamics;
using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>
/// How places move with the decisions of the first three channels, by least squares: place = centre + sum over the
/// channels of s d, with s = -1, 0 or +1 as a channel is read out.
/// </summary>
/// <param name="Directions">d of each channel, half the way from one sign to the other [3][D].</param>
/// <param name="Explained">Share of the places' variance that lies on the grid; NaN where they are all alike.</param>
public sealed record DecisionGrid(double[][] Directions, double Explained) : Described
{
    /// <summary>Angles between the directions in degrees: channels 1 and 2, 1 and 3, 2 and 3.</summary>
    public double[] Angles =>
    [
        Vectors.Angle(Directions[0], Directions[1]),
        Vectors.Angle(Directions[0], Directions[2]),
        Vectors.Angle(Directions[1], Directions[2]),
    ];

    /// <summary>Fits the grid to what a network reads out of its points.</summary>
    /// <param name="points">The points.</param>
    /// <param name="network">Their network.</param>
    /// <param name="places">Where the points are, in any coordinates [M, D]; default their states.</param>
    /// <returns>
    /// Null with fewer than three channels or four points, or where the decisions do not determine three directions.
    /// </returns>
    public static DecisionGrid? Fit(IReadOnlyList<Linearisation> points, Network network, double[,]? places = null)
    {
        Demand.Given((points, network));
        if (network.Channels < 3 || points.Count < 4) return null;
        double[,] states = points.Select(point => point.Point.State).ToMatrix(network.Cell.StateSize);
        return Fit([.. network.Decisions(states).Select(signs => signs[..3].Select(Sign).ToArray())], places ?? states);

        static double Sign(char sign) => sign switch { '+' => 1, '-' => -1, _ => 0 };
    }

    /// <summary>Fits the grid to given decisions.</summary>
    /// <param name="signs">-1, 0 or +1 of each channel [M][3].</param>
    /// <param name="places">[M, D].</param>
    /// <returns>Null where the decisions do not determine three directions.</returns>
    public static DecisionGrid? Fit(double[][] signs, double[,] places)
    {
        Demand.Given(signs);
        foreach (double[] row in signs) Demand.Shape(row, [3], nameof(signs));
        Demand.Shape(places, [signs.Length, -1]);
        int count = signs.Length, dimensions = places.GetLength(1);
        double[][] centred = [.. signs.Select(row => row.ToArray())];
        for (int k = 0; k < 3; k++)
        {
            double mean = signs.Average(row => row[k]);
            foreach (double[]? row in centred) row[k] -= mean;
        }
        double[][] normal =
            [.. Enumerable.Range(0, 3)
                .Select(j => Enumerable.Range(0, 3).Select(k => centred.Sum(row => row[j] * row[k])).ToArray())];
        double whole = Determinant(normal);
        if (!(Math.Abs(whole) > 1e-6)) return null;
        double[][] directions = [.. Enumerable.Range(0, 3).Select(_ => new double[dimensions])];
        double total = 0, rest = 0;
        for (int axis = 0; axis < dimensions; axis++)
        {
            double mean = Enumerable.Range(0, count).Average(i => places[i, axis]);
            double[] right =
                [.. Enumerable.Range(0, 3)
                    .Select(j => Enumerable.Range(0, count).Sum(i => centred[i][j] * places[i, axis]))];
            // Cramer's rule.
            for (int k = 0; k < 3; k++)
                directions[k][axis] = Determinant([.. normal.Select((row, j) => WithColumn(row, k, right[j]))]) / whole;
            for (int i = 0; i < count; i++)
            {
                double off = places[i, axis] - mean;
                double left = off - Enumerable.Range(0, 3).Sum(k => centred[i][k] * directions[k][axis]);
                total += off * off;
                rest += left * left;
            }
        }
        return new(directions, total > 0 ? 1 - rest / total : double.NaN);

        static double[] WithColumn(double[] row, int column, double value) =>
            [.. row.Select((old, k) => k == column ? value : old)];
    }

    /// <summary>
    /// Unit vectors along the directions of places with three coordinates; none where they nearly lie in one plane.
    /// </summary>
    public double[][] Frame()
    {
        if (Directions[0].Length != 3) return [];
        double[][] units =
            [.. Directions.Select(direction => direction.Select(value => value / direction.Norm()).ToArray())];
        return Math.Abs(Determinant(units)) > 0.1 ? units : [];
    }

    private static double Determinant(double[][] m) =>
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}
