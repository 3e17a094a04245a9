using Neurodynamics.Enclosures;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>
/// Writes a proof so that the check of a page can follow it: boxes around the points that it finds good, and cuts until
/// it decides each part.
/// </summary>
internal sealed class ProofWriter(FixedPointEquation equation)
{
    private const int MostShrinkings = 40, MostPasses = 30;

    /// <summary>The file of a proof; null where the points' boxes are too hard for the check.</summary>
    /// <param name="proof">A complete proof of the same equation.</param>
    /// <param name="maxParts">How many parts there may be.</param>
    /// <param name="progress">Told the number of parts so far.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidOperationException">More parts are needed.</exception>
    public ProofFile? Write(
        CompletenessProof proof, int maxParts, IProgress<int>? progress, CancellationToken cancellation)
    {
        var around = new List<Enclosure[]>();
        var points = new List<ProofFile.Point>();
        foreach (var point in proof.Points)
        {
            if (Around(point) is not { } box) return null;
            around.Add(box);
            points.Add(new(ProofFile.Sides(At(box)), ProofFile.Sides(box)));
        }
        var cuts = new List<ProofFile.Cut>();
        var parts = new Stack<Enclosure[]>([[.. equation.Box!]]);
        while (parts.TryPop(out var part))
        {
            cancellation.ThrowIfCancellationRequested();
            if (cuts.Count >= maxParts)
                throw new InvalidOperationException($"The file of this proof would hold more than {maxParts} parts, "
                    + "since the check contracts boxes less than the proof does: allow more, or run the proof again.");
            if (ProofCheck.Shrunk(equation, part, around) is { } end)
                cuts.Add(end < 0 ? new("e") : new("p", end));
            else
            {
                int side = SideOf(part);
                double middle = part[side].Middle;
                var (low, high) = part.CutAt(side, middle);
                cuts.Add(new("c", side, middle));
                parts.Push(high);
                parts.Push(low);
            }
            progress?.Report(cuts.Count);
        }
        return new(1, proof.Equation, proof.Weights, proof.Input, points, cuts);
    }

    /// <summary>The largest share of a point's neighbourhood that the check finds good.</summary>
    private Enclosure[]? Around(ProvenPoint point)
    {
        for (int i = 0; i < MostShrinkings; i++)
        {
            double share = Math.Pow(0.7, i);
            Enclosure[] box = [.. point.Neighbourhood.Zip(point.Unknowns, (far, at) => Enclosure.Around(
                at.Middle, Math.Max(2 * at.Radius, share * Math.Min(far.High - at.Middle, at.Middle - far.Low))))];
            if (ProofCheck.HasOne(equation, box)) return box;
        }
        return null;
    }

    /// <summary>Where the check sees the point, and a little more.</summary>
    private Enclosure[] At(Enclosure[] box)
    {
        for (int pass = 0; pass < MostPasses && ProofCheck.Smaller(equation, box) is { } smaller; pass++) box = smaller;
        return [.. box.Select(side => Enclosure.Around(side.Middle, 4 * side.Radius + 1e-300))];
    }

    /// <summary>The side along which the slopes over a part differ most.</summary>
    private int SideOf(Enclosure[] part)
    {
        var slopes = equation.Map(EnclosedVector.Variables(part)).Slopes;
        return Enumerable.Range(0, part.Length).MaxBy(side => (Enumerable.Range(0, part.Length)
            .Sum(i => slopes?[i, side].Radius ?? 0) + 1e-9) * part[side].Radius);
    }
}
