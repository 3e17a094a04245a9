using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>Principal components of states.</summary>
/// <param name="Mean">The mean state, S values.</param>
/// <param name="Components">Unit vectors by falling variance [k, S]. Sign: the loading of largest modulus is positive.</param>
/// <param name="ExplainedVariance">Share of the variance along each component, k values.</param>
public sealed record Pca(double[] Mean, double[,] Components, double[] ExplainedVariance)
{
    /// <summary>Fits the components to states.</summary>
    /// <param name="states">[M, S], M at least 1.</param>
    /// <param name="components">k; default 3. Where the states span fewer dimensions, the rest explain nothing.</param>
    public static Pca Fit(double[,] states, int components = 3)
    {
        int count = states.GetLength(0), size = states.GetLength(1);
        if (count < 1) throw new ArgumentException("Principal components need at least one state, and there is none.", nameof(states));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(components, size);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var x = tensor(states);
        var mean = x.mean([0]);
        // The covariance is small whatever the number of states, and does not depend on their order but for rounding.
        var centred = x - mean;
        var (values, vectors) = linalg.eigh(centred.t().mm(centred));
        var (variance, axes) = (values.flip(0).clamp_min(0), vectors.flip(1).narrow(1, 0, components).t().contiguous());
        var largest = axes.gather(1, axes.abs().argmax(1, keepdim: true));
        var total = variance.sum().clamp_min(double.Epsilon);
        return new(mean.ToVector(), (axes * largest.sign()).ToMatrix(), (variance.narrow(0, 0, components) / total).ToVector());
    }

    /// <summary>Fits the components to all states of trials.</summary>
    /// <param name="states">[B, T, S].</param>
    /// <param name="components">k; default 3.</param>
    public static Pca OfTrials(float[,,] states, int components = 3)
    {
        using var scope = NewDisposeScope();
        return Fit(tensor(states).reshape(-1, states.GetLength(2)).ToMatrix(), components);
    }

    /// <summary>Coordinates of states in the components [M, k].</summary>
    /// <param name="states">[M, S].</param>
    public double[,] Project(double[,] states)
    {
        if (states.GetLength(0) == 0) return new double[0, Components.GetLength(0)];
        using var scope = NewDisposeScope();
        return (tensor(states) - tensor(Mean)).mm(tensor(Components).t()).ToMatrix();
    }
}
