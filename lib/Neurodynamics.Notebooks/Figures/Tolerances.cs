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
    /// What one sees at each tolerance: the ends with a speed q of at most that, a panel per solver in the first two
    /// components, with a slider over the tolerances. Rings are the true fixed points. Filled circles are ends at an
    /// attractor, diamonds ends at a saddle, crosses ends at no fixed point.
    /// </summary>
    /// <param name="solutions">Name of the solver and what it returned, one or two.</param>
    /// <param name="points">The true fixed points.</param>
    /// <param name="pca">The components to draw in.</param>
    /// <param name="tolerances">The tolerances, from the loosest.</param>
    public static GenericChart Accepted(IReadOnlyList<(string Name, FixedPointSolution Solution)> solutions,
        IReadOnlyList<Linearisation> points, Pca pca, IReadOnlyList<double> tolerances)
    {
        RequirePlane(pca);
        double[][] places = Places(points, pca);
        var panels = new Panels("What a tolerance lets you see", 580, columns: solutions.Count)
        {
            Legend = Legend.Above,
        };
        double[] all = [.. solutions.SelectMany(one => pca.Project(one.Solution.Problem.Candidates).Split())
            .Concat(places).SelectMany(place => place[..2]).Select(Math.Abs).Order()];
        double most = 1.1 * Math.Max(all[all.Length - 1 - all.Length / 200],
            places.SelectMany(place => place[..2]).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (int k = 0; k < solutions.Count; k++)
        {
            var ((name, solution), panel) = (solutions[k], panels[0, k]);
            panel.Caption(name);
            panel.X.Titled(Component(pca, 0)).From(-most, most).NoZeroLine();
            panel.Y.Titled(k == 0 ? Component(pca, 1) : null).From(-most, most).NoZeroLine().NoTickLabels(k > 0);
            panel.Markers("fixed point", places, Paint.DarkGrey, null, MarkShape.CircleOpen, 17).Outlined(null, 1.4)
                .Hovers(points.Select(
                    (point, i) => $"point {i + 1}: {point.Kind}, {point.UnstableModes} unstable modes"));
            double[][] ends = pca.Project(solution.States).Split();
            for (int frame = 0; frame < tolerances.Count; frame++)
            {
                var accepted = AcceptedEnds.Of(solution, points, tolerances[frame]);
                Draw("at an attractor", Paint.Blue, MarkShape.Circle, 9, at => Modes(at) == 0);
                Draw("at a saddle", Paint.Orange, MarkShape.Diamond, 9, at => Modes(at) > 0);
                Draw("at no fixed point", Paint.Ink, MarkShape.Cross, 6, at => at < 0);

                int Modes(int at) => at < 0 ? -1 : points[at].UnstableModes;

                void Draw(string what, Paint paint, MarkShape shape, double size, Func<int, bool> wanted)
                {
                    int[] rows = [.. Enumerable.Range(0, accepted.At.Count).Where(i => wanted(accepted.At[i]))
                        .Select(i => accepted.Candidates[i])];
                    // Without any end one that is nowhere, which keeps the kind in the legend.
                    double[]?[] drawn = rows.Length == 0 ? [null] : [.. rows.Select(row => ends[row])];
                    panel.Markers(what, drawn, paint, null, shape, size).At(frame)
                        .Hovers(rows.Select(row => string.Create(CultureInfo.InvariantCulture,
                            $"candidate {row + 1}, {what}<br>speed q = {solution.Speeds[row]:0.0e+0}")));
                }
            }
        }

        panels.Slider("accepted: q at most ",
            [.. tolerances.Select(limit => limit.ToString("0e+0", CultureInfo.InvariantCulture))]);
        return panels.Chart(points.Select(point => point.Unchecked));
    }
}
