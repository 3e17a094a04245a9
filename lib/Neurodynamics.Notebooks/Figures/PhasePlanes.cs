using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>A phase plane among others.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Plane">The plane.</param>
/// <param name="Points">Its fixed points, linearised.</param>
/// <param name="Trajectories">Ways of states [B, T, 2].</param>
public sealed record PlaneView(
    string Title, PhasePlane Plane, IReadOnlyList<Linearisation> Points, double[,,] Trajectories) : Described;

/// <summary>Ways of states along one direction of a plane.</summary>
/// <param name="Title">What they are called.</param>
/// <param name="Trajectories">[B, T, 2].</param>
/// <param name="Direction">2 values; its length does not matter.</param>
public sealed record WaysAlong(string Title, double[,,] Trajectories, double[] Direction) : Described;

public static partial class Figures
{
    /// <summary>Below this the speed is drawn as if it were this: a fixed point has none.</summary>
    private const double SpeedFloor = 1e-8;

    /// <summary>
    /// Phase planes side by side, two in a row: arrows for the step F(x) - x (long ones shortened), its nullclines,
    /// fixed points by their number of unstable modes, and trajectories from a grid of states, with a dot where each is
    /// at the end.
    /// </summary>
    /// <param name="planes">A panel each.</param>
    /// <param name="title">Of the whole figure.</param>
    /// <param name="variable">What a state variable is called, such as k in the plane of a network of rank 2.</param>
    public static GenericChart PhasePlanes(
        IReadOnlyList<PlaneView> planes, string title = "Phase plane", string variable = "x")
    {
        int columns = Math.Min(2, planes.Count), rows = (planes.Count + columns - 1) / columns;
        var panels = new Panels(title, columns == 1 ? 780 : 140 + 410 * rows, Enumerable.Repeat(1.0, rows), columns)
        {
            RowGap = 0.125,
            ColumnGap = 0.09,
            Legend = Legend.Below,
            Left = 60,
        };
        for (int i = 0; i < planes.Count; i++)
        {
            var (name, plane, points, runs) = planes[i];
            var panel = panels[i / columns, i % columns];
            Axes(panel, plane, variable);
            panel.X.NoGrid().NoZeroLine();
            panel.Y.NoGrid().NoZeroLine();
            if (name.Length > 0) panel.Caption(name);
            double[] axis = plane.Axis;
            var (first, second) = (plane.First, plane.Second);
            var (ofFirst, ofSecond) =
                (Rounded(plane, (j, i) => first[j, i], 4), Rounded(plane, (j, i) => second[j, i], 4));
            panel.Contour($"{variable}₁ stands still", axis, axis, ofFirst, 0, Paint.Green);
            panel.Contour($"{variable}₂ stands still", axis, axis, ofSecond, 0, Paint.Purple, Dash.Dash);
            panel.Arrows("a step", Steps(plane), Paint.MiddleGrey);
            panel.Line("trajectory", Ways(runs), Paint.SkyBlue, width: 1.3).Opacity(0.55);
            panel.Markers("its end", runs.AtStep(^1).Split(), Paint.SkyBlue,
                $"({Hover.XAs(".3f")}, {Hover.YAs(".3f")}) after {runs.GetLength(1) - 1} steps", size: 6)
                    .Outlined(Paint.White, 0.5);
            foreach (var kind in points.GroupBy(PlaneKind))
            {
                var (symbol, paint, size) = PlaneSymbol(kind.First());
                bool open = symbol is MarkShape.CircleOpen or MarkShape.DiamondOpen or MarkShape.SquareOpen;
                panel.Markers(kind.Key, [.. kind.Select(line => line.Point.State)], paint, null, symbol, size + 4)
                    .Outlined(open ? paint : Paint.White, open ? 3 : 1).Hovers(kind.Select(PlaneHover));
            }
        }
        return panels.Chart(planes.Select(view => view.Plane.Cell.Unchecked));
    }

