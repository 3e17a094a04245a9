using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Sweeps;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    private static readonly (ShapeKind Shape, string Colour)[] ShapeColours =
    [
        (ShapeKind.Cube, Style.Blue), (ShapeKind.Edges, Style.SkyBlue), (ShapeKind.Axes, Style.Vermillion), (ShapeKind.Sheet, Style.Yellow), (ShapeKind.Line, Style.Purple), (ShapeKind.None, "#cccccc"),
    ];

    /// <summary>
    /// A cloud of states in its first three principal components, with the cube, the edges or the axes that fit it best: what <see cref="CloudShape"/> saw.
    /// </summary>
    /// <param name="states">[M, S].</param>
    /// <param name="name">What the legend calls them.</param>
    /// <param name="network">Whose states they are; the hover tells what it reads out.</param>
    /// <param name="title">Title; the shape is added to it.</param>
    public static GenericChart ShapeOf(double[,] states, string name, Network network, string title)
    {
        var (shape, pca) = (CloudShape.Of(states), Analysis.Pca.Fit(states));
        var traces = new List<Trace> { CloudTrace(new(name, states), network, pca.Project(states), 0, null, 1) };
        if (shape is { Centre: { } centre, Directions: { } directions })
            traces.Add(Frame(pca.Project(Outline(shape.Shape).Select(place => place is null ? null : Enumerable.Range(0, centre.Length).Select(i => centre[i] + Enumerable.Range(0, 3).Sum(k => place[k] * directions[k][i])).ToArray())
                .Select(place => place ?? [.. Enumerable.Repeat(double.NaN, centre.Length)]).ToMatrix(centre.Length)), $"the {Wording.Of(shape.Shape)} that {(shape.Shape == ShapeKind.Cube ? "fits" : "fit")} best"));
        return Style.Chart(traces, Space($"{title}: {shape}", pca, empty: false));

        static Trace Frame(double[,] places, string name) => new Trace3D("scatter3d").With("name", name).With("mode", "lines").With("hoverinfo", "skip")
            .With("line", new Line().With("color", Style.Vermillion).With("width", 4))
            .With("x", Along(places, 0)).With("y", Along(places, 1)).With("z", Along(places, 2));

        static double[] Along(double[,] places, int component) => [.. Enumerable.Range(0, places.GetLength(0)).Select(i => component < places.GetLength(1) ? Style.Drawn(places[i, component]) : 0)];
    }

    /// <summary>In how many networks each cloud has which shape: a panel per group, a bar per cloud, a colour per shape.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="clouds">The clouds, the first on top.</param>
    /// <param name="title">Title.</param>
    public static GenericChart SweepShapes(IReadOnlyList<SweepGroup> groups, IReadOnlyList<SweepCloud> clouds, string title)
    {
        int rows = (groups.Count + 2) / 3, columns = Math.Min(3, groups.Count);
        SweepCloud[] upwards = [.. clouds.Reverse()];
        var panels = new Panels(title, 130 + rows * (60 + 24 * clouds.Count), [.. Enumerable.Repeat(1.0, rows)], columns, rowGap: 0.34 / (rows + clouds.Count / 4.0), columnGap: 0.04);
        for (int i = 0; i < groups.Count; i++)
        {
            var (row, column) = (i / columns, i % columns);
            var group = groups[i];
            panels.Head(row, column, $"{group.Name} ({group.Rows.Count})");
            foreach (var (shape, colour) in ShapeColours)
            {
                double[] shares = [.. upwards.Select(cloud => group.Shape(cloud, shape)).Select(share => share.Total == 0 ? 0 : 100 * share.Share)];
                // Every shape that any group has is in the legend once; one that none has is not drawn.
                if (!groups.Any(other => clouds.Any(cloud => other.Shape(cloud, shape).Count > 0))) continue;
                panels.Draw(row, column, "bar", Wording.Of(shape), shares, Enumerable.Range(0, upwards.Length).Select(k => (double)k), "%{customdata}")
                    .With("orientation", "h").With("marker", new Marker().With("color", colour).With("line", new Line().With("color", "#ffffff").With("width", 0.5)))
                    .With("customdata", upwards.Select(cloud => $"{group.Name}, {cloud}<br>{Wording.Of(shape)}: {group.Shape(cloud, shape)}").ToArray());
            }
            panels.X(row, column).With("range", new double[] { 0, 100 }).With("title", row == rows - 1 ? Style.Title("% of networks", 12) : null);
            panels.Y(row, column).With("tickvals", Enumerable.Range(0, upwards.Length).ToArray()).With("ticktext", upwards.Select(cloud => column == 0 ? cloud.Name : "").ToArray()).With("range", new[] { -0.6, upwards.Length - 0.4 });
        }
        var chart = panels.Chart();
        GenericChart.getLayout(chart).With("barmode", "stack").With("bargap", 0.15).With("margin", new Margin().With("l", 150).With("r", 20).With("t", 105).With("b", 55));
        return chart;
    }

    /// <summary>Corners of the outline of a shape in its own axes, drawn as one line; null breaks it.</summary>
    private static IEnumerable<double[]?> Outline(ShapeKind shape)
    {
        if (shape == ShapeKind.Axes)
        {
            for (int axis = 0; axis < 3; axis++)
            {
                yield return [.. Enumerable.Range(0, 3).Select(k => k == axis ? -1.0 : 0)];
                yield return [.. Enumerable.Range(0, 3).Select(k => k == axis ? 1.0 : 0)];
                yield return null;
            }
            yield break;
        }
        for (int axis = 0; axis < 3; axis++)
            foreach (var (a, b) in new[] { (-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0) })
            {
                foreach (double end in new[] { -1.0, 1.0 })
                {
                    var corner = new double[3];
                    (corner[axis], corner[(axis + 1) % 3], corner[(axis + 2) % 3]) = (end, a, b);
                    yield return corner;
                }
                yield return null;
            }
    }
}
