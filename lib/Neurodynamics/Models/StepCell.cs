using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>What <see cref="Cell.From"/> makes: a step, and nothing else.</summary>
internal sealed class StepCell : Cell
{
    /// <summary>States in the box from which the step is tried.</summary>
    private const int Tried = 64;

    private readonly Func<Tensor, Tensor, Tensor> step;
    private readonly double[]? box;

    public StepCell(
        string name, Func<Tensor, Tensor, Tensor> step, int inputSize, int units, int? stateSize, double[]? box)
        : base(name, inputSize, units, stateSize)
    {
        (this.step, this.box) = (step, (double[]?)box?.Clone());
        if (box is null) return;
        Demand.Shape(box, [StateSize]);
        if (!box.All(bound => bound > 0 && double.IsFinite(bound)))
            throw new ArgumentException("The box has a modulus that is not above 0 or not finite: give null where you "
                + "know no box.", nameof(box));
    }

    public override Tensor Step(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        Tensor next;
        try
        {
            next = step(input.expand(state.shape[0], InputSize), state);
        }
        catch (ExternalException error)
        {
            throw new InvalidOperationException(
                $"The step of {Title} failed on inputs [{string.Join(", ", input.shape)}] and states "
                + $"[{string.Join(", ", state.shape)}] in {state.dtype}: {Reason(error.Message)}", error);
        }
        Demand.Shape(next, [(int)state.shape[0], StateSize], "what the step returns");
        if (next.dtype != state.dtype)
            throw new InvalidOperationException(
                $"The step of {Title} returns {next.dtype} for states in {state.dtype}: keep what it computes with in "
                + "their precision.");
        // Not the very state: what is freed with the one must not be the other.
        return (ReferenceEquals(next, state) ? next.alias() : next).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What libtorch says: in one line, or below the places in a program's code that it has gone through.
    /// </summary>
    private static string Reason(string message)
    {
        string[] lines = message.Split('\n');
        string line = lines.LastOrDefault(line => line.StartsWith("RuntimeError: ", StringComparison.Ordinal))
            ?? lines[0];
        return line.Split(". Declaration: ")[0];
    }

    /// <summary>The box that was given, unless the step is seen to leave it.</summary>
    /// <exception cref="InvalidOperationException">It leaves it from a state within.</exception>
    public override double[]? InvariantBox(double[] input)
    {
        if (box is null) return null;
        Demand.Shape(input, [InputSize]);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator(1);
        // Half of them anywhere in the box, the others in its corners.
        var within = rand([Tried, StateSize], dtype: ScalarType.Float64, generator: generator).Times(2).Plus(-1);
        var bounds = box.ToTensor();
        var states = cat([within[..(Tried / 2)], within[(Tried / 2)..].sign()]) * bounds;
        double[] beyond = (Step(input.ToTensor().unsqueeze(0), states).abs() / bounds).amax([0]).ToVector();
        int worst = Enumerable.Range(0, StateSize).MaxBy(i => beyond[i]);
        return beyond[worst] <= 1 + 1e-9 ? [.. box] : throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture, $"The step of {Title} leaves the box that was given: state variable {worst} "
            + $"of modulus {box[worst]:G4} gets to {beyond[worst] * box[worst]:G4}. Give a larger box, or none."));
    }

    public override double[]? BoxAfter(int steps) => (double[]?)box?.Clone();

    internal override double[]? BoxUnder(double[] reach) => BoxAfter(0);

    /// <summary>It has no weights of its own to copy: those in its step must be in float64.</summary>
    public override Cell InDouble() => this;
}
