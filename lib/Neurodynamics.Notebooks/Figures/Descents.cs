using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// Where gradient descent ended, a small dot per candidate and a colour per input, and the fixed points under the
    /// same inputs as large symbols by unstable modes. Rings are ends outside the box that states from zero never
    /// leave.
    /// </summary>
    /// <param name="descents">What gradient descent returned, a solution per input.</param>
    /// <param name="points">The fixed points under the input of each, in the same order.</param>
    /// <param name="network">The network.</param>
    /// <param name="pca">The components to draw in.</param>
    /// <param name="title">The title.</param>
    /// <param name="bySpeed">Colours the ends by log10 of their speed q instead of by their input; default no.</param>
    public static GenericChart Ends(
        IReadOnlyList<FixedPointSolution> descents, IReadOnlyList<IReadOnlyList<Linearisation>> points, Network network,
            Pca pca,
        string title, bool bySpeed = false)
    {
        // The same input has the same colour in every figure, as long as signs tell the inputs apart.
        int[] signs = [.. descents.Select(descent => Math.Sign(descent.Problem.InputOf(0).Sum()))];
        bool bySign = signs.Distinct().Count() == signs.Length;
        Paint[] palette = [Paint.SkyBlue, Paint.Green, Paint.Orange, Paint.Purple, Paint.Grey, Paint.Yellow];
        double[] logs =
            [.. descents.SelectMany(descent => descent.Speeds).Where(speed => speed > 0 && double.IsFinite(speed))
                .Select(Math.Log10)];
        var scale = bySpeed ? new Scale("log\u2081\u2080 q", Math.Max(-12, logs.Min()), logs.Max()) : null;
        var space = Space(title, pca, out var scene, new([2.05, 1.8, 0.95], 0.1), legendBeside: true);
        var drawn = new List<double[]>();
        for (int i = 0; i < descents.Count; i++)
        {
            var paint = palette[(bySign ? signs[i] + 1 : i) % palette.Length];
            var ends = DescentEnds.Of(descents[i], network);
            string[] readouts = [.. ends.Readouts.Select(signs => signs.Length == 0 ? "" : $"readout {signs}<br>")];
            string input = $"({Wording.Of(descents[i].Problem.InputOf(0))})";
            var (speeds, places) = (descents[i].Speeds, pca.Project(descents[i].States).Split());
            foreach (var side in Enumerable.Range(0, places.Length).GroupBy(row => ends.Outside[row])
                .OrderBy(side => side.Key))
            {
                int[] rows = [.. side];
                var dots = scene.Markers($"{input}: ends {(side.Key ? "outside" : "inside")} the box ({rows.Length})",
                    [.. rows.Select(row => places[row])], paint, side.Key ? MarkShape.CircleOpen : MarkShape.Circle, 5);
                dots.Rank(FirstRank + 10 * i).Hovers(rows.Select(row => string.Create(CultureInfo.InvariantCulture,
                    $"candidate {row + 1} under {input}<br>{readouts[row]}speed q = "
                    + $"{speeds[row]:0.0e+0}<br>largest |h| = {ends.Largest[row]:0.00}")));
                if (scale is not null) dots.Coloured(
                    rows.Select(row => Math.Log10(Math.Max(speeds[row], 1e-300))), scale);
            }
            double[][] own = Places(points[i], pca);
            foreach (var kind in ByKind(points[i], network))
            {
                var (symbol, _, size) = Look(kind.Key.Unstable);
                Markers(scene, $"{input}: {Name(kind.Key.Unstable, kind.Key.Kind, "", kind.Count())}", kind, own, paint,
                    symbol, size)
                    .Outlined(Paint.Ink, 2).Rank(FirstRank + 10 * i + 1 + kind.Key.Unstable);
            }
            drawn.AddRange([.. places, .. own]);
        }
        Fit(scene, drawn);
        return space.Chart(network.Cell.Unchecked);
    }

    /// <summary>
    /// Candidates on their way to where they end, a panel per solver in the first two components, coloured by speed,
    /// with a slider over the steps. Rings are the true fixed points, thin lines the last piece of each way.
    /// </summary>
    /// <param name="paths">The ways, one or two; as many looks each as the shortest has.</param>
    /// <param name="points">The true fixed points.</param>
    /// <param name="pca">The components to draw in.</param>
    public static GenericChart Sliding(
        IReadOnlyList<CandidatePaths> paths, IReadOnlyList<Linearisation> points, Pca pca)
    {
        RequirePlane(pca);
        int looks = paths.Min(path => path.Steps.Count);
        double[][] places = Places(points, pca);
        double[][][][] ways =
            [.. paths.Select(path => path.States.Take(looks).Select(states => pca.Project(states).Split()).ToArray())];
        var panels = new Panels("Candidates on their way", 560, columns: paths.Count) { Legend = Legend.None };
        var scale = new Scale("log<sub>10</sub> q", -32, 0);
        double[][] ranges = [Middle(0), Middle(1)];
        for (int k = 0; k < paths.Count; k++)
        {
            var panel = panels[0, k];
            panel.Caption(paths[k].Solver);
            panel.X.Titled(Component(pca, 0)).From(ranges[0][0], ranges[0][1]).NoZeroLine();
            panel.Y.Titled(k == 0 ? Component(pca, 1) : null).From(ranges[1][0], ranges[1][1]).NoZeroLine()
                .NoTickLabels(k > 0);
            panel.Markers("", places, Paint.Vermillion, null, MarkShape.CircleOpen, 15).Outlined(null, 1.6)
                .Hovers(points.Select((point, i) => $"point {i + 1}: {point.Kind}, {point.UnstableModes} unstable"));
        }
        for (int look = 0; look < looks; look++)
            for (int k = 0; k < paths.Count; k++)
            {
                var (now, before) = (ways[k][look], ways[k][Math.Max(0, look - 1)]);
                // Only lines that a picture can show.
                double least = 0.02 * (ranges[0][1] - ranges[0][0]);
                var moved = now.Zip(before).Where(step =>
                    Math.Abs(step.First[0] - step.Second[0]) + Math.Abs(step.First[1] - step.Second[1]) > least);
                panels[0, k].Line("", [.. moved.SelectMany(step => new[] { step.Second, step.First, null })],
                    Paint.Grey, width: 1).At(look);
                panels[0, k].Markers("", now, Paint.Grey, $"log<sub>10</sub> q = {Hover.Colour}", size: 6).At(look)
                    .Outlined(Paint.Ink, 0.5)
                    .Coloured(paths[k].Speeds[look].Select(speed =>
                        Math.Round(Math.Log10(Math.Max(speed, LeastSpeed)), 1)), scale, bar: k == paths.Count - 1);
            }
        panels.Slider($"steps of {string.Join(" / ", paths.Select(path => path.Solver))}: ",
            [.. Enumerable.Range(0, looks).Select(look =>
            string.Join(" / ", paths.Select(path => path.Steps[look].ToString(CultureInfo.InvariantCulture))))]);
        return panels.Chart(points.Select(point => point.Unchecked));

        double[] Middle(int axis)
        {
            // Where most of them are at some time: what is thrown far out lies outside the picture.
            double[] all = [.. ways.SelectMany(way => way).SelectMany(look => look).Select(place => place[axis])
                .Where(double.IsFinite).Order()];
            double low = all[all.Length / 200], high = all[all.Length - 1 - all.Length / 200],
                margin = 0.06 * (high - low);
            return [low - margin, high + margin];
        }
    }
}
