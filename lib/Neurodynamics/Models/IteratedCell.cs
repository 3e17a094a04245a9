using Neurodynamics.Enclosures;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A cell stepped k times, treated as one cell. Under one input its fixed points are the original cell's own, and the
/// phases of cycles whose period divides k. Under an input that repeats every k steps they are the answers that repeat
/// with it, seen once a period (a stroboscopic map): such as a network that is locked to an oscillating reference.
/// </summary>
/// <remarks>
/// The original cell still belongs to the caller. It is not a submodule, and disposing of this one leaves it alone.
/// </remarks>
public sealed class IteratedCell : Cell
{
    // Not a submodule: RegisterComponents is not called, so the weights keep their one owner.
    private readonly Cell cell;
    private readonly double[,]? drive;

    /// <param name="cell">The cell.</param>
    /// <param name="period">k, steps of the cell in one step of this; at least 1.</param>
    public IteratedCell(Cell cell, int period)
        : base($"{Demand.Some(cell, nameof(cell)).GetName()}^{period}", cell.InputSize, cell.Units, cell.StateSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 1);
        (this.cell, Period) = (cell, period);
    }

    /// <param name="cell">The cell.</param>
    /// <param name="drive">
    /// What is added to the input at each step of a period [k, I], k at least 1, such as a sine wave in one input.
    /// </param>
    public IteratedCell(Cell cell, double[,] drive)
        : this(cell, Demand.Some(drive, nameof(drive)).GetLength(0))
    {
        Demand.Shape(drive, [-1, cell.InputSize]);
        this.drive = (double[,])drive.Clone();
    }

    /// <summary>k, steps of the cell in one step of this.</summary>
    public int Period { get; }

    /// <summary>What is added to the input at each step of a period [k, I]; null for nothing.</summary>
    public double[,]? Drive => (double[,]?)drive?.Clone();

    /// <inheritdoc/>
    public override Tensor Step(Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        for (int i = 0; i < Period; i++) state = cell.Step(At(i, input), state);
        return state.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override EnclosedStep? Enclosed(WeightsAre weights = WeightsAre.Exact) => cell.Enclosed(weights) is { } step
        ? new((u, x) =>
        {
            for (int i = 0; i < Period; i++)
                x = step.Next(drive is null ? u : u + EnclosedVector.Constant(drive.Row(i)), x);
            return x;
        }) : null;

    /// <summary>The product of the cell's Jacobians along the orbit, the last step's on the left: [B, S, S].</summary>
    /// <inheritdoc/>
    public override Tensor StateJacobian(Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var jacobian = cell.StateJacobian(At(0, input), state);
        for (int i = 1; i < Period; i++)
        {
            state = cell.Step(At(i - 1, input), state);
            jacobian = matmul(cell.StateJacobian(At(i, input), state), jacobian);
        }
        return jacobian.MoveToOuterDisposeScope();
    }

    /// <summary>The input acts in every step, and the later steps carry each contribution on: [B, S, I].</summary>
    /// <inheritdoc/>
    public override Tensor InputJacobian(Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var jacobian = cell.InputJacobian(At(0, input), state);
        for (int i = 1; i < Period; i++)
        {
            state = cell.Step(At(i - 1, input), state);
            var now = At(i, input);
            jacobian = matmul(cell.StateJacobian(now, state), jacobian).Plus(cell.InputJacobian(now, state));
        }
        return jacobian.MoveToOuterDisposeScope();
    }

    /// <summary>The input at a step of a period.</summary>
    private Tensor At(int step, Tensor input) =>
        drive is null ? input : input.Plus(drive.Row(step).ToTensor().to(input.dtype));

    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input)
    {
        Demand.Shape(input, [InputSize]);
        return drive is null ? cell.InvariantBox(input) : ((IteratedCell)InDouble()).cell.BoxUnder(
            [.. input.Select((u, i) => Enumerable.Range(0, Period)
                .Max(step => ((Enclosure)u + drive[step, i]).Modulus))]);
    }

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
        return ReferenceEquals(exact, cell) ? this : drive is null ? new IteratedCell(exact, Period)
            : new(exact, drive);
    }
}
