using System.Globalization;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>What the source framework computed, to check an imported network against.</summary>
/// <param name="Inputs">Inputs [B, T, I].</param>
/// <param name="States">States after each step [B, T, S], or hidden units alone [B, T, N].</param>
/// <param name="Outputs">The source network's outputs [B, T, K], if they are to be checked.</param>
/// <param name="Start">States before the first step [B, S]; the cell's own if omitted.</param>
public sealed record SourceTrajectory(
    double[,,] Inputs, double[,,] States, double[,,]? Outputs = null, double[,]? Start = null) : Described
{
    /// <summary>The arrays of a file that holds its trials beside the weights.</summary>
    internal static readonly string[] Names = ["inputs", "states", "outputs", "start"];

    /// <summary>The trials that a file holds beside the weights.</summary>
    internal static SourceTrajectory In(ArrayFile file)
    {
        if (file.Find(Names[0]) is not { } inputs || file.Find(Names[1]) is not { } states)
            throw file.Refusal(
                "it holds no arrays inputs [B, T, I] and states [B, T, S], but trials of the source were expected: "
                + "save them beside the weights, or give them as trials");
        return new(inputs.ToTrials(), states.ToTrials(),
            file.Find(Names[2])?.ToTrials(), file.Find(Names[3])?.ToMatrix());
    }

    /// <summary>
    /// The same as the library takes it: states of one step more than inputs begin with the state before the first
    /// step, and a network without inputs has one that is zero.
    /// </summary>
    internal SourceTrajectory Whole()
    {
        var (steps, all) = (Inputs.GetLength(1), States.GetLength(1));
        if (Inputs.GetLength(0) != States.GetLength(0) || (all != steps && all != steps + 1))
            throw new ArgumentException(
                "Expected inputs [B, T, I] and states [B, T, S] or [B, T + 1, S], but was given "
                + $"{SourceArray.Text(TrajectoryCheck.ShapeOf(Inputs))} and "
                + $"{SourceArray.Text(TrajectoryCheck.ShapeOf(States))}: save the same trials of both.");
        foreach (var given in new Array?[] { Inputs, States, Outputs, Start })
            if (given?.Cast<double>().All(double.IsFinite) == false)
                throw new ArgumentException(
                    "The trials hold values that are not finite: save some that do not run away.");
        if (Inputs.GetLength(2) == 0)
            return (this with { Inputs = new double[Inputs.GetLength(0), steps, 1] }).Whole();
        if (all == steps) return this;
        using var scope = TorchSharp.torch.NewDisposeScope();
        return this with { States = States.ToTensor().narrow(1, 1, steps).ToCube(), Start = Start ?? States.AtStep(0) };
    }

    /// <summary>Whether they could be [T, B, ...]: a given start says how many trials there are.</summary>
    internal bool FitsTurned => Start is null || Start.GetLength(0) == Inputs.GetLength(1);

    /// <summary>The same with trials and time exchanged, for arrays that are [T, B, ...].</summary>
    public SourceTrajectory Turned() => this with
    {
        Inputs = Turned(Inputs),
        States = Turned(States),
        Outputs = Outputs is null ? null : Turned(Outputs),
    };

    private static double[,,] Turned(double[,,] trials)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return trials.ToTensor().transpose(0, 1).ToCube();
    }

    /// <summary>Reads a trajectory from a file of arrays, such as one saved with np.savez.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputs">Name of the inputs [B, T, I].</param>
    /// <param name="states">Name of the states [B, T, S or N].</param>
    /// <param name="outputs">Name of the outputs [B, T, K]; none if omitted.</param>
    /// <exception cref="ImportException">
    /// The file cannot be read, or holds no such array of three dimensions.
    /// </exception>
    public static SourceTrajectory Load(
        string path, string inputs = "inputs", string states = "states", string? outputs = null)
    {
        var file = ArrayFile.Read(path);
        return new(
            file[inputs].ToTrials(), file[states].ToTrials(), outputs is null ? null : file[outputs].ToTrials());
    }
}

/// <summary>A largest difference and where it is.</summary>
/// <param name="Value">|ours - theirs| / max(1, |theirs|), the largest over all places.</param>
/// <param name="Trial">Trial, from 0.</param>
/// <param name="Step">Time step, from 0.</param>
/// <param name="Variable">State variable or output channel, from 0.</param>
public sealed record Deviation(double Value, int Trial, int Step, int Variable) : Described;

/// <summary>How well an imported network reproduces a trajectory of the source framework.</summary>
/// <param name="States">The largest difference of states.</param>
/// <param name="Outputs">The largest difference of outputs, if there were any to check.</param>
/// <param name="Tolerance">The largest difference allowed.</param>
public sealed record TrajectoryCheck(Deviation States, Deviation? Outputs, double Tolerance)
{
    /// <summary>
    /// 1e-5. Differences of rounding in float32 stay below it over hundreds of steps unless the network is chaotic. A
    /// wrong gate order, activation or bias does not.
    /// </summary>
    public const double DefaultTolerance = 1e-5;