    /// <summary>
    /// A cut through the speed's landscape along a valley: the least q on each line across a direction, as log10 q,
    /// with the fixed points and slow points at their places.
    /// </summary>
    /// <param name="plane">The plane.</param>
    /// <param name="points">Its fixed points, linearised.</param>
    /// <param name="direction">Along which to cut, 2 values.</param>
    /// <param name="slow">Slow points: minima of q that are not zero; default none.</param>
    /// <param name="title">Of the figure.</param>
    public static GenericChart SpeedCut(PhasePlane plane, IReadOnlyList<Linearisation> points, double[] direction,
        IReadOnlyList<SlowPoint>? slow = null, string title = "The floor of the valley")
    {
        const double least = 1e-16;
        var panels = new Panels(title, 400);
        var panel = panels[0];
        panel.X.Titled($"place along ({Wording.Of(direction)})").NoZeroLine();
        panel.Y.Titled("log₁₀ of the least q").From(Math.Log10(least) - 1, 1);
        // At a fixed point the floor is 0, and no line needs to go just there.
        var floor = plane.Floor(direction).Concat(points.Select(line => (Along: Place(line.Point), Speed: 0.0)))
            .OrderBy(at => at.Along).ToList();
        panel.Line("least q across", floor.Select(at => at.Along), floor.Select(at => Log(at.Speed)), Paint.DarkGrey,
            $"place {Hover.XAs(".3f")}<br>log₁₀ q = {Hover.YAs(".2f")}");
        foreach (var kind in points.GroupBy(PlaneKind))
        {
            var (symbol, paint, size) = PlaneSymbol(kind.First());
            panel.Markers(kind.Key, kind.Select(line => Place(line.Point)), kind.Select(_ => Log(0)), paint, null,
                symbol, size).Hovers(kind.Select(PlaneHover));
        }
        if (slow is { Count: > 0 })
            panel.Markers("slow point, q > 0", slow.Select(Place), slow.Select(point => Log(point.Speed)), Paint.Black,
                $"slow point<br>log₁₀ q = {Hover.YAs(".2f")}", MarkShape.CircleOpen, 11);
        return panels.Chart(plane.Cell.Unchecked);

        double Log(double speed) => Math.Log10(Math.Max(least, speed));

        double Place(StatePoint point) => (point.State[0] * direction[0] + point.State[1] * direction[1])
            / Math.Sqrt(direction[0] * direction[0] + direction[1] * direction[1]);
    }

    /// <summary>
    /// The speed q over a plane as a surface, as log10 q, with its fixed points and slow points: a scene in three
    /// dimensions.
    /// </summary>
    /// <param name="plane">The plane.</param>
    /// <param name="points">Its fixed points, linearised.</param>
    /// <param name="slow">Slow points: minima of q that are not zero; default none.</param>
    /// <param name="title">Of the figure.</param>
    public static GenericChart SpeedSurface(
        PhasePlane plane, IReadOnlyList<Linearisation> points, IReadOnlyList<SlowPoint>? slow = null,
            string title = "Speed q over the plane")
    {
        var space = new Space(title, 600) { Legend = Legend.Below };
        var scene = space.Add();
        scene.Proportions(1.25, 1.25, 0.75);
        scene.Eye = new([1.75, 1.05, 1.45]);
        scene.X.Titled("x₁");
        scene.Y.Titled("x₂");
        scene.Z.Titled("log₁₀ q");
        double[][] logs = Speeds(plane);
        scene.Surface("q", plane.Axis, plane.Axis, logs, new("log₁₀ q"),
            $"x = ({Hover.XAs(".2f")}, {Hover.YAs(".2f")})<br>log₁₀ q = {Hover.ZAs(".2f")}").Opacity(0.9);
        // The grid misses the bottom of a hole: a line leads from the surface down to it.
        scene.Line("", [.. points.Select(line => line.Point.State).SelectMany(state => new double[]?[]
        {
            [.. state, logs[Nearest(state[1])][Nearest(state[0])]], [.. state, Math.Log10(SpeedFloor)], null,
        })], Paint.Ink, 2);
        foreach (var kind in points.GroupBy(PlaneKind))
        {
            var (symbol, paint, size) = PlaneSymbol(kind.First());
            Balls(kind.Key, kind.Select(line => line.Point), paint, symbol, size).Hovers(kind.Select(PlaneHover));
        }
        if (slow is { Count: > 0 })
            Balls("slow point, q > 0", slow, Paint.Black, MarkShape.CircleOpen, 9)
                .Hovers(slow.Select(point => string.Create(CultureInfo.InvariantCulture,
                $"<b>slow point</b> at ({point.State[0]:0.000}, {point.State[1]:0.000})<br>q = {point.Speed:0.0e+0}, a "
                + $"minimum that is not zero")));
        return space.Chart(plane.Cell.Unchecked);

        int Nearest(double value) => Enumerable.Range(0, plane.Axis.Length).MinBy(i => Math.Abs(plane.Axis[i] - value));

        Series Balls(string name, IEnumerable<StatePoint> all, Paint paint, MarkShape symbol, double size) =>
            scene.Markers(name,
            [.. all.Select(point => (double[])[.. point.State, Math.Log10(Math.Max(SpeedFloor, point.Speed)) + 0.1])],
                paint, symbol, 0.8 * size);
    }

