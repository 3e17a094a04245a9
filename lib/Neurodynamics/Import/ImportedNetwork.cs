using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>A network from another framework.</summary>
/// <param name="Cell">The recurrent layer; in float64 where a weight was, otherwise in float32.</param>
/// <param name="Network">
/// Cell and readout, or the cell without a readout where the file has none. It shares the cell.
/// </param>
/// <param name="OutputActivation">
/// What the source applies to the readout's outputs W h + b; <see cref="Network.Outputs"/> says how they decide.
/// </param>
/// <param name="Format">What kind of file it came from.</param>
/// <param name="Used">Names of all arrays it was made of.</param>
/// <param name="Ignored">Names of everything else in the file, such as an optimiser's state.</param>
/// <param name="Assumptions">
/// What the file leaves open and was assumed, in sentences. A trajectory checks them (<see cref="Check"/>).
/// </param>
public sealed record ImportedNetwork(
    Cell Cell, Network Network, Activation OutputActivation, FileFormat Format,
    IReadOnlyList<string> Used, IReadOnlyList<string> Ignored, IReadOnlyList<string> Assumptions) : Described
{
    /// <summary>
    /// How the arrays were read by example; null where their names said what they are.
    /// </summary>
    public Example? Example { get; init; }

    /// <summary>
    /// Runs the network on a trajectory of the source framework and reports the largest difference. Where it is
    /// reproduced the form is known from then on: <see cref="Cell.Unchecked"/> is null, for the cell, its copies and
    /// what was found with them. Trials that are time first, [T, B, ...], are recognised, which the result says.
    /// </summary>
    /// <remarks>
    /// Where the trials that the network was read from fit another form as well, it stays open: read it with trials
    /// that tell the forms apart. A trajectory that hardly leaves 0, or of a single step from there, is reproduced by
    /// cells of any form and leaves it open. States x that a step starts from count where |x|^3 / 3, by which tanh x
    /// differs from x, is above the tolerance.
    /// </remarks>
    /// <inheritdoc cref="TrajectoryCheck.Run"/>
    public TrajectoryCheck Check(SourceTrajectory trajectory, double tolerance = TrajectoryCheck.DefaultTolerance)
    {
        Demand.Given(trajectory);
        var check = Run(trajectory);
        // Inputs and states may be [T, B, ...]: read so where only that reproduces them.
        if (!check.Reproduced && trajectory.FitsTurned && Run(trajectory.Turned()) is { Reproduced: true } turned)
            (check, trajectory) = (turned with { TimeFirst = true }, trajectory.Turned());
        if (check.Reproduced && Example is not { Rivals.Count: > 0 } && ShowsForm(trajectory, tolerance))
            Network.Cell.Unchecked = null;
        return check;

        TrajectoryCheck Run(SourceTrajectory trials) =>
            TrajectoryCheck.Run(Network, trials, tolerance, OutputActivation);
    }

    private static bool ShowsForm(SourceTrajectory trajectory, double tolerance)
    {
        var (trials, steps, size) = (trajectory.States.GetLength(0), trajectory.States.GetLength(1),
            trajectory.States.GetLength(2));
        var left = Enumerable.Range(0, trials).SelectMany(trial => Enumerable.Range(0, (steps - 1) * size)
            .Select(i => trajectory.States[trial, i / size, i % size]));
        return left.Concat(trajectory.Start?.Cast<double>() ?? [])
            .Any(value => Math.Pow(Math.Abs(value), 3) / 3 > tolerance);
    }
}
