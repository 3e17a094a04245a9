using System.Globalization;
using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// An attracting closed curve on which a state goes round under a constant input: what the limit cycle of a flow is to
/// a map. As a rule no state on it ever comes back exactly, and the period is no whole number of steps.
/// </summary>
/// <param name="States">States along it, in the order of the steps [T, S].</param>
/// <param name="Input">The constant input, I values.</param>
/// <param name="Period">Steps of a turn, on average; infinite where nothing goes round.</param>
/// <param name="Multipliers">
/// By what a small distance grows in a turn, the largest first: 1 along a curve, below 1 across one that attracts (the
/// moduli of Floquet's multipliers, from Lyapunov exponents).
/// </param>
public sealed record InvariantCurve(double[,] States, double[] Input, double Period, double[] Multipliers)
{
    /// <summary>How far the multiplier along a curve may be from 1, as it is measured.</summary>
    private const double Along = 0.05;

    /// <summary>The largest multiplier across a curve that is taken to attract.</summary>
    private const double Across = 0.99;

    /// <summary>
    /// Whether the states go round on one closed curve that attracts: they turn, nothing grows along the way, and
    /// distances across shrink. Otherwise they rest, or are on a torus or something stranger.
    /// </summary>
    public bool IsAttracting => GoesRound && Math.Abs(Multipliers[0] - 1) <= Along
        && Multipliers.Skip(1).All(multiplier => multiplier < Across);

    /// <summary>Whether there was a whole turn among the states.</summary>
    public bool GoesRound => Period <= States.GetLength(0);

    /// <summary>What goes on, after "it".</summary>
    internal string InWords => (IsAttracting, GoesRound) switch
    {
        (true, _) => string.Create(CultureInfo.InvariantCulture,
            $"goes round in {Period:0.##} steps, on a closed curve that attracts"),
        (_, true) => string.Create(CultureInfo.InvariantCulture,
            $"turns once in {Period:0.##} steps, but on no closed curve that is seen to attract"),
        _ => string.Create(CultureInfo.InvariantCulture,
            $"does not go round within {States.GetLength(0)} steps: it rests, or creeps"),
    };

    /// <summary>Such as "It goes round in 23.41 steps, on a closed curve that attracts; multipliers 1, 0.53."</summary>
    public override string ToString() => $"It {InWords}; multipliers "
        + string.Join(", ", Multipliers.Select(value => value.ToString("0.###", CultureInfo.InvariantCulture))) + ".";

    /// <summary>Follows a state until it has settled, and then round the curve.</summary>
    /// <param name="cell">The cell; it is run in float64.</param>
    /// <param name="input">The constant input, I values.</param>
    /// <param name="start">A state to start from, S values.</param>
    /// <param name="centre">What the curve goes round, such as a fixed point that repels: S values.</param>
    /// <param name="settle">Steps before any is looked at, at least 0; default 2000.</param>
    /// <param name="steps">Steps that are looked at, at least 10; default 2000.</param>
    /// <param name="multipliers">How many multipliers, at least 1; default 2.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static InvariantCurve Of(Cell cell, double[] input, double[] start, double[] centre, int settle = 2000,
        int steps = 2000, int multipliers = 2, CancellationToken cancellation = default)
    {
        Demand.Given((cell, input, start, centre));
        Demand.Shape(input, [cell.InputSize]);
        Demand.Shape(start, [cell.StateSize]);
        Demand.Shape(centre, [cell.StateSize]);
        ArgumentOutOfRangeException.ThrowIfNegative(settle);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(multipliers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(multipliers, cell.StateSize);
        var run = new ConstantInput(cell, input);
        double[,] path = run.Path(run.After(start.AsRow(), settle, cancellation), steps, cancellation).Trial(0);
        double period = double.PositiveInfinity;
        if (cell.StateSize > 1 && path.Spread() > 1e-6)
        {
            var plane = Pca.Fit(path, 2);
            period = 1 / Math.Abs(
                Rotation.Of(plane.Project(path), settle: 0, plane.Project(centre.AsRow()).Row(0)).Number);
        }
        return new(path, input, period, Grown(cell, input, path, multipliers, period, cancellation));
    }

    /// <summary>exp of Lyapunov's exponents over a turn, or over a step where there are no turns.</summary>
    private static double[] Grown(Cell cell, double[] input, double[,] path, int count, double period,
        CancellationToken cancellation)
    {
        // Before the scope, which would take its parameters with it.
        var exact = cell.InDouble();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (u, frame) = (input.ToTensor().unsqueeze(0), eye(cell.StateSize, count, dtype: ScalarType.Float64));
        double[] logs = new double[count];
        // First the frame has to turn towards what grows most. Of the rest as many whole turns as there are.
        int steps = path.GetLength(0) - 1, before = steps / 4;
        if (period < steps - before) before = steps - (int)Math.Round(Math.Floor((steps - before) / period) * period);
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var (q, r) = linalg.qr(exact.StateJacobian(u, path.Row(step).AsRow().ToTensor()).squeeze(0).mm(frame));
            double[] sizes = r.diagonal().abs().ToVector();
            if (step >= before)
                for (int i = 0; i < count; i++) logs[i] += Math.Log(sizes[i]);
            frame = q.MoveToOuterDisposeScope();
        }
        double turn = double.IsFinite(period) ? period : 1;
        return [.. logs.Select(sum => Math.Exp(sum / (steps - before) * turn))];
    }
}
