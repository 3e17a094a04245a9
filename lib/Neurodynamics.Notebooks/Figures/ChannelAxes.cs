using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Sweeps;
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
            scene.Markers($"{Number.Of(told, "bit")} set", pca.Project(group.States()).Split(), paint, symbol, 6)
                .Sized(group.Select(place => 8 * Math.Sqrt(place.Candidates))).Outlined(Paint.Ink, 0.5)
                .Hovers(group.Select(place => $"{Number.Of(told, "bit")} set<br>"
                    + Number.Of(place.Candidates, "copy", "copies")));
        }
        return space.Chart();
    }

    /// <summary>
    /// The mechanism by step: the share of states nearest to an axis, as trials visit them, at the first stop that
    /// Algorithm 1 passed and at its end, against the probability that at most one bit is set.
    /// </summary>
    /// <param name="networks">The name and curve of each network.</param>
    /// <param name="title">Title.</param>
    public static GenericChart AxesBySteps(
        IReadOnlyList<(string Name, IReadOnlyList<AxesByStep> Curve)> networks, string title)
    {
        // What is shown of a row, panel by panel.
        List<(string Caption, Func<AxesByStep, Proportion> Share)> shown = [("as trials visit them", at => at.Raw)];
        var ends = networks.SelectMany(network => network.Curve).Select(at => at.Descended).FirstOrDefault() ?? [];
        if (ends.Count > 1) shown.Add(($"Algorithm 1 at {Wording.Of(ends[0].Stop!.Value, "0.######")}",
            at => at.Descended[0].Near));
        if (ends.Count > 0) shown.Add(("at its end", at => at.Descended[^1].Near));
        var panels = new Panels(title, 440, columns: shown.Count) { Legend = Legend.Below, ColumnGap = 0.05 };
        foreach (var (column, (caption, share)) in shown.Index())
        {
            var panel = panels[0, column];
            panel.Caption(caption);
            if (networks.Count > 0 && BySteps(networks[0].Curve) is { Length: > 0 } first)
                panel.Line("at most one bit set, expected", first.Select(at => (double)at.Steps),
                    first.Select(at => at.At.Expected), Paint.Black, $"after {Hover.X} steps: {Hover.YAs(".0%")}", 2,
                    Dash.Dash);
            for (int i = 0; i < networks.Count; i++)
            {
                var (name, curve) = (networks[i].Name, BySteps(networks[i].Curve));
                var (paint, symbol) = Nth(i);
                Proportion[] shares = [.. curve.Select(at => share(at.At))];
                // Networks beside each other, so that their intervals do not hide each other.
                double[] x = [.. curve.Select(at => at.Steps * (1 + 0.05 * (i - (networks.Count - 1) / 2.0)))];
                panel.Line("", [.. shares.SelectMany((one, k) => new double[]?[]
                    { [x[k], one.Low], [x[k], one.High], null })], paint, width: 1.2);
                panel.Line(name, x, shares.Select(one => one.Share), paint, Hover.Custom, 1).Marked(paint, symbol)
                    .Custom(curve.Zip(shares, (at, one) =>
                        $"{name}, {Number.Of(at.Steps, "step")}: {one} nearest to an axis"));
            }
            panel.X.Titled("steps of the trial").Logarithmic();
            panel.Y.Titled(column == 0 ? "states nearest to an axis" : null).Percent().From(0, 1.04)
                .NoTickLabels(column > 0);
        }
        return panels.Chart();

        static (int Steps, AxesByStep At)[] BySteps(IReadOnlyList<AxesByStep> curve) =>
            [.. curve.Where(at => at.Steps is not null).Select(at => (at.Steps!.Value, at))];
    }

    /// <summary>
    /// The mechanism by the length of the trials that networks were trained on: the share of states nearest to an axis
    /// over whole trials, as trials visit them and after Algorithm 1, against the probability that at most one bit is
    /// set. A line per architecture through the means, with the least and the most of its networks.
    /// </summary>
    /// <param name="groups">Networks with the flip-flop's usual pulses, trained on trials of several lengths.</param>
    /// <param name="title">Title.</param>
    public static GenericChart AxesByLength(IReadOnlyList<SweepGroup> groups, string title)
    {
        var panels = new Panels(title, 440, columns: 2) { Legend = Legend.Below, ColumnGap = 0.05 };
        var looked = groups.SelectMany(group => group.Rows).Where(row => row.Axes is { Count: > 0 })
            .Select(row => (row.Recipe, Steps: (double)row.Recipe.Training.Steps, Whole: row.Axes![^1])).ToArray();
        foreach (var (column, caption) in new[] { "as trials visit them", "after Algorithm 1" }.Index())
        {
            var panel = panels[0, column];
            panel.Caption(caption);
            var expected = looked.GroupBy(row => row.Steps).OrderBy(length => length.Key).ToArray();
            panel.Line("at most one bit set, expected", expected.Select(length => length.Key),
                expected.Select(length => length.First().Whole.Expected), Paint.Black,
                $"trials of {Hover.X} steps: {Hover.YAs(".0%")}", 2, Dash.Dash);
            foreach (var (i, kind) in looked.GroupBy(row => $"{row.Recipe.Architecture}")
                         .OrderBy(kind => kind.Key).Index())
            {
                var (paint, symbol) = Nth(i);
                string name = $"{kind.Key}".ToLowerInvariant();
                var lengths = kind.GroupBy(row => row.Steps * (1 + 0.05 * (i - 1))).OrderBy(length => length.Key)
                    .Select(length => (length.Key, Shares: length.Select(row => column == 0
                        ? row.Whole.Raw.Share
                        : row.Whole.Descended[^1].Near.Share).ToArray())).ToArray();
                panel.Line("", [.. lengths.SelectMany(length => new double[]?[]
                    { [length.Key, length.Shares.Min()], [length.Key, length.Shares.Max()], null })], paint,
                    width: 1.2);
                panel.Line(name, [.. lengths.Select(length => length.Key)],
                    lengths.Select(length => length.Shares.Average()), paint, Hover.Custom, 1).Marked(paint, symbol)
                    .Custom(lengths.Select(length => $"{name}, trials of {length.Key / (1 + 0.05 * (i - 1)):0} steps, "
                        + $"{Number.Of(length.Shares.Length, "network")}<br>"
                        + $"{Percent(length.Shares.Average())} nearest to an axis "
                        + $"({Percent(length.Shares.Min())} to {Percent(length.Shares.Max())})"));
            }
            panel.X.Titled("steps of the trials").Logarithmic();
            panel.Y.Titled(column == 0 ? "states nearest to an axis" : null).Percent().From(0, 1.04)
                .NoTickLabels(column > 0);
        }
        return panels.Chart();
    }
}
