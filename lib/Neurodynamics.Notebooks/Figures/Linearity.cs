using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>Where the linear picture holds around one point of a plane.</summary>
/// <param name="Title">What the point is called.</param>
/// <param name="Region">The region.</param>
/// <param name="Radii">The radii along the modes.</param>
public sealed record RegionView(string Title, TaylorRegion Region, IReadOnlyList<TaylorRadii> Radii);

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

    /// <summary>
    /// Above: how wrong the linear picture is at a distance from the points, as a share of the displacement, the median
    /// over directions and points of each kind; vertical lines show how far the Taylor inequalities let it reach, the
    /// median over the points. Below: at which distances trials really are.
    /// </summary>
    /// <param name="errors">Errors at the same distances around each point.</param>
    /// <param name="reaches">How far the Taylor inequalities let the linear picture of a point reach.</param>
    /// <param name="forecasts">Steps of trials, for the distances below.</param>
    /// <param name="title">The figure's title.</param>
    public static GenericChart LinearErrors(
        IReadOnlyList<LinearError> errors, IReadOnlyDictionary<Linearisation, double> reaches,
            IReadOnlyList<StepForecast> forecasts, string title)
    {
        var panels = new Panels(title, 600, [0.58, 0.33], sharesX: true) { RowGap = 0.09, BarGap = 0.05 };
        panels[0].X.Titled("distance from the point").From(-4.7, 1.6).Powers(-4, 2);
        panels[0].Y.Titled("error / displacement").Logarithmic();
        panels[1].Y.Titled("share of steps").Percent();
        foreach (var kind in errors.GroupBy(error => error.Line.UnstableModes).OrderBy(group => group.Key))
        {
            var (symbol, paint, _) = Look(kind.Key);
            Linearisation[] lines = [.. kind.Select(error => error.Line).Distinct()];
            var curve = kind.GroupBy(error => error.Distance).OrderBy(group => group.Key).ToArray();
            panels[0].Line(
                Name(kind.Key, lines[0].Kind, "", lines.Length), curve.Select(group => Math.Log10(group.Key)),
                curve.Select(group => group.SelectMany(error => error.Errors).Median()), paint,
                $"distance {Hover.Custom}<br>error {Hover.YAs(".2g")} of the displacement")
                .Custom(curve.Select(group => group.Key.ToString("G2", CultureInfo.InvariantCulture)))
                    .Marked(paint, symbol);
            double reach = Math.Log10(lines.Select(line => reaches[line]).Median());
            if (!double.IsFinite(reach)) continue;
            foreach (var panel in panels.All) panel.Upright(reach, paint: paint, dash: Dash.Dot);
        }
        var bins = forecasts.Where(step => step.Distance > 0)
            .CountBy(step => (int)Math.Floor(Math.Log10(step.Distance) * 8)).OrderBy(pair => pair.Key).ToArray();
        panels[1].Bars("", bins.Select(pair => (pair.Key + 0.5) / 8),
            bins.Select(pair => pair.Value / (double)forecasts.Count), Paint.SkyBlue,
            $"distance from the nearest point {Hover.Custom}: {Hover.YAs(".1%")} of the steps")
            .Custom(bins.Select(pair => $"{Eighth(pair.Key)} to {Eighth(pair.Key + 1)}"));
        return panels.Chart(errors.Select(error => error.Line.Unchecked));

        static string Eighth(int place) => Math.Pow(10, place / 8.0).ToString("G2", CultureInfo.InvariantCulture);
    }
}
