using System.Globalization;
using Neurodynamics.Enclosures;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Proofs;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// How a proof in two unknowns decided each part of the first box: a picture of why there is no other fixed point.
    /// Boxes are drawn as they came to be tested; what was cut away before a box was tested or halved is grey.
    /// </summary>
    /// <param name="proof">A proof in two unknowns.</param>
    /// <param name="points">Its points, linearised, in any order; default only where they are.</param>
    /// <param name="title">Of the figure.</param>
    /// <exception cref="ArgumentException">The proof has not two unknowns, or the points are not its own.</exception>
    public static GenericChart ProofBoxes(CompletenessProof proof, IReadOnlyList<Linearisation>? points = null,
        string title = "How each part was decided")
    {
        Demand.Given(proof);
        if (proof.Box is not { Count: 2 } whole)
            throw new ArgumentException("Boxes are drawn in a plane, but the proof has "
                + $"{proof.Box?.Count ?? 0} unknowns: show its message, or a table of its points.", nameof(proof));
        if (points is not null && points.Count != proof.Points.Count)
            throw new ArgumentException($"The proof has {proof.Points.Count} points, but {points.Count} were given: "
                + "give Linearisation.Of(cell, proof.FixedPoints(cell)).", nameof(points));
        char unknown = proof.Equation[0];
        // Linearisations are sorted by their modes: each belongs to the proven point that is nearest.
        var kinds = proof.Points.Select(point => points?.MinBy(line => line.Point.State.Distance(point.Near())))
            .ToArray();
        var panels = new Panels(title, 720) { Legend = Legend.Below, Left = 60 };
        var panel = panels[0];
        Across(panel.X.Titled(unknown + "₁"), whole[0]);
        Across(panel.Y.Titled(unknown + "₂"), whole[1]);
        panel.Boxes("cut away before a test", [Sides(whole)], new("#e4e4e4"));
        foreach (var (name, ends, paint) in new (string, BoxEnd[], Paint)[]
        {
            ("empty: F is elsewhere", [BoxEnd.EmptyByRange], Paint.PaleBlue),
            ("empty: no room between linear bounds", [BoxEnd.EmptyByLinearisation], Paint.SkyBlue),
            ("at most one point, proven to exist", [BoxEnd.OnePoint], Paint.Yellow),
            ("not decided", [BoxEnd.Undecided, BoxEnd.Open], Paint.Vermillion),
        })
            if (proof.Boxes.Where(box => ends.Contains(box.End)).Select(box => Sides(box.Sides)).ToArray() is
                { Length: > 0 } boxes) panel.Boxes($"{name} ({boxes.Length})", boxes, paint);
        foreach (var kind in proof.Points.Index().GroupBy(point => kinds[point.Index]?.UnstableModes)
            .OrderBy(kind => kind.Key))
        {
            var (symbol, paint, size) = kind.Key is { } unstable ? Look(unstable)
                : (Models.MarkShape.Circle, Paint.Black, 9);
            double[][] places = [.. kind.Select(point => (double[])[.. point.Item.Unknowns.Select(at => at.Middle)])];
            panel.Markers(kind.Key is { } modes ? Kind(modes) : "fixed point", places, paint, null, symbol, size + 1)
                .Outlined(Paint.White, 1.5).Hovers(kind.Select(point => Said(point.Index, point.Item)));
        }
        return panels.Chart(proof.Unchecked);

        // With a margin: a point may be at the very border.
        static void Across(Axis axis, Enclosure side) => axis.From(side.Low - 0.06 * side.Radius,
            side.High + 0.06 * side.Radius).NoGrid().NoZeroLine();

        static ((double, double), (double, double)) Sides(IReadOnlyList<Enclosure> box) =>
            ((box[0].Low, box[0].High), (box[1].Low, box[1].High));

        string Said(int number, ProvenPoint point) => string.Create(CultureInfo.InvariantCulture,
            $"<b>point {number + 1}{(kinds[number] is { } line ? $", {line.Kind}" : "")}</b><br>"
            + $"at ({point.Unknowns[0].Middle:0.000}, {point.Unknowns[1].Middle:0.000}), "
            + $"proven to within {point.Unknowns.Max(at => at.Radius):0.0e+0}");
    }
}
