using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;

namespace Neurodynamics.Notebooks;

/// <summary>
/// The workbook's figures. Each is a Plotly.NET chart: as the last value of a cell it is shown, and it can be restyled
/// first.
/// </summary>
public static partial class Figures
{
    /// <summary>Points with at least so many unstable modes look alike.</summary>
    private const int Unstable = 4;

    // plotly.js draws "x" and "cross" in three dimensions with letters that many machines have no font for.
    private static readonly (MarkShape Symbol, Paint Paint, double Size)[] ByUnstableModes =
    [
        (MarkShape.Circle, Paint.Blue, 10), (MarkShape.Diamond, Paint.Orange, 7), (MarkShape.Square, Paint.Purple, 7),
        (MarkShape.DiamondOpen, Paint.Vermillion, 9), (MarkShape.SquareOpen, Paint.Black, 9),
    ];

    // Of several things that a figure compares, in their order.
    private static readonly (Paint Paint, MarkShape Symbol)[] InOrder =
    [
        (Paint.Blue, MarkShape.Circle), (Paint.Vermillion, MarkShape.Diamond), (Paint.Green, MarkShape.Square),
        (Paint.Purple, MarkShape.TriangleUp), (Paint.Orange, MarkShape.Cross),
    ];

    private static (MarkShape Symbol, Paint Paint, double Size) Look(int unstable) =>
        ByUnstableModes[Math.Min(unstable, Unstable)];

    private static (Paint Paint, MarkShape Symbol) Nth(int i) => InOrder[i % InOrder.Length];

    /// <summary>How the line of one of several things is broken: colour alone would not tell them all apart.</summary>
    private static Dash NthDash(int i) => (Dash)(i % Enum.GetValues<Dash>().Length);

    /// <summary>A kind of point in a legend that serves several figures.</summary>
    private static string Kind(int unstable) => unstable == 0 ? "attractor"
        : unstable >= Unstable ? $"saddle, {Unstable} or more unstable" : $"saddle, {unstable} unstable";

    private static double[] Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(i => (double)i)];

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");

    /// <summary>
    /// What a component's axis is called, with its share of the variance; a single point has no variance to share.
    /// </summary>
    private static string Component(Pca pca, int i, string of = " of variance") =>
        i < pca.ExplainedVariance.Length && pca.ExplainedVariance[0] > 0
            ? string.Create(CultureInfo.InvariantCulture, $"PC{i + 1} ({100 * pca.ExplainedVariance[i]:0.#} %{of})")
            : $"PC{i + 1}";

    private static double[][] Places(IReadOnlyList<Linearisation> points, Pca pca) =>
        pca.Project(points.Select(point => point.Point.State).ToMatrix(pca.Mean.Length)).Split();

    private static void RequirePlane(Pca pca)
    {
        if (pca.ExplainedVariance.Length < 2)
            throw new ArgumentException(
                $"This figure is a plane, but there is {pca.ExplainedVariance.Length} principal component: fit at "
                + "least two.", nameof(pca));
    }
}
