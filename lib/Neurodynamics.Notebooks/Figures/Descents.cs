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
    /// Where gradient descent ended, a panel per input, a small dot per candidate coloured by the speed q that is left.
    /// Stars are the attractors under the same input, white diamonds the other fixed points, rings the ends outside the
    /// box that states from zero never leave. All panels have the same axes and the same colours, which tell the middle
    /// 80 % of the speeds apart.
    /// </summary>
    /// <param name="descents">What gradient descent returned, a solution per input.</param>
    /// <param name="points">The fixed points under the input of each, in the same order.</param>
    /// <param name="network">The network.</param>
    /// <param name="pca">The components to draw in, 2 or more.</param>
    /// <param name="title">The title.</param>
    public static GenericChart Ends(
        IReadOnlyList<FixedPointSolution> descents, IReadOnlyList<IReadOnlyList<Linearisation>> points, Network network,
            Pca pca, string title)
    {
        RequirePlane(pca);
        var panels = new Panels(title, descents.Count == 1 ? 560 : 460, columns: descents.Count)
        {
            Legend = Legend.Below,
            ColumnGap = 0.03,
        };
        double[] logs = [.. descents.SelectMany(descent => descent.Speeds).Where(double.IsFinite).Select(Log).Order()];
        Scale? scale = logs.Length == 0 ? null : new("log\u2081\u2080 q", At(0.1), At(0.9));
        double[][][] places = [.. descents.Select(descent => pca.Project(descent.States).Split())];
        double[][] all = [.. places.SelectMany(some => some).Concat(points.SelectMany(some => Places(some, pca)))];
        for (int i = 0; i < descents.Count; i++)
        {
            var (panel, ends, speeds) = (panels[0, i], DescentEnds.Of(descents[i], network), descents[i].Speeds);
            string input = $"({Wording.Of(descents[i].Problem.InputOf(0))})";
            string[] readouts = [.. ends.Readouts.Select(signs => signs.Length == 0 ? "" : $"readout {signs}<br>")];
            panel.Caption(
                $"input {input}: {ends.Outside.Count(outside => outside)} of {speeds.Length} ends outside the box");
            foreach (bool outside in new[] { false, true })
            {
                int[] rows = [.. Enumerable.Range(0, speeds.Length).Where(row => ends.Outside[row] == outside)];
                if (rows.Length == 0) continue;
                var dots = panel.Markers($"end {(outside ? "outside" : "inside")} the box",
                    [.. rows.Select(row => places[i][row])], Paint.Grey, null,
                    outside ? MarkShape.CircleOpen : MarkShape.Circle, 6);
                dots.Hovers(rows.Select(row => string.Create(CultureInfo.InvariantCulture,
                    $"candidate {row + 1} under {input}<br>{readouts[row]}speed q = "
                    + $"{speeds[row]:0.0e+0}<br>largest |h| = {ends.Largest[row]:0.00}")));
                if (outside) dots.Outlined(null, 1.5);
                if (scale is not null) dots.Coloured(rows.Select(row => Log(speeds[row])), scale);
            }
            double[][] own = Places(points[i], pca);
            foreach (var kind in PointFacts.Of(points[i], network).GroupBy(point => point.Linearisation.IsAttractor)
                .OrderBy(kind => kind.Key))
                panel.Markers(kind.Key ? "fixed point: attractor" : "fixed point: saddle",
                    [.. kind.Select(point => own[point.Number - 1])], kind.Key ? Paint.Vermillion : Paint.White, null,
                    kind.Key ? MarkShape.Star : MarkShape.Diamond, kind.Key ? 17 : 8)
                    .Outlined(Paint.Ink, 1.5).Hovers(kind.Select(point => point.Hover));
            Across(panel.X.Titled(Component(pca, 0, of: "")), 0);
            Across(panel.Y.Titled(i == 0 ? Component(pca, 1, of: "") : null).NoTickLabels(i > 0), 1);
        }
        return panels.Chart(network.Cell.Unchecked);

        static double Log(double speed) => Math.Log10(Math.Max(speed, LeastSpeed));

        double At(double share) => logs[(int)Math.Round(share * (logs.Length - 1))];

        void Across(Axis axis, int component)
        {
            double low = all.Min(place => place[component]), high = all.Max(place => place[component]),
                room = Math.Max(0.09 * (high - low), 1e-3);
            axis.From(low - room, high + room).NoZeroLine();
        }
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
        var panels = new Panels("Where the candidates are, step by step", 560, columns: paths.Count)
        {
            Legend = Legend.None,
        };
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