    /// <summary>
    /// The report's Algorithm 1 over the plane: contours of the speed, the way of every candidate down them, where each
    /// is at the end, and where Newton's method ends from the same candidates.
    /// </summary>
    /// <param name="plane">The plane.</param>
    /// <param name="snapshots">What <see cref="GradientDescent.Watch"/> was shown.</param>
    /// <param name="newton">Newton's solution from the same candidates.</param>
    public static GenericChart Descent(
        PhasePlane plane, IReadOnlyList<DescentSnapshot> snapshots, FixedPointSolution newton)
    {
        var panels =
            new Panels("Algorithm 1, step by step, and where Newton ends", 760) { Legend = Legend.Below, Left = 60 };
        var panel = panels[0];
        Axes(panel, plane, "x");
        double[][][] shots = [.. snapshots.Select(shot => shot.States.Split())];
        panel.Contours("q", plane.Axis, plane.Axis, Speeds(plane), new("log₁₀ q") { Colours = Scale.Map.Greys }, 14)
            .Opacity(0.7);
        panel.Line("way of a candidate", [.. Enumerable.Range(0, shots[0].Length)
            .SelectMany(i => shots.Select(shot => shot[i]).Append(null))], Paint.Vermillion, width: 1.5);
        Marks("start", shots[0], Paint.White, MarkShape.Circle, 6).Outlined(Paint.Vermillion, 1.5);
        Marks($"Algorithm 1 after {snapshots[^1].Step} steps", shots[^1], Paint.Vermillion, MarkShape.Circle, 7);
        Marks("Newton: fixed point", Where(Ending.FixedPoint), Paint.Blue, MarkShape.CircleOpen, 16)
            .Outlined(null, 2.5);
        Marks("Newton: slow point", Where(Ending.SlowMinimum), Paint.Purple, MarkShape.SquareOpen, 16)
            .Outlined(null, 2.5);
        return panels.Chart(plane.Cell.Unchecked);

        double[][] Where(Ending ending) => [.. newton.States.Split().Where((_, i) => newton.Endings[i] == ending)];

        Series Marks(string name, double[][] places, Paint paint, MarkShape symbol, double size) =>
            panel.Markers(name, places, paint, $"{name}<br>({Hover.XAs(".3f")}, {Hover.YAs(".3f")})", symbol, size);
    }

