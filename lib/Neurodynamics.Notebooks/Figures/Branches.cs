using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// Fixed points followed along a path of inputs: the logit of each channel's readout, a panel each, against the
    /// position on the path, or the value of a network whose outputs are values. A network of one input has that input
    /// in place of the position; without a readout it is the place along the first principal component of all these
    /// points. Colours show the number of unstable modes. Marks show
    /// where that number changes: folds, where two points meet and beyond there are neither, branch points, flips, and
    /// Neimark-Sacker points, where a closed curve is born.
    /// </summary>
    /// <param name="branches">The branches, all along the same path.</param>
    /// <param name="network">The network.</param>
    /// <param name="upTo">
    /// Largest position to draw; default a third beyond the last fold, and 1 where there is none.
    /// </param>
    /// <param name="title">Default: how many branches and folds.</param>
    public static GenericChart Branches(
        IReadOnlyList<Branch> branches, Network network, double? upTo = null, string? title = null)
    {
        var folds = branches.SelectMany(branch => branch.Folds).ToArray();
        var first = network.Readout is null ? FirstComponent(branches, network) : null;
        int count = Math.Max(1, network.Channels);
        string word = first is null ? Wording.Output(network.Outputs) : "PC1";
        var panels = new Panels(
            title ?? $"{Number.Of(branches.Count, "branch", "branches")}, {Number.Of(folds.Length, "fold")}",
                140 + 190 * count,
            Enumerable.Repeat(1.0, count), sharesX: true)
        { RowGap = 0.05 };
        double end = upTo ?? Math.Min(1, folds.Select(fold => fold.Position * 4 / 3).DefaultIfEmpty(1).Max());
        var input = InputOn(branches, network);
        var (across, at) = input is null
            ? ("strength of the input, as a share of the path", (Func<double, double>)(position => position))
            : ("input", input);
        panels[0].X.Titled(across).From(Math.Min(at(0), at(end)), Math.Max(at(0), at(end)));
        var stretches = branches.SelectMany(Stretches)
            .Select(stretch => (stretch.Unstable, Line: Outputs(stretch.Corners))).ToArray();
        var marks = branches.SelectMany(branch => branch.Bifurcations).GroupBy(it => it.Kind).OrderBy(it => it.Key)
            .Select(kind => (Look: LookOf(kind.Key), Kind: kind.ToArray(),
                Places: Outputs(kind.Select(it => (it.Position, it.Point.State))))).ToArray();
        for (int channel = 0; channel < count; channel++)
        {
            var panel = panels[channel];
            panel.Y.Titled(first is null ? $"{word}, channel {channel + 1}" : Component(first, 0)).ZeroLine();
            foreach (var kind in stretches.GroupBy(stretch => stretch.Unstable).OrderBy(kind => kind.Key))
                panel.Line(kind.Key == 0 ? "attractor" : $"saddle, {kind.Key} unstable",
                    [.. kind.SelectMany(stretch => Channel(stretch.Line, channel).Append(null))], Look(kind.Key).Paint,
                    $"{(input is null ? "strength" : across)} {Hover.XAs(".4f")}<br>{word} {Hover.YAs(".2f")}",
                    kind.Key == 0 ? 2.5 : 1.5,
                    kind.Key switch { 0 => Dash.Solid, 1 => Dash.Dash, 2 => Dash.Dot, _ => Dash.DashDot });
            foreach (var (look, kind, places) in marks)
                panel.Markers(look.Name, [.. Channel(places, channel)], look.Paint, null, look.Symbol, 9)
                    .Outlined(Paint.White, 1).Hovers(kind.Zip(places, (it, place) =>
                        $"{look.Name} at {Wording.Of(at(it.Position), "0.0000")}"
                        + (double.IsFinite(it.Period) ? $"<br>a turn in {Wording.Of(it.Period, "0.0")} steps" : "")
                        + $"<br>{word} {Wording.Of(place.Outputs[channel], "0.00;\u22120.00")}"));
        }
        return panels.Chart(network.Cell.Unchecked);

        (double Position, double[] Outputs)[] Outputs(IEnumerable<(double Position, double[] State)> corners)
        {
            double[,] states = corners.Select(corner => corner.State).ToMatrix(network.Cell.StateSize);
            return [.. corners.Zip(
                (first is null ? Drawn(network, states) : first.Project(states)).Split(),
                (corner, outputs) => (at(corner.Position), outputs))];
        }

        static IEnumerable<double[]> Channel((double Position, double[] Outputs)[] corners, int channel) =>
            corners.Select(corner => new[] { corner.Position, corner.Outputs[channel] });
    }

    /// <summary>
    /// The input at a position on the path of branches; null where it has several values, or the branches one place.
    /// </summary>
    private static Func<double, double>? InputOn(IReadOnlyList<Branch> branches, Network network)
    {
        var points = branches.SelectMany(branch => branch.Points).ToArray();
        if (network.Cell.InputSize > 1 || points.Length == 0) return null;
        var (first, last) = (points.MinBy(point => point.Position)!, points.MaxBy(point => point.Position)!);
        if (first.Position == last.Position) return null;
        double perShare = (last.Point.Input[0] - first.Point.Input[0]) / (last.Position - first.Position);
        return position => first.Point.Input[0] + (position - first.Position) * perShare;
    }

    /// <summary>Name, colour and symbol of a bifurcation.</summary>
    private static (string Name, Paint Paint, MarkShape Symbol) LookOf(BifurcationKind kind) => kind switch
    {
        BifurcationKind.Fold => ("fold", Paint.Black, MarkShape.X),
        BifurcationKind.BranchPoint => ("branch point", Paint.Purple, MarkShape.Cross),
        BifurcationKind.Flip => ("flip", Paint.Green, MarkShape.Diamond),
        _ => ("Neimark\u2013Sacker", Paint.Vermillion, MarkShape.Square),
    };

    /// <summary>
    /// The first principal component of all points of branches; of one that is 0 where there are none.
    /// </summary>
    private static Pca FirstComponent(IReadOnlyList<Branch> branches, Network network)
    {
        double[][] states = [.. branches.SelectMany(branch => branch.Points).Select(point => point.Point.State)];
        int size = network.Cell.StateSize;
        return Pca.Fit((states.Length == 0 ? [new double[size]] : states).ToMatrix(size), 1);
    }

    /// <summary>
    /// The stretches of a branch with one number of unstable modes, as polygons that meet in its folds.
    /// </summary>
    private static IEnumerable<(int Unstable, List<(double Position, double[] State)> Corners)> Stretches(Branch branch)
    {
        var corners = branch.Points.SelectMany((point, i) => branch.Folds.Where(fold => fold.After == i)
            .SelectMany(fold => new[]
            {
                (fold.Position, fold.Point.State, Unstable: Modes(point)),
                (fold.Position, fold.Point.State,
                    Unstable: Modes(branch.Points[Math.Min(i + 1, branch.Points.Count - 1)])),
            })
            .Prepend((point.Position, point.Point.State, Unstable: Modes(point))));
        (int Unstable, List<(double, double[])> Corners) stretch = (-1, []);
        foreach (var (position, state, unstable) in corners)
        {
            if (unstable != stretch.Unstable)
            {
                if (stretch.Corners.Count > 0) yield return stretch;
                stretch = (unstable, []);
            }
            stretch.Corners.Add((position, state));
        }
        yield return stretch;
    }

    private static int Modes(BranchPoint point) => point.UnstableModes ?? throw new ArgumentException(
        "The branch's unstable modes were not counted, by which this figure colours it: follow it with "
        + $"{nameof(Continuation)}.{nameof(Continuation.CountUnstable)} = true.");
}
