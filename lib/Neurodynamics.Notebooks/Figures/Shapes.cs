using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Sweeps;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    private static readonly (ShapeKind Shape, Paint Paint)[] ShapePaints =
    [
        (ShapeKind.Cube, Paint.Blue), (ShapeKind.Edges, Paint.SkyBlue), (ShapeKind.Axes, Paint.Vermillion),
        (ShapeKind.Sheet, Paint.Yellow), (ShapeKind.Line, Paint.Purple), (ShapeKind.None, Paint.LightGrey),
        (ShapeKind.TooFew, Paint.White),
    ];

    /// <summary>
    /// A cloud of states in its first three principal components, with the cube, the edges or the axes that fit it
    /// best: what <see cref="CloudShape"/> saw.
    /// </summary>
    /// <param name="states">[M, S].</param>
    /// <param name="name">What the legend calls them.</param>
    /// <param name="network">Whose states they are; the hover has what it reads out.</param>
    /// <param name="title">Title; the shape is added to it.</param>
    public static GenericChart ShapeOf(double[,] states, string name, Network network, string title)
    {
        var (shape, pca) = (CloudShape.Of(states, cancellation: Workbook.Stop), Pca.Fit(states));
        var (centre, directions) = (shape.Centre, shape.Directions);
        bool isTold = centre is not null && directions is not null;
        // Where a shape is what there is to see, the axes' box would be another.
        var space = Space($"{title}: {shape}", pca, out var scene, bare: isTold);
        double[][] dots = pca.Project(states).Split();
        Dots(scene, new(name, states), network, dots, 1);
        if (!isTold) return space.Chart(network.Cell.Unchecked);
        double[][] sides = Placed(Outline(shape.Shape)), ends = Placed([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]);
        scene.Line($"the {Wording.Of(shape.Shape)} that {(shape.Shape == ShapeKind.Cube ? "fits" : "fit")} best",
            [.. sides.Chunk(2).SelectMany(side => side.Append(null))], Paint.Vermillion, 4);
        Fit(scene, [.. dots, .. sides]);
        scene.Eye = Eye.Onto([.. ends.Skip(1).Select(end => end.Zip(ends[0], (to, from) => to - from).ToArray())]);
        return space.Chart(network.Cell.Unchecked);

        double[][] Placed(IEnumerable<double[]> places) => pca.Project(places.Select(place => centre!.Select(
                (middle, i) => middle + Enumerable.Range(0, 3).Sum(k => place[k] * directions![k][i])).ToArray())
            .ToMatrix(centre!.Length)).Split();
    }

    /// <summary>
    /// In how many networks each cloud has which shape: a panel per group, a bar per cloud, a colour per shape. Clouds
    /// of too few points have a colour of their own; the hover's shares leave them out.
    /// </summary>
    /// <param name="groups">The groups.</param>
    /// <param name="clouds">The clouds, the first on top.</param>
    /// <param name="title">Title.</param>
    public static GenericChart SweepShapes(
        IReadOnlyList<SweepGroup> groups, IReadOnlyList<SweepCloud> clouds, string title)
    {
        int rows = (groups.Count + 2) / 3, columns = Math.Min(3, groups.Count);
        SweepCloud[] upwards = [.. clouds.Reverse()];
        var panels = new Panels(title, 130 + rows * (60 + 24 * clouds.Count), Enumerable.Repeat(1.0, rows), columns)
        {
            RowGap = 0.46 / (rows + clouds.Count / 4.0),
            ColumnGap = 0.04,
            BarGap = 0.15,
            Left = 150,
        };
        panels.StackBars();
        for (int i = 0; i < groups.Count; i++)
        {
            var (group, panel) = (groups[i], panels[i / columns, i % columns]);
            panel.Caption($"{group.Name} ({group.Rows.Count})");
            // Every shape that any group has is in the legend once; one that none has is not drawn.
            foreach (var (kind, (shape, paint)) in ShapePaints.Index().Where(
                one => groups.Any(other => clouds.Any(cloud => other.Shape(cloud, one.Item.Shape).Count > 0))))
                panel.BarsAcross(Wording.Of(shape), upwards.Select(cloud =>
                    100.0 * group.Shape(cloud, shape).Count / Math.Max(1, group.Looked(cloud))),
                    Numbers(0, upwards.Length), paint, Hover.Custom)
                    .Outlined(shape == ShapeKind.TooFew ? Paint.Grey : Paint.White, 0.5).Hatched(kind)
                    .Custom(upwards.Select(
                        cloud => $"{group.Name}, {cloud}<br>{Wording.Of(shape)}: {group.Shape(cloud, shape)}"));
            panel.X.From(0, 100).Titled(i / columns == rows - 1 ? "% of networks" : null, 12);
            panel.Y.Categories([.. upwards.Select(cloud => i % columns == 0 ? cloud.Name : "")], 0.6);
        }
        return panels.Chart();
    }

    /// <summary>
    /// How often the measure of shapes is right, by number of points: on the left clouds of a shape, and in how many it
    /// is told; on the right clouds without one, and in how many some shape is told.
    /// </summary>
    /// <param name="errors">What was told of made-up clouds.</param>
    /// <param name="title">Title.</param>
    public static GenericChart ShapeErrors(IReadOnlyList<ShapeErrors> errors, string title)
    {
        var panels = new Panels(title, 520, columns: 2) { Legend = Legend.Below, ColumnGap = 0.06 };
        var kinds = errors.GroupBy(error => error.Cloud)
            .GroupBy(kind => kind.First().Shape == ShapeKind.None).OrderBy(panel => panel.Key)
            .SelectMany(panel => panel.Select(kind => (Shapeless: panel.Key, Kind: kind)));
        foreach (var (i, (shapeless, kind)) in kinds.Index())
        {
            var panel = panels[0, shapeless ? 1 : 0];
            var (paint, symbol) = Nth(i);
            Proportion At(ShapeErrors error) => shapeless ? error.Wrong : error.Right;
            panel.Line(kind.Key, [.. kind.Select(error => (double)error.Points)],
                kind.Select(error => At(error).Share), paint, Hover.Custom, 1.5,
                // Where colours come round again, the line tells.
                NthDash(i / InOrder.Length)).Marked(paint, symbol)
                .Custom(kind.Select(error => $"{error.Cloud}, {Number.Of(error.Points, "point")}<br>"
                    + string.Join("<br>", error.Told.OrderByDescending(told => told.Value)
                        .Select(told => $"{Wording.Of(told.Key)}: {told.Value}"))));
        }
        foreach (var (panel, caption) in panels.All.Zip(["the shape is told", "a shape is told where none is"]))
        {
            panel.Caption(caption);
            panel.X.Titled("points").Logarithmic();
            panel.Y.Percent().From(-0.03, 1.04);
        }
        panels[0, 0].Y.Titled("clouds");
        return panels.Chart();
    }

    /// <summary>The straight lines of a shape in its own axes, two ends each.</summary>
    private static IEnumerable<double[]> Outline(ShapeKind shape) =>
        from axis in Enumerable.Range(0, 3)
        from side in shape == ShapeKind.Axes ? new[] { (0.0, 0.0) } : [(-1, -1), (-1, 1), (1, -1), (1, 1)]
        from end in new[] { -1.0, 1.0 }
        select (double[])[.. Enumerable.Range(0, 3)
            .Select(k => k == axis ? end : k == (axis + 1) % 3 ? side.Item1 : side.Item2)];
}
