using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>Where does the network stand still? A cell, constant inputs, and the states to start from.</summary>
public sealed record FixedPointProblem : Described
{
    /// <summary>All candidates under one constant input.</summary>
    /// <param name="cell">The cell; it is analysed in float64, and never changed.</param>
    /// <param name="input">The constant input, I values.</param>
    /// <param name="candidates">The states to start from [M, S]; M may be 0.</param>
    /// <exception cref="ArgumentException">A shape does not fit the cell, or an input is not finite.</exception>
    public FixedPointProblem(Cell cell, double[] input, double[,] candidates)
        : this(cell, Demand.Some(input, nameof(input)).AsRow(), candidates) { }

    /// <summary>Every candidate under a constant input of its own, such as one drawn from the task's inputs.</summary>
    /// <param name="cell">The cell; it is analysed in float64, and never changed.</param>
    /// <param name="inputs">The constant inputs [M, I], or [1, I] for one common to all.</param>
    /// <param name="candidates">The states to start from [M, S]; M may be 0.</param>
    /// <exception cref="ArgumentException">A shape does not fit the cell, or an input is not finite.</exception>
    public FixedPointProblem(Cell cell, double[,] inputs, double[,] candidates)
    {
        Demand.Given((cell, inputs, candidates));
        if (inputs.GetLength(1) != cell.InputSize)
            throw new ArgumentException($"The cell has {cell.InputSize} inputs, but the constant input "
                + $"holds {inputs.GetLength(1)} values.", nameof(inputs));
        if (candidates.GetLength(1) != cell.StateSize)
            throw new ArgumentException($"The cell's states have {cell.StateSize} values, but the candidates are "
                + $"[{candidates.GetLength(0)}, {candidates.GetLength(1)}].", nameof(candidates));
        if (inputs.GetLength(0) != 1 && inputs.GetLength(0) != candidates.GetLength(0))
            throw new ArgumentException($"There are {inputs.GetLength(0)} inputs for {candidates.GetLength(0)} "
                + $"candidates: give one for all, or one for each.", nameof(inputs));
        if (!inputs.Cast<double>().All(double.IsFinite))
            throw new ArgumentException("A constant input holds a value that is not finite.", nameof(inputs));
        (Cell, Inputs, Candidates) = (cell.InDouble(), inputs, candidates);
    }

    /// <summary>The cell, in float64.</summary>
    public Cell Cell { get; }

    /// <summary>The constant inputs, one per candidate [M, I] or one for all [1, I].</summary>
    public double[,] Inputs { get; }

    /// <summary>The states to start from [M, S].</summary>
    public double[,] Candidates { get; }

    /// <summary>The speed q of every candidate as it is, before any solver has touched it, M values.</summary>
    public double[] Speeds()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var states = Candidates.ToTensor();
        return [.. (Cell.Step(Inputs.ToTensor(), states) - states).norm(1).ToVector()
            .Select(length => length * length / 2)];
    }

    /// <summary>
    /// The length of Newton's next correction of every candidate, M values; infinite where there is none.
    /// </summary>
    public double[] Corrections()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return [.. Enumerable.Range(0, Candidates.GetLength(0)).Select(i =>
        {
            var (input, state) = (InputOf(i).ToTensor().unsqueeze(0), Candidates.Row(i).ToTensor().unsqueeze(0));
            double length = Cell.Correction(input, state, Cell.Step(input, state) - state).norm().item<double>();
            return double.IsNaN(length) ? double.PositiveInfinity : length;
        })];
    }

    /// <summary>The constant input of one candidate, I values.</summary>
    public double[] InputOf(int candidate) => Inputs.Row(Inputs.GetLength(0) == 1 ? 0 : candidate);
}
