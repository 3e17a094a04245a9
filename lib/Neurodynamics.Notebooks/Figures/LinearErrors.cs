using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>How far the linear picture of a network's points reaches, and where its trials are.</summary>
/// <param name="Name">The network's name.</param>
/// <param name="Errors">Errors around its points, at the same distances each.</param>
/// <param name="Steps">Steps of its trials.</param>
/// <param name="Limit">
/// The error, as a share of the displacement, up to which the linear picture counts as good; default a tenth.
/// </param>
public sealed record LinearView(
    string Name, IReadOnlyList<LinearError> Errors, IReadOnlyList<StepForecast> Steps, double Limit = 0.1) : Described
{
    /// <summary>The distance at which the error comes to the limit (<see cref="LinearError.Reach"/>).</summary>
    public double Reach => LinearError.Reach(Errors, Limit);

    /// <summary>Share of the steps that start nearer to a point than the reach.</summary>
    public double Within
    {
        get
        {
            double reach = Reach;
            return Steps.Count == 0 ? double.NaN : Steps.Count(step => step.Distance <= reach) / (double)Steps.Count;
        }
    }
}

public static partial class Figures
{
    /// <summary>
    /// Above: how wrong the linear picture is at a distance from the points, as a share of the displacement, the median
    /// over directions and points: a line per network. The level line is the limit: where a curve crosses it, the reach
    /// ends. Below: at which distances the trials of each network really are.
    /// </summary>
    /// <param name="networks">Networks of one architecture, whose distances can be compared.</param>
    /// <param name="title">The figure's title.</param>
    public static GenericChart LinearErrors(IReadOnlyList<LinearView> networks, string title)
    {
        (Paint Paint, MarkShape Shape, Dash Dash)[] looks =
        [
            (Paint.Blue, MarkShape.Circle, Dash.Solid), (Paint.Vermillion, MarkShape.Square, Dash.Dash),
            (Paint.Green, MarkShape.Diamond, Dash.Dot), (Paint.Purple, MarkShape.Cross, Dash.Dash),
        ];
        var panels = new Panels(title, 600, [0.58, 0.36], sharesX: true) { RowGap = 0.06 };
        panels[0].X.Titled("distance from the nearest point").From(-4.1, 1.6).Powers(-4, 1);
        panels[0].Y.Titled("error / displacement").Logarithmic();
        panels[1].Y.Titled("share of steps").Percent().FromZero();
        foreach (double limit in networks.Select(network => network.Limit).Distinct())
            panels[0].Level(limit, string.Create(CultureInfo.InvariantCulture, $"{limit:0.#%}"));
        foreach (var (i, network) in networks.Index())
        {
            var (paint, shape, dash) = looks[i % looks.Length];
            var curve = LinearError.Medians(network.Errors);
            panels[0].Line(network.Name, curve.Select(at => Math.Log10(at.Distance)), curve.Select(at => at.Error),
                paint, $"{network.Name}<br>distance {Hover.Custom}<br>error {Hover.YAs(".2g")} of the displacement",
                dash: dash).Custom(curve.Select(at => Short(at.Distance))).Marked(paint, shape);
            var counts = network.Steps.Where(step => step.Distance > 0)
                .CountBy(step => (int)Math.Floor(Math.Log10(step.Distance) * 8)).ToDictionary();
            if (counts.Count == 0) continue;
            // With an empty bin on either side, so that the line comes from zero and goes back to it.
            int[] bins = [.. Enumerable.Range(counts.Keys.Min() - 1, counts.Keys.Max() - counts.Keys.Min() + 3)];
            panels[1].Line(network.Name, bins.Select(bin => (bin + 0.5) / 8),
                bins.Select(bin => counts.GetValueOrDefault(bin) / (double)network.Steps.Count), paint,
                $"{network.Name}<br>distance {Hover.Custom}: {Hover.YAs(".1%")} of the steps", dash: dash, steps: true)
                .Custom(bins.Select(bin => $"{Short(Eighth(bin))} to {Short(Eighth(bin + 1))}")).NotInLegend();
        }
        return panels.Chart(networks.SelectMany(network => network.Errors.Select(error => error.Line.Unchecked)));

        static double Eighth(int place) => Math.Pow(10, place / 8.0);

        static string Short(double distance) => distance.ToString("G2", CultureInfo.InvariantCulture);
    }
}