    /// <summary>
    /// How states move along a direction in time, a panel per plane: where they gather, and how long that takes.
    /// </summary>
    /// <param name="panels">A panel each.</param>
    public static GenericChart InTime(IReadOnlyList<WaysAlong> panels)
    {
        var figure = new Panels("Where states are, in time", 400, columns: panels.Count) { ColumnGap = 0.1 };
        for (int i = 0; i < panels.Count; i++)
        {
            var (title, runs, direction) = panels[i];
            var panel = figure[0, i];
            panel.Caption(title);
            panel.X.Titled("step");
            panel.Y.Titled(
                string.Create(CultureInfo.InvariantCulture, $"place along ({direction[0]:0.##}, {direction[1]:0.##})")
                    .Replace('-', '−'));
            foreach (double[] run in PhasePlane.Along(runs, direction).Split())
                panel.Line("", Numbers(0, run.Length), run, Paint.Blue, $"step {Hover.X}: {Hover.YAs(".3f")}", 1.3);
        }
        return figure.Chart();
    }

    private static void Axes(Panel panel, PhasePlane plane, string name)
    {
        panel.X.Titled(name + "₁").From(-plane.Axis[^1], plane.Axis[^1]).Keeping();
        panel.Y.Titled(name + "₂").From(-plane.Axis[^1], plane.Axis[^1]).AsLongAs(panel.X).Keeping();
    }

    private static double[][] Rounded(PhasePlane plane, Func<int, int, double> value, int digits) =>
        Rounded(plane.Axis.Length, value, digits);

    private static double[][] Rounded(int size, Func<int, int, double> value, int digits) =>
        [.. Enumerable.Range(0, size)
            .Select(j => Enumerable.Range(0, size).Select(i => Math.Round(value(j, i), digits)).ToArray())];

    private static double[][] Speeds(PhasePlane plane)
    {
        double[,] speed = plane.Speed();
        return Rounded(plane, (j, i) => Math.Log10(Math.Max(SpeedFloor, speed[j, i])), 2);
    }

    /// <summary>Arrows for steps from a coarse grid, the long ones shortened.</summary>
    private static List<(double[] From, double[] To)> Steps(PhasePlane plane)
    {
        const int across = 15;
        double cell = 2 * plane.Axis[^1] / (across - 1);
        // The nearest points of the grid: steps are not interpolated.
        int[] nearest =
            [.. Enumerable.Range(0, across).Select(i => (int)Math.Round(i * (plane.Axis.Length - 1.0) / (across - 1)))];
        var arrows = new List<(double[], double[])>();
        foreach (int j in nearest)
            foreach (int i in nearest)
            {
                double u = plane.First[j, i], v = plane.Second[j, i], length = Math.Sqrt(u * u + v * v),
                    x = plane.Axis[i], y = plane.Axis[j];
                double scale = 0.85 * cell * Math.Tanh(length / cell) / length;
                if (length >= 1e-12) arrows.Add(([x, y], [x + scale * u, y + scale * v]));
            }
        return arrows;
    }

    /// <summary>Trajectories as one line, broken between them.</summary>
    private static double[]?[] Ways(double[,,] runs) =>
        [.. Enumerable.Range(0, runs.GetLength(0)).SelectMany(run => runs.Trial(run).Split().Append(null))];

    private static string PlaneKind(Linearisation line) => line.MarginalModes > 0 ? "marginal point" : line.Kind;

    private static (MarkShape Symbol, Paint Paint, double Size) PlaneSymbol(Linearisation line) =>
        line.MarginalModes > 0 ? (MarkShape.CircleOpen, Paint.Black, 9) : Look(line.UnstableModes);

    private static string PlaneHover(Linearisation line)
    {
        var invariant = CultureInfo.InvariantCulture;
        string eigenvalues = string.Join(
            ", ", line.Eigenvalues.Select(value => value.Imaginary == 0 ? value.Real.ToString("0.000", invariant)
            : string.Create(invariant,
                $"{value.Real:0.000}{(value.Imaginary < 0 ? "−" : "+")}{Math.Abs(value.Imaginary):0.000}i")));
        return string.Create(invariant,
            $"<b>{PlaneKind(line)}</b> at ({line.Point.State[0]:0.000}, {line.Point.State[1]:0.000})<br>λ = "
            + $"{eigenvalues}<br>q = {line.Point.Speed:0.0e+0}<br>candidates that ended here: {line.Point.Candidates}");
    }
}
