using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// Candidates where they lie, copies as one: the area of a marker is the number of its copies, and its colour and
    /// form say how many channels the task had told.
    /// </summary>
    /// <param name="states">The candidates [M, S].</param>
    /// <param name="bits">What the task had told each channel at their step, 0 for nothing [M, K].</param>
    /// <param name="title">Title; how many places there are is added to it.</param>
    public static GenericChart Copies(double[,] states, double[,] bits, string title)
    {
        Demand.Given(states);
        Demand.Shape(bits, [states.GetLength(0), -1]);
        var pca = Pca.Fit(states);
        var copies = Enumerable.Range(0, states.GetLength(0))
            .GroupBy(i => Enumerable.Range(0, bits.GetLength(1)).Count(k => bits[i, k] != 0))
            .OrderBy(group => group.Key)
            .Select(group => (Told: group.Key, Places: Merged.Copies(group.Select(states.Row)))).ToArray();
        int places = copies.Sum(group => group.Places.Count);
        var space = Space($"{title}: {states.GetLength(0)} at {places} places", pca, out var scene);
        foreach (var (told, group) in copies)
        {
            var (paint, symbol) = Nth(told);
            scene.Markers($"{Count(told, "bit")} set", pca.Project(group.States()).Split(), paint, symbol, 6)
                .Sized(group.Select(place => 5 * Math.Sqrt(place.Candidates))).Outlined(Paint.Ink, 0.5)
                .Hovers(group.Select(place => $"{Count(told, "bit")} set<br>"
                    + Count(place.Candidates, "copy", "copies")));
        }
        return space.Chart();
    }

    /// <summary>
    /// The mechanism by step: the share of states nearest to an axis, as trials visit them and after Algorithm 1,
    /// against the probability that at most one bit is set.
    /// </summary>
    /// <param name="networks">The name and curve of each network.</param>
    /// <param name="title">Title.</param>
    public static GenericChart AxesBySteps(
        IReadOnlyList<(string Name, IReadOnlyList<AxesByStep> Curve)> networks, string title)
    {
        var panels = new Panels(title, 440, columns: 2) { Legend = Legend.Below, ColumnGap = 0.05 };
        foreach (var (column, caption) in new[] { "as trials visit them", "after Algorithm 1" }.Index())
        {
            var panel = panels[0, column];
            panel.Caption(caption);
            if (networks.Count > 0 && networks[0].Curve is { Count: > 0 } first)
                panel.Line("at most one bit set, expected", first.Select(at => (double)at.Steps),
                    first.Select(at => at.Expected), Paint.Black, $"after {Hover.X} steps: {Hover.YAs(".0%")}", 2,
                    Dash.Dash);
            for (int i = 0; i < networks.Count; i++)
            {
                var (name, curve) = networks[i];
                var (paint, symbol) = Nth(i);
                Proportion At(AxesByStep at) => column == 0 ? at.Raw : at.Descended;
                // Networks beside each other, so that their intervals do not hide each other.
                double[] x = [.. curve.Select(at => at.Steps * (1 + 0.05 * (i - (networks.Count - 1) / 2.0)))];
                panel.Line("", [.. curve.SelectMany((at, k) => new double[]?[]
                    { [x[k], At(at).Low], [x[k], At(at).High], null })], paint, width: 1.2);
                panel.Line(name, x, curve.Select(at => At(at).Share), paint, Hover.Custom, 1).Marked(paint, symbol)
                    .Custom(curve.Select(at => $"{name}, {Count(at.Steps, "step")}: {At(at)} nearest to an axis"));
            }
            panel.X.Titled("steps of the trial").Logarithmic();
            panel.Y.Titled(column == 0 ? "states nearest to an axis" : null).Percent().From(0, 1.04)
                .NoTickLabels(column > 0);
        }
        return panels.Chart();
    }
}
