using System.Globalization;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>
/// How a list of fixed points stands: proven complete, proven to lack some, or as far as signs and fresh candidates
/// tell. A proof is tried where the cell allows one.
/// </summary>
public sealed record Standing
{
    private Standing(CompletenessProof? proof, ProofComparison? comparison, string message) =>
        (Proof, Comparison, Message) = (proof, comparison, message);

    /// <summary>The proof; null where none could be tried.</summary>
    public CompletenessProof? Proof { get; }

    /// <summary>The list beside the proof's; null where none could be tried.</summary>
    public ProofComparison? Comparison { get; }

    /// <summary>Whether the list is proven to be that of all fixed points.</summary>
    public bool IsProvenComplete => Comparison?.IsComplete ?? false;

    /// <summary>All of it in a line.</summary>
    public string Message { get; }

    /// <summary>How a list stands.</summary>
    /// <param name="cell">The network.</param>
    /// <param name="set">What a search found.</param>
    /// <param name="prover">Default one that tests 100,000 boxes at most, which takes seconds.</param>
    /// <param name="cancellation">Stops the proof; what was decided by then counts.</param>
    /// <exception cref="ArgumentException">The list is of another network.</exception>
    public static Standing Of(
        Cell cell, FixedPointSet set, Prover? prover = null, CancellationToken cancellation = default)
    {
        Demand.Given((cell, set));
        prover ??= new() { MaxBoxes = 100_000 };
        var (proof, obstacle) = prover.Try(cell, set.Input, null, cancellation);
        if (proof is null) return new(null, null, $"{set.Standing}. No proof was tried: {obstacle}");
        var comparison = proof.Compare(set);
        return new(proof, comparison, proof.Verdict switch
        {
            ProofVerdict.ProvenComplete => comparison.ToString(),
            ProofVerdict.Partial => string.Create(CultureInfo.InvariantCulture,
                $"{set.Standing}. {100 * (1 - proof.OpenShare):0.##} % of the box is proven to hold ")
                + $"{Number.Of(proof.Points.Count, "fixed point")} and no other; the rest is open.",
            _ => $"{set.Standing}. {proof.Message}",
        });
    }

    /// <summary><see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
