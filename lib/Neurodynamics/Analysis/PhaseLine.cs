using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// All that a cell with one state variable does under a constant input: the step G(x) = F(x) - x from every state. It
/// stands still where G is 0, and attracts where G falls through 0.
/// </summary>
/// <param name="Input">The constant input, I values.</param>
/// <param name="Axis">The states.</param>
/// <param name="Steps">G at each.</param>
public sealed record PhaseLine(double[] Input, double[] Axis, double[] Steps) : Described
{
    /// <summary>The line of a cell.</summary>
    /// <param name="cell">With one state variable, such as <see cref="LeakyCell.Reduced"/> of rank 1.</param>
    /// <param name="input">The constant input, I values.</param>
    /// <param name="extent">The states go from minus this to this, above 0.</param>
    /// <param name="resolution">How many, at least 2; default 201.</param>
    public static PhaseLine Of(Cell cell, double[] input, double extent, int resolution = 201)
    {
        Demand.Given((cell, input));
        if (cell.StateSize != 1) throw new ArgumentException(
            $"A line has one dimension, but the cell has {cell.StateSize} state variables.", nameof(cell));
        Demand.Shape(input, [cell.InputSize]);
        Option.Positive(extent, nameof(extent));
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, 2);
        Demand.Room(resolution, 2, cell.InputSize);
        // Before the scope, which would take its parameters with it.
        var exact = cell.InDouble();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        double[] axis = PhasePlane.Evenly(extent, resolution);
        var states = axis.ToTensor().unsqueeze(1);
        return new(input, axis, (exact.Step(input.AsRow().ToTensor(), states) - states).squeeze(1).ToVector());
    }
}
