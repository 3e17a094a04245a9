using System.Numerics;

namespace Neurodynamics.FixedPoints;

/// <summary>Why a branch ends.</summary>
public enum BranchEnding
{
    /// <summary>The point was followed to the end of the path, position 1.</summary>
    ReachedEnd,

    /// <summary>
    /// The branch turned back at a fold and returned to the start of the path, position 0: its last point is another
    /// fixed point under the first input.
    /// </summary>
    CameBack,

    /// <summary>The step limit came first: raise MaxSteps or MaxStep.</summary>
    StepLimit,

    /// <summary>
    /// No step of MinStep or more could be corrected: the branch has a corner or meets another, or the map is not
    /// smooth there.
    /// </summary>
    StepTooSmall,

    /// <summary>The search was stopped.</summary>
    Cancelled,
}

/// <summary>A fixed point on a branch.</summary>
/// <param name="Position">Where its input lies on the path: 0 at the first input, 1 at the last.</param>
/// <param name="Point">The fixed point, with its input.</param>
/// <param name="Sign">Sign of det(I - J): it changes at a fold, and where branches cross.</param>
/// <param name="UnstableModes">Number of |lambda| > 1; null where the continuation was not asked to count them.</param>
public sealed record BranchPoint(double Position, FixedPoint Point, int Sign, int? UnstableModes) : Described;

/// <summary>What happens to a fixed point where one of its modes neither grows nor shrinks.</summary>
public enum BifurcationKind
{
    /// <summary>Two fixed points meet and vanish, lambda = 1: the branch turns back along the path.</summary>
    Fold,

    /// <summary>Another branch of fixed points crosses this one, lambda = 1.</summary>
    BranchPoint,

    /// <summary>A cycle of two states is born or dies, lambda = -1.</summary>
    Flip,

    /// <summary>
    /// An invariant closed curve is born or dies, lambda = exp(+-i theta): to maps what Hopf's bifurcation is to flows.
    /// </summary>
    NeimarkSacker,
}

/// <summary>Where on a branch a mode passes from shrinking to growing, or back.</summary>
/// <param name="Kind">What happens there.</param>
/// <param name="Position">Where on the path: a fold to rounding, the others to about 1e-8 or better.</param>
/// <param name="Point">The fixed point there.</param>
/// <param name="After">Index of the last point of the branch before it.</param>
/// <param name="Eigenvalue">The eigenvalue on the unit circle; of a pair the one with a positive angle.</param>
public sealed record Bifurcation(
    BifurcationKind Kind, double Position, FixedPoint Point, int After, Complex Eigenvalue) : Described
{
    /// <summary>
    /// Steps of a turn of what is born or dies, 2 pi / theta: 2 of a flip, infinite of a fold and a branch point.
    /// </summary>
    public double Period => Kind switch
    {
        BifurcationKind.Flip => 2,
        BifurcationKind.NeimarkSacker => 2 * Math.PI / Eigenvalue.Phase,
        _ => double.PositiveInfinity,
    };
}

/// <summary>A fixed point followed along a path of inputs.</summary>
/// <param name="Points">In the order in which they were met, both ends included; bifurcations lie between.</param>
/// <param name="Bifurcations">
/// In order; only folds where the continuation was not asked to count unstable modes.
/// </param>
/// <param name="Ending">Why the branch ends.</param>
public sealed record Branch(
    IReadOnlyList<BranchPoint> Points, IReadOnlyList<Bifurcation> Bifurcations, BranchEnding Ending) : Described
{
    /// <summary>Where the branch turns back along the path, in order.</summary>
    public IReadOnlyList<Bifurcation> Folds => [.. Bifurcations.Where(it => it.Kind == BifurcationKind.Fold)];
}
