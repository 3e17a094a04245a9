using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>What <see cref="Cell.From"/> makes: a step, and nothing else.</summary>
internal sealed class StepCell(
    string name, Func<Tensor, Tensor, Tensor> step, int inputSize, int units, int? stateSize)
    : Cell(name, inputSize, units, stateSize)
{
    public override Tensor Step(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        Tensor next;
        try
        {
            next = step(input, state);
        }
        catch (ExternalException error)
        {
            string reason = error.Message.Split('\n')[0];
            throw new InvalidOperationException(
                $"The step of {Title} failed on inputs [{string.Join(", ", input.shape)}] and states "
                + $"[{string.Join(", ", state.shape)}] in {state.dtype}: {reason}", error);
        }
        Demand.Shape(next, [(int)state.shape[0], StateSize], "what the step returns");
        // Not the very state: what is freed with the one must not be the other.
        return (ReferenceEquals(next, state) ? next.alias() : next).MoveToOuterDisposeScope();
    }

    /// <summary>It has no weights of its own to copy: those in its step must be in float64.</summary>
    public override Cell InDouble() => this;
}
