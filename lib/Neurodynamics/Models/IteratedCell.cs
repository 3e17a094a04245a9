using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A cell stepped k times under one input, treated as one cell. Its fixed points are the original cell's own, and the
/// phases of cycles whose period divides k.
/// </summary>
/// <remarks>
/// The original cell still belongs to the caller. It is not a submodule, and disposing of this one leaves it alone.
/// </remarks>
public sealed class IteratedCell : Cell
{
    // Not a submodule: RegisterComponents is not called, so the weights keep their one owner.
    private readonly Cell cell;

    /// <param name="cell">The cell.</param>
    /// <param name="period">k, steps of the cell in one step of this; at least 1.</param>
    public IteratedCell(Cell cell, int period)
        : base($"{Demand.Some(cell, nameof(cell)).GetName()}^{period}", cell.InputSize, cell.Units, cell.StateSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 1);
        (this.cell, Period) = (cell, period);
    }

    /// <summary>k, steps of the cell in one step of this.</summary>
    public int Period { get; }

    /// <inheritdoc/>
    public override Tensor Step(Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        for (int i = 0; i < Period; i++) state = cell.Step(input, state);
        return state.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override EnclosedStep? Enclosed(WeightsAre weights = WeightsAre.Exact) => cell.Enclosed(weights) is { } step
        ? new((u, x) =>
        {
            for (int i = 0; i < Period; i++) x = step.Next(u, x);
            return x;
        }) : null;

    /// <summary>The product of the cell's Jacobians along the orbit, the last step's on the left: [B, S, S].</summary>
    /// <inheritdoc/>
    public override Tensor StateJacobian(Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var jacobian = cell.StateJacobian(input, state);
        for (int i = 1; i < Period; i++)
        {
            state = cell.Step(input, state);
            jacobian = matmul(cell.StateJacobian(input, state), jacobian);
        }
        return jacobian.MoveToOuterDisposeScope();
    }

    /// <summary>The input acts in every step, and the later steps carry each contribution on: [B, S, I].</summary>
    /// <inheritdoc/>
    public override Tensor InputJacobian(Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var jacobian = cell.InputJacobian(input, state);
        for (int i = 1; i < Period; i++)
        {
            state = cell.Step(input, state);
            jacobian = matmul(cell.StateJacobian(input, state), jacobian).Plus(cell.InputJacobian(input, state));
        }
        return jacobian.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input) => cell.InvariantBox(input);

    /// <inheritdoc/>
    public override double[]? BoxAfter(int steps) =>
        cell.BoxAfter((int)Math.Min(int.MaxValue, (long)steps * Period));

    /// <inheritdoc/>
    public override bool IsThreadSafe => cell.IsThreadSafe;

    /// <inheritdoc/>
    public override Tensor Hidden(Tensor states) => cell.Hidden(states);

    /// <inheritdoc/>
    public override Tensor HiddenJacobian(Tensor states) => cell.HiddenJacobian(states);

    /// <inheritdoc/>
    protected internal override Tensor Start(Tensor inputs) => cell.Start(inputs);

    internal override Usage Usage => cell.Usage;

    internal override Form Form => cell.Form;

    /// <inheritdoc/>
    public override Cell InDouble()
    {
        var exact = cell.InDouble();
        return ReferenceEquals(exact, cell) ? this : new IteratedCell(exact, Period);
    }
}
