using Microsoft.Data.Analysis;
using Neurodynamics.Proofs;

namespace Neurodynamics.Notebooks;

/// <summary>A proof with the name that a table gives it.</summary>
/// <param name="Name">Of the network, its input, or what was varied.</param>
/// <param name="Proof">The proof.</param>
public sealed record NamedProof(string Name, CompletenessProof Proof) : Described;

public static partial class Tables
{
    /// <summary>
    /// A row per proof: the equation that was solved and its unknowns, what is proven, how many fixed points there are,
    /// the boxes that it took, what share of the first box was not decided, and the seconds. Where no box is known,
    /// nothing was tested, and points, boxes and share are empty.
    /// </summary>
    /// <param name="proofs">The proofs.</param>
    public static DataFrame Proofs(IReadOnlyList<NamedProof> proofs) => Table.Of(proofs)
        .Assuming(proofs.Select(named => named.Proof.Unchecked))
        .Column("network", named => named.Name)
        .Column("equation", named => named.Proof.Equation)
        .Column("unknowns", named => named.Proof.Box?.Count
            ?? named.Proof.Points.Select(point => (int?)point.Unknowns.Count).FirstOrDefault())
        .Column("verdict", named => Wording.Of(named.Proof.Verdict))
        .Column("fixed points", named => Tested(named)?.Points.Count)
        .Column("boxes", named => Tested(named)?.Boxes.Count)
        .Column("not decided", named => Tested(named)?.OpenShare)
        .Column("seconds", named => Math.Round(named.Proof.Elapsed.TotalSeconds, 3));

    private static CompletenessProof? Tested(NamedProof named) =>
        named.Proof.Verdict == ProofVerdict.NoBox ? null : named.Proof;
}
