using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// Targeted dimensionality reduction (Mante, Sussillo, Shenoy and Newsome 2013): the directions in which states change
/// with the variables of a task, such as the choice or the coherence of motion.
/// </summary>
/// <param name="Names">What the variables are called, R of them.</param>
/// <param name="Axes">Orthonormal directions, in the order of the variables [R, N].</param>
/// <param name="Sizes">
/// How far the states move at each step with each variable, per standard deviation of the variable [R, T].
/// </param>
/// <param name="Steps">
/// The step, from 0, at which each variable moves them most: its direction there is the axis.
/// </param>
public sealed record TargetedAxes(IReadOnlyList<string> Names, double[,] Axes, double[,] Sizes, int[] Steps) : Described
{
    /// <summary>The axes of trials.</summary>
    /// <param name="states">What is looked at, states or rates [B, T, N].</param>
    /// <param name="variables">The variables of each trial [B, R]; their mean and size do not matter.</param>
    /// <param name="names">What they are called, R of them.</param>
    /// <param name="components">
    /// How many principal components of the trials are kept, so that noise is left out; default 12, as in that paper.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A variable does not vary, or is a linear function of the others: no regression can tell them apart.
    /// </exception>
    public static TargetedAxes Of(
        double[,,] states, double[,] variables, IReadOnlyList<string> names, int components = 12)
    {
        Demand.Given((states, variables, names));
        var (trials, steps, units) = (states.GetLength(0), states.GetLength(1), states.GetLength(2));
        Demand.Shape(variables, [trials, names.Count]);
        ArgumentOutOfRangeException.ThrowIfLessThan(components, names.Count);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var given = variables.ToTensor();
        var centred = given - given.mean([0], keepdim: true);
        var scaled = centred / centred.Squared().mean([0], keepdim: true).sqrt();
        if (!scaled.isfinite().all().item<bool>() || linalg.matrix_rank(scaled, 1e-9).item<long>() < names.Count)
            throw new ArgumentException($"Of {string.Join(", ", names)} one does not vary over the trials, or follows "
                + "from the others: leave it out.", nameof(variables));
        var response = states.ToTensor();
        // Slopes [R, T, N]: the mean over trials does not matter, as the variables have mean 0.
        var slopes = linalg.pinv(scaled).mm(response.reshape(trials, -1)).view(names.Count, steps, units);
        var kept = Pca.OfTrials(states, Math.Min(components, Math.Min(units, trials * steps))).Components.ToTensor();
        slopes = slopes.matmul(kept.t()).matmul(kept);
        var sizes = slopes.Squared().sum([2]).sqrt();
        int[] strongest = [.. sizes.argmax(1).data<long>().ToArray().Select(step => (int)step)];
        var columns = stack(strongest.Select((step, r) => slopes[r, step]), 1);
        var (q, triangle) = linalg.qr(columns);
        // A direction of the sign of its slope.
        var axes = (q * triangle.diagonal().sign()).t();
        return new([.. names], axes.contiguous().ToMatrix(), sizes.ToMatrix(), strongest);
    }

    /// <summary>Trials along the axes [B, T, R].</summary>
    /// <param name="states">As those that the axes were made of [B, T, N].</param>
    public double[,,] Project(double[,,] states)
    {
        Demand.Shape(states, [-1, -1, Axes.GetLength(1)]);
        using var scope = NewDisposeScope();
        return states.ToTensor().matmul(Axes.ToTensor().t()).ToCube();
    }
}
