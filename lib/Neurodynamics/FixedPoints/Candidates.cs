using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>States to start from.</summary>
public static class Candidates
{
    /// <summary>States drawn from those that a cell visits in trials (report 4.3).</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="count">M, how many; drawn with replacement from all B T states.</param>
    /// <param name="seed">Seed of the draw and the noise.</param>
    /// <param name="noise">Standard deviation of noise added to every value; default 0.</param>
    /// <param name="steps">Which steps of the trials to draw from, counted from 0; default all.</param>
    /// <returns>[M, S].</returns>
    public static double[,] FromTrials(Cell cell, float[,,] inputs, int count, long seed, double noise = 0, Range? steps = null)
    {
        using var scope = NewDisposeScope();
        return Draw(cell, inputs, count, seed, noise, steps ?? Range.All).States.ToMatrix();
    }

    /// <summary>
    /// States drawn from those that a cell visits in trials, each under the input of the step that led there: the problem of the fixed points for the task's own
    /// distribution of inputs, which the report proposes to look at (section 5).
    /// </summary>
    /// <inheritdoc cref="FromTrials"/>
    public static FixedPointProblem UnderOwnInputs(Cell cell, float[,,] inputs, int count, long seed, double noise = 0, Range? steps = null)
    {
        var (states, met) = Matrices();
        // Outside the scope, which would take the weights of the problem's own copy of the cell with it.
        return new(cell, met, states);

        (double[,], double[,]) Matrices()
        {
            using var scope = NewDisposeScope();
            var (drawn, under) = Draw(cell, inputs, count, seed, noise, steps ?? Range.All);
            return (drawn.ToMatrix(), under.ToMatrix());
        }
    }

    /// <summary>The same states, every value multiplied by a factor: candidates where no trial goes.</summary>
    /// <param name="candidates">[M, S].</param>
    /// <param name="factor">The factor.</param>
    public static double[,] Scaled(double[,] candidates, double factor)
    {
        var scaled = (double[,])candidates.Clone();
        for (int i = 0; i < scaled.GetLength(0); i++)
            foreach (ref double value in scaled.RowSpan(i)) value *= factor;
        return scaled;
    }

    private static (Tensor States, Tensor Inputs) Draw(Cell cell, float[,,] inputs, int count, long seed, double noise, Range steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        var (first, length) = steps.GetOffsetAndLength(inputs.GetLength(1));
        if (length * inputs.GetLength(0) == 0 && count > 0)
            throw new ArgumentException($"The trials have no steps to draw from: there are {inputs.GetLength(0)} trials of {inputs.GetLength(1)} steps, of which {steps} were asked for.", nameof(steps));
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        var exact = cell.InDouble();
        var given = tensor(inputs).to(ScalarType.Float64);
        var visited = exact.Run(given).narrow(1, first, length).reshape(-1, cell.StateSize);
        var drawn = randint(visited.shape[0], [count], dtype: ScalarType.Int64, generator: generator);
        return (visited[drawn] + noise * randn([count, cell.StateSize], dtype: ScalarType.Float64, generator: generator),
            given.narrow(1, first, length).reshape(-1, cell.InputSize)[drawn]);
    }
}