    /// <summary>Whether the trajectory was taken to be time first, [T, B, ...]; default false, [B, T, ...].</summary>
    public bool TimeFirst { get; init; }

    /// <summary>Whether every difference is within the tolerance.</summary>
    public bool Reproduced => States.Value <= Tolerance && (Outputs is null || Outputs.Value <= Tolerance);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Reproduced ? "Reproduced" : "NOT reproduced")}{(TimeFirst ? ", taken as time first" : "")}: "
        + $"the largest difference is {Text(States, "state")}"
        + (Outputs is null ? "" : $", and {Text(Outputs, "output")}")
        + string.Create(CultureInfo.InvariantCulture, $" (tolerance {Tolerance:0.0e+0}).");

    /// <summary>
    /// Runs a network on the trajectory's inputs, on its own states from the first step to the last, in its own
    /// precision.
    /// </summary>
    /// <param name="network">The network; a cell alone is <c>new Network(cell)</c>.</param>
    /// <param name="trajectory">Inputs and states from the source framework.</param>
    /// <param name="tolerance">The largest difference allowed, relative to max(1, |value|).</param>
    /// <param name="activation">What the source applies to the readout's outputs; default nothing.</param>
    /// <exception cref="ArgumentException">A shape does not fit the network; the message names both.</exception>
    public static TrajectoryCheck Run(Network network, SourceTrajectory trajectory,
        double tolerance = DefaultTolerance, Activation activation = Activation.Linear)
    {
        Demand.Given((network, trajectory));
        Demand.Known(activation, nameof(activation));
        if (!(tolerance >= 0))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance is at least 0.");
        var cell = network.Cell;
        var (inputs, states) = (trajectory.Inputs, trajectory.States);
        var (trials, steps) = (inputs.GetLength(0), inputs.GetLength(1));
        if (trials == 0 || steps == 0 || inputs.GetLength(2) != cell.InputSize)
            throw WrongShape("inputs", inputs, $"[B, T, {cell.InputSize}] with at least one trial and step");
        int[] sizes = [.. new[] { cell.StateSize, cell.Units }.Distinct()];
        Require("states", states, [.. sizes.Select(size => new[] { trials, steps, size })]);
        if (trajectory.Start is not null) Require("start states", trajectory.Start, [trials, cell.StateSize]);

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var precision = cell.parameters().FirstOrDefault()?.dtype ?? ScalarType.Float64;
        var start = trajectory.Start is { } from ? from.ToTensor().to(precision) : null;
        var ours = cell.Run(inputs.ToTensor().to(precision), start);
        var largest = Largest(ours.narrow(2, 0, states.GetLength(2)), states);
        if (trajectory.Outputs is not { } outputs) return new(largest, null, tolerance);

        if (network.Readout is null)
            throw new ArgumentException(
                "The trajectory has outputs, but the network has no readout: leave them out, or name an imported "
                + $"readout in {ImportOptions.NameOf(nameof(ImportOptions.Readout))}.", nameof(trajectory));
        Require("outputs", outputs, [trials, steps, network.Channels]);
        return new(largest, Largest(activation.Of(network.Logits(ours)), outputs), tolerance);
    }

    private static string Text(Deviation worst, string variable) => string.Create(
        CultureInfo.InvariantCulture,
        $"{worst.Value:0.0e+0} in {variable} {worst.Variable} of trial {worst.Trial} at step {worst.Step}");

    private static void Require(string what, Array given, params int[][] expected)
    {
        if (!expected.Any(ShapeOf(given).SequenceEqual))
            throw WrongShape(what, given, string.Join(" or ", expected.Select(SourceArray.Text)));
    }

    private static ArgumentException WrongShape(string what, Array given, string expected) => new(
        $"Expected {what} of shape {expected}, but was given {SourceArray.Text(ShapeOf(given))}.", "trajectory");

    internal static IEnumerable<int> ShapeOf(Array array) => Enumerable.Range(0, array.Rank).Select(array.GetLength);

    private static Deviation Largest(Tensor ours, double[,,] theirs)
    {
        double[] values = [.. ours.to(ScalarType.Float64).contiguous().data<double>()];
        var (steps, variables) = (theirs.GetLength(1), theirs.GetLength(2));
        Deviation worst = new(-1, 0, 0, 0);
        int i = 0;
        foreach (double value in theirs)
        {
            double difference = Math.Abs(values[i] - value) / Math.Max(1, Math.Abs(value));
            // A state that is not a number is infinitely far off.
            if (double.IsNaN(difference)) difference = double.PositiveInfinity;
            if (difference > worst.Value)
                worst = new(difference, i / (steps * variables), i / variables % steps, i % variables);
            i++;
        }
        return worst;
    }
}
