using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>Where the linear picture holds around one point of a plane.</summary>
/// <param name="Title">What the point is called.</param>
/// <param name="Region">The region.</param>
/// <param name="Radii">The radii along the modes.</param>
public sealed record RegionView(string Title, TaylorRegion Region, IReadOnlyList<TaylorRadii> Radii) : Described;

public static partial class Figures
{
    /// <summary>
    /// Where the linear picture holds around points of a plane, a panel per point: shaded where both of the report's
    /// inequalities hold (3.1), lines where the linear picture misses a tenth and half of the linear term, and the
    /// radii along the modes.
    /// </summary>
    /// <param name="regions">A panel each.</param>
    public static GenericChart TaylorRegions(IReadOnlyList<RegionView> regions)
    {
        var panels = new Panels("Where the linear picture holds", 530, columns: regions.Count)
        {
            ColumnGap = 0.09,
            Legend = Legend.Below,
            Left = 60
        };
        for (int column = 0; column < regions.Count; column++)
        {
            var (name, region, radii) = regions[column];
            var (panel, axis) = (panels[0, column], region.Axis);
            panel.Caption(name);
            panel.X.Titled("d₁").From(-axis[^1], axis[^1]).ZeroLine();
            panel.Y.Titled(column == 0 ? "d₂" : null).From(-axis[^1], axis[^1]).ZeroLine();
            // One array decides: the larger of the two shares.
            double[][] share =
                Rounded(axis.Length, (j, i) => Math.Log10(Math.Max(region.Constant[j, i], region.Quadratic[j, i])), 3);
            double[][] error = Rounded(axis.Length, (j, i) => region.Error[j, i], 3);
            panel.Shaded("both hold", axis, axis,
                [.. share.Select(row => row.Select(value => value < 0 ? 1 : double.NaN).ToArray())], Paint.PaleBlue);
            panel.Contour("edge of where both inequalities hold (shaded)", axis, axis, share, 0, Paint.Blue);
            panel.Contour("misses 10 %", axis, axis, error, 0.1, Paint.Vermillion, Dash.Dot);
            panel.Contour("misses 50 %", axis, axis, error, 0.5, Paint.Vermillion, Dash.Dash);
            foreach (var radius in radii.Where(radius => radius.Holds && radius.Mode.Eigenvalue.Imaginary == 0))
            {
                double lower = radius.Lower, upper = Math.Min(radius.Upper, 2 * axis[^1]);
                double[]?[] ends = [At(-upper), At(-lower), null, At(lower), At(upper)];
                panel.Line("radii along the modes", ends, Paint.Black, string.Create(CultureInfo.InvariantCulture,
                    $"λ = {radius.Mode.Eigenvalue.Real:0.00}, from {radius.Lower:0.000} to {radius.Upper:0.000}"))
                        .Marked(Paint.Black, size: 6);

                double[] At(double r) => [.. radius.Mode.Right.Select(value => r * value.Real)];
            }
        }
        return panels.Chart();
    }
}
