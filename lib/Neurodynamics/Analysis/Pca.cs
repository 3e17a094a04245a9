using Neurodynamics.Dynamics;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>What principal components are fitted to.</summary>
public enum PcaOf
{
    /// <summary>All states of trials.</summary>
    Trajectories,

    /// <summary>The fixed points.</summary>
    Points,

    /// <summary>Both, each set with half of the weight whatever its size: the mean is halfway between theirs.</summary>
    Both,
}

/// <summary>Principal components of states.</summary>
/// <param name="Mean">The mean state, S values.</param>
/// <param name="Components">
/// Unit vectors by falling variance [k, S]. Sign: the first loading of largest modulus is positive. Components of equal
/// variance can be turned into each other; the first is then the one nearest to a state variable's axis. So the order
/// of the states does not matter.
/// </param>
/// <param name="ExplainedVariance">Share of the variance along each component, k values.</param>
public sealed record Pca(double[] Mean, double[,] Components, double[] ExplainedVariance) : Described
{
    /// <summary>
    /// Share of all variance below which two variances are equal, and part of a loading below which two loadings are:
    /// above rounding.
    /// </summary>
    private const double Same = 1e-9;

    /// <summary>Fits the components to states.</summary>
    /// <param name="states">[M, S], M at least 1.</param>
    /// <param name="components">
    /// k; default 3, and S where there are fewer state variables. Where the states span fewer dimensions, the rest
    /// explain nothing.
    /// </param>
    public static Pca Fit(double[,] states, int components = 3)
    {
        Demand.Given(states);
        if (states.GetLength(0) < 1) throw new ArgumentException(
            "Principal components need at least one state, and there is none.", nameof(states));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Fit([states.ToTensor()], components);
    }

    /// <summary>Fits the components to all states of trials.</summary>
    /// <param name="states">[B, T, S].</param>
    /// <param name="components">k; default 3.</param>
    public static Pca OfTrials(double[,,] states, int components = 3) =>
        Fit(PcaOf.Trajectories, states, [], components);

    /// <summary>
    /// Fits the components to several sets of states together, each with the same weight whatever its size: the mean is
    /// that of their means.
    /// </summary>
    /// <param name="sets">Each [M, S], M at least 1; at least one set.</param>
    /// <param name="components">k; default 3, and S where there are fewer state variables.</param>
    public static Pca OfSets(IReadOnlyList<double[,]> sets, int components = 3)
    {
        Demand.Given(sets);
        if (sets.Count == 0 || sets.Any(set => set.GetLength(0) < 1)) throw new ArgumentException(
            "Principal components need at least one state in each set, and there is none.", nameof(sets));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Fit([.. sets.Select(set => set.ToTensor())], components);
    }

    /// <summary>Fits the components to trajectories, fixed points or both.</summary>
    /// <param name="of">To which.</param>
    /// <param name="trajectories">States of trials [B, T, S].</param>
    /// <param name="points">
    /// The fixed points. With none, "both" are the trajectories alone, and the points cannot be asked for.
    /// </param>
    /// <param name="components">
    /// k; default 3, and S where there are fewer state variables. Where the states span fewer dimensions, the rest
    /// explain nothing.
    /// </param>
    public static Pca Fit(PcaOf of, double[,,] trajectories, IReadOnlyList<Linearisation> points, int components = 3)
    {
        Demand.Known(of, nameof(of));
        Demand.Given((trajectories, points));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        int size = trajectories.GetLength(2);
        if (points.FirstOrDefault(point => point.Point.State.Length != size) is { } stranger)
            throw new ArgumentException(
                $"The trajectories' states have {size} values, but a point's has {stranger.Point.State.Length}: is it "
                + "a point of another network?", nameof(points));
        var sets = new List<Tensor>();
        if (of != PcaOf.Points && trajectories.Length > 0) sets.Add(
            trajectories.ToTensor().to(ScalarType.Float64).reshape(-1, size));
        if (of != PcaOf.Trajectories && points.Count > 0) sets.Add(
            points.Select(point => point.Point.State).ToMatrix(size).ToTensor());
        if (sets.Count > 0) return Fit(sets, components);
        string missing = of switch
        {
            PcaOf.Trajectories => "trajectories",
            PcaOf.Points => "fixed points",
            _ => "trajectories and no fixed points",
        };
        throw new ArgumentException($"Principal components need at least one state, and there are no {missing}.");
    }

    private static Pca Fit(IReadOnlyList<Tensor> sets, int components)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        components = (int)Math.Min(components, sets[0].shape[1]);
        var mean = stack(sets.Select(set => set.mean([0]))).mean([0]);
        // The covariance is small whatever the number of states, and does not depend on their order but for rounding.
        var covariance = stack(sets.Select(set => (set - mean).t().mm(set - mean).Over(set.shape[0]))).mean([0]);
        var (values, vectors) = linalg.eigh(covariance);
        var (variance, axes) = (values.flip(0).AtLeast(0).ToVector(), vectors.flip(1).t().contiguous());
        double total = Math.Max(variance.Sum(), double.Epsilon);
        var chosen = new List<double[]>();
        for (int first = 0, next; chosen.Count < components; first = next)
        {
            for (next = first + 1; next < variance.Length
                && variance[next - 1] - variance[next] <= Same * total;) next++;
            chosen.AddRange(Settled(axes.narrow(0, first, next - first), Math.Min(components - first, next - first)));
        }
        return new(mean.ToVector(), chosen.ToMatrix(variance.Length),
            [.. variance.Take(components).Select(value => value / total)]);
    }

    /// <summary>
    /// The first vectors of the one orthonormal basis that a space is given whatever basis [m, S] it came with: each in
    /// turn is the projection of the axis to which what is left of the space is nearest. Of a line, that fixes the
    /// sign.
    /// </summary>
    private static IEnumerable<double[]> Settled(Tensor basis, int count)
    {
        var projection = basis.t().mm(basis);
        for (int k = 0; k < count; k++)
        {
            var nearness = projection.diagonal().clone();
            long axis = (nearness >= nearness.max().Times(1 - Same)).to(ScalarType.Int64).argmax().item<long>();
            var vector = projection[axis] / nearness[axis].sqrt();
            projection = projection - vector.outer(vector);
            yield return vector.ToVector();
        }
    }

    /// <summary>Coordinates of states in the components [M, k].</summary>
    /// <param name="states">[M, S].</param>
    public double[,] Project(double[,] states)
    {
        Demand.Shape(states, [-1, Mean.Length]);
        if (states.GetLength(0) == 0) return new double[0, Components.GetLength(0)];
        using var scope = NewDisposeScope();
        return (states.ToTensor() - Mean.ToTensor()).mm(Components.ToTensor().t()).ToMatrix();
    }
}
