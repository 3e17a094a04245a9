using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>Where does the network stand still? A cell, a constant input, and the states to start from.</summary>
public sealed record FixedPointProblem
{
    /// <param name="cell">The cell; it is analysed in float64, and never changed.</param>
    /// <param name="input">The constant input, I values.</param>
    /// <param name="candidates">The states to start from [M, S]; M may be 0.</param>
    /// <exception cref="ArgumentException">A shape does not fit the cell, or a value is not finite.</exception>
    public FixedPointProblem(Cell cell, double[] input, double[,] candidates)
    {
        if (input.Length != cell.InputSize)
            throw new ArgumentException($"The cell has {cell.InputSize} inputs, but the constant input holds {input.Length} values.", nameof(input));
        if (candidates.GetLength(1) != cell.StateSize)
            throw new ArgumentException($"The cell's states have {cell.StateSize} values, but the candidates are [{candidates.GetLength(0)}, {candidates.GetLength(1)}].", nameof(candidates));
        if (!input.All(double.IsFinite)) throw new ArgumentException("The constant input holds a value that is not finite.", nameof(input));
        (Cell, Input, Candidates) = (cell.InDouble(), input, candidates);
    }

    /// <summary>The cell, in float64.</summary>
    public Cell Cell { get; }

    /// <summary>The constant input, I values.</summary>
    public double[] Input { get; }

    /// <summary>The states to start from [M, S].</summary>
    public double[,] Candidates { get; }
}

/// <summary>States to start from.</summary>
public static class Candidates
{
    /// <summary>States drawn from those that a cell visits in trials (report 4.3).</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="count">M, how many; drawn with replacement from all B T states.</param>
    /// <param name="seed">Seed of the draw and the noise.</param>
    /// <param name="noise">Standard deviation of noise added to every value; default 0.</param>
    /// <returns>[M, S].</returns>
    public static double[,] FromTrials(Cell cell, float[,,] inputs, int count, long seed, double noise = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        var exact = cell.InDouble();
        var visited = exact.Run(tensor(inputs).to(ScalarType.Float64)).reshape(-1, cell.StateSize);
        var drawn = visited[randint(visited.shape[0], [count], dtype: ScalarType.Int64, generator: generator)];
        return (drawn + noise * randn([count, cell.StateSize], dtype: ScalarType.Float64, generator: generator)).ToMatrix();
    }
}
