using TorchSharp;
using TorchSharp.Modules;
using static Neurodynamics.Scalars;
using static TorchSharp.torch;

namespace Neurodynamics.Training;

/// <summary>
/// Adam (Kingma and Ba 2015), to the bit as TorchSharp's, but with scalars that are held while they are in use: see
/// <see cref="Scalars"/>. TorchSharp's own step lets a collection on another thread free them in its middle, which ends
/// a training with an error, ends the process, or puts in another number without a word.
/// </summary>
internal sealed class HeldAdam(IEnumerable<Parameter> parameters, double rate) : Adam(parameters, rate)
{
    /// <summary>One update of every parameter that has a gradient.</summary>
    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

    private void Update(ParamGroup group)
    {
        var options = (Options)group.Options;
        double first = options.beta1!.Value, second = options.beta2!.Value;
        using Scalar keepFirst = Held(first), takeFirst = Held(1 - first), keepSecond = Held(second),
            takeSecond = Held(1 - second), epsilon = Held(options.eps!.Value);
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient) continue;
            var state = (State)_state[parameter.Handle];
            state.step++;
            using Scalar spread = Held(Math.Sqrt(1 - Math.Pow(second, state.step))),
                size = Held(-(options.LearningRate!.Value / (1 - Math.Pow(first, state.step))));
            state.exp_avg.mul_(keepFirst).add_(gradient, takeFirst);
            state.exp_avg_sq.mul_(keepSecond).addcmul_(gradient, gradient, takeSecond);
            var denominator = state.exp_avg_sq.sqrt().div(spread).add_(epsilon, One);
            parameter.addcdiv_(state.exp_avg, denominator, size);
        }
    }
}
