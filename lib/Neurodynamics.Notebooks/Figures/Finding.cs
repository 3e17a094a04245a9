using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>Below this a speed is drawn as this: nothing but rounding, or exactly 0.</summary>
    private const double LeastSpeed = 1e-34;

    private static readonly Paint[] ByRow = [Paint.Grey, Paint.Orange, Paint.Vermillion, Paint.Blue, Paint.Purple];

    /// <summary>Histograms of speeds over decades of q, a panel each on one axis.</summary>
    /// <param name="sets">Name and speeds q of each panel, from the top.</param>
    /// <param name="tolerance">A value of q to mark; default none.</param>
    public static GenericChart Speeds(IReadOnlyList<(string Name, double[] Speeds)> sets, double? tolerance = null)
    {
        const double gap = 0.08;
        int lowest = (int)Math.Floor(Math.Log10(LeastSpeed));
        int highest = Math.Max(
            2, sets.SelectMany(set => set.Speeds).Where(double.IsFinite).Select(Decade).DefaultIfEmpty(0).Max() + 1);
        var panels =
            new Panels("Speeds of the candidates", 110 + 135 * sets.Count, sets.Select(_ => 1.0), sharesX: true)
            {
                RowGap = 0.05,
                BarGap = gap,
                Legend = Legend.None,
            };
        panels[0].X.Titled("speed q (decades)").From(lowest - 0.5, highest + 0.5).Powers(lowest, highest, 5);
        for (int i = 0; i < sets.Count; i++)
        {
            var (name, speeds) = sets[i];
            var counts = speeds.Where(double.IsFinite).CountBy(Decade).OrderBy(pair => pair.Key).ToArray();
            panels[i].Y.Titled("candidates").FromZero();
            panels[i].Bars(name, counts.Select(pair => pair.Key + 0.5), counts.Select(pair => (double)pair.Value),
                ByRow[i % ByRow.Length],
                $"q {Hover.Custom}: {Hover.Y} candidates")
                    .Custom(counts.Select(pair => $"{Axis.Power(pair.Key)} to {Axis.Power(pair.Key + 1)}"))
                    // A decade wide, however far apart the bars are.
                    .Set("width", 1 - gap);
            panels[i].Label(name, across: 0.2);
            if (tolerance is { } mark) panels[i].Upright(Math.Log10(mark));
        }
        return panels.Chart();

        static int Decade(double speed) => (int)Math.Floor(Math.Log10(Math.Max(speed, LeastSpeed)));
    }

    /// <summary>
    /// What one counts when every end below a tolerance of q is accepted: the accepted candidates, and the different
    /// points that they make when ends nearer than a distance are taken as one.
    /// </summary>
    /// <param name="solutions">Name of the solver and what it returned.</param>
    /// <param name="truth">How many points there are, drawn as a line.</param>
    /// <param name="distance">Ends nearer than this are one; default 0.01.</param>
    public static GenericChart Tolerance(
        IReadOnlyList<(string Name, FixedPointSolution Solution)> solutions, int truth, double distance = 0.01)
    {
        var panels = new Panels(
            "What the tolerance makes of the same candidates", 560, [0.44, 0.46], sharesX: true)
        { RowGap = 0.1 };
        var (accepted, different) = (panels[0], panels[1]);
        accepted.X.Titled("accepted where q is at most").Reversed().Powers(-30, 1, 5);
        accepted.Y.Titled("accepted").FromZero();
        different.Y.Titled("different points").Logarithmic();
        double[] decades = [.. Numbers(-30, 32).Reverse()];
        for (int k = 0; k < solutions.Count; k++)
        {
            var (name, solution) = solutions[k];
            var (paint, symbol) = (ByRow[(k + 1) % ByRow.Length],
                k switch { 0 => MarkShape.Circle, 1 => MarkShape.Diamond, _ => MarkShape.Square });
            int[][] below =
                [.. decades.Select(decade => (int[])[.. Enumerable.Range(0, solution.Speeds.Length)
                    .Where(i => solution.Speeds[i] <= Math.Pow(10, decade))])];
            Curve(accepted, "accepted candidates", below.Select(ends => (double)ends.Length));
            Curve(different, "different points", below.Select(
                ends => ends.Length == 0 ? double.NaN : Accepted(solution, ends).Distinct(distance).Count));

            void Curve(Panel panel, string what, IEnumerable<double> values) =>
                panel.Line(name, decades, values, paint, $"{name}<br>q at most 1e{Hover.X}: {Hover.Y} {what}", 2,
                    k switch { 0 => Dash.Solid, 1 => Dash.Dash, _ => Dash.Dot })
                    .Marked(paint, symbol, 6);
        }
        different.Level(truth, $"the search: {truth}");
        return panels.Chart(solutions.Select(one => one.Solution.Problem.Cell.Unchecked));

        static FixedPointSolution Accepted(FixedPointSolution solution, int[] ends) => solution with
        {
            Endings = [.. solution.Endings.Select((_, i) => ends.Contains(i) ? Ending.FixedPoint : Ending.StepLimit)],
        };
    }

    /// <summary>
    /// Where candidates ended: the largest modulus of a state variable against the speed q, both logarithmic, by
    /// ending. The first set is drawn small and filled, others larger and open. A line is at the largest modulus that a
    /// state can have, where the cell knows it.
    /// </summary>
    /// <param name="sets">Name of the candidates and how they ended.</param>
    public static GenericChart Ends(IReadOnlyList<(string Name, FixedPointSolution Solution)> sets)
    {
        // Below is room for as many lines of legend as a narrow window makes of it.
        var panels = new Panels("Speed and size where candidates ended", 560) { Legend = Legend.Below, Bottom = 130 };
        var panel = panels[0];
        panel.X.Titled("largest |h| of the state").Logarithmic();
        panel.Y.Titled("speed q").Logarithmic(5);
        for (int k = 0; k < sets.Count; k++)
        {
            var (name, solution) = sets[k];
            foreach (var ending in Enumerable.Range(0, solution.Endings.Length)
                .Where(i => double.IsFinite(solution.Speeds[i]))
                .GroupBy(i => solution.Endings[i]).OrderBy(group => group.Key))
            {
                var (paint, filled, open) = Look(ending.Key);
                panel.Markers($"{name}: {Wording.Of(ending.Key)} ({ending.Count()})",
                    ending.Select(i => solution.States.Row(i).Max(Math.Abs)),
                    ending.Select(i => Math.Max(solution.Speeds[i], LeastSpeed)), paint,
                    $"{Wording.Of(ending.Key)}<br>largest |h| {Hover.XAs(".4g")}<br>q = {Hover.YAs(".2e")}",
                    k == 0 ? filled : open, k == 0 ? 7 : 10);
            }
        }
        var problem = sets[0].Solution.Problem;
        if (problem.Cell.InvariantBox(problem.InputOf(0)) is { } box)
            panel.Upright(box.Max(), "no state is ever here");
        return panels.Chart(sets.Select(one => one.Solution.Problem.Cell.Unchecked));

        static (Paint Paint, MarkShape Filled, MarkShape Open) Look(Ending ending) => ending switch
        {
            Ending.FixedPoint => (Paint.Blue, MarkShape.Circle, MarkShape.CircleOpen),
            Ending.SlowMinimum => (Paint.Orange, MarkShape.Diamond, MarkShape.DiamondOpen),
            Ending.SlowEnough => (Paint.Green, MarkShape.Square, MarkShape.SquareOpen),
            Ending.Stalled => (Paint.Purple, MarkShape.Cross, MarkShape.Cross),
            Ending.StepLimit => (Paint.Vermillion, MarkShape.X, MarkShape.X),
            _ => (Paint.Black, MarkShape.Square, MarkShape.SquareOpen),
        };
    }

    /// <summary>
    /// What certificates prove of each point: the radius in which a true fixed point lies, the radius in which no other
    /// does, and the distance to the nearest other point found.
    /// </summary>
    /// <param name="points">Points with certificates, as a search returns them, in their order.</param>
    public static GenericChart Certificates(IReadOnlyList<StatePoint> points)
    {
        var panels = new Panels("What is proven of each point", 480);
        var panel = panels[0];
        panel.X.Titled("point, as in the table").From(0.3, points.Count + 0.7);
        panel.Y.Titled("distance from the state").Logarithmic(2);
        double[] nearest = Known(point => Distances.ToNearest(new[] { point.State }.ToMatrix(point.State.Length),
            [.. points.Where(other => other != point).Select(other => other.State)])[0]);
        double[] alone = Known(point => point.Certificate?.Proof?.UniquenessRadius);
        double[] exists = Known(point => point.Certificate?.Proof?.ExistenceRadius);
        Stretch("nothing is proven", alone, nearest, Paint.Grey, 1.5, Dash.Dot);
        Stretch("proven to be empty", exists, alone, Paint.SkyBlue, 5, Dash.Solid);
        Row("nearest other point found", nearest, MarkShape.Square, Paint.DarkGrey);
        Row("no other true point within", alone, MarkShape.Diamond, Paint.Blue);
        Row("a true point within", exists, MarkShape.Circle, Paint.Vermillion);
        return panels.Chart(points.Select(point => point.Certificate?.Unchecked));

        double[] Known(Func<StatePoint, double?> value) => [.. points.Select(value)
            .Select(distance => distance is { } known && double.IsFinite(known) ? known : double.NaN)];

        void Stretch(string name, double[] from, double[] to, Paint paint, double width, Dash dash) =>
            panel.Line(name, [.. from.SelectMany((low, i) => double.IsNaN(low + to[i]) ? new double[]?[] { null }
                : [[i + 1, low], [i + 1, to[i]], null])], paint, width: width, dash: dash);

        void Row(string name, double[] values, MarkShape symbol, Paint paint) =>
            panel.Markers(name, Numbers(1, points.Count), values, paint,
            $"point {Hover.X}<br>{name}: {Hover.YAs(".3g")}", symbol, 9);
    }
}
