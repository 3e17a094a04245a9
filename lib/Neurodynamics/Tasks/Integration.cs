using static TorchSharp.torch;

namespace Neurodynamics.Tasks;

/// <summary>
/// The integration task (report 4.1.1): each channel is white noise n_t from the standard normal distribution, and the target is
/// whether its discounted sum up to now is above zero.
/// </summary>
public sealed record Integration : TrialTask
{
    /// <summary>The discount factor gamma in [0, 1]; default 1, the plain sum.</summary>
    public double Gamma { get; init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Gamma), value, "A discount factor lies in [0, 1]."); } = 1;

    /// <summary>Which samples the discount makes light; default as the report prints it. With gamma = 1 both are the plain sum.</summary>
    public Discount Discount { get; init; }

    private protected override Tensor Inputs(long[] shape, Generator generator) => randn(shape, generator: generator);

    private protected override void Fill(Trials trials, int trial, int channel)
    {
        double sum = 0, weight = 1;
        for (int t = 0; t < trials.Steps; t++)
        {
            double sample = trials.Inputs[trial, t, channel];
            if (Discount == Discount.AsPrinted) (sum, weight) = (sum + weight * sample, weight * Gamma);
            else sum = Gamma * sum + sample;
            trials.Targets[trial, t, channel] = sum > 0 ? 1 : 0;
            trials.Weights[trial, t, channel] = 1;
        }
    }
}

/// <summary>Two readings of the report's discounted sum s_T.</summary>
public enum Discount
{
    /// <summary>The formula as printed: sample t weighs gamma^t. Early samples decide, and late ones soon change nothing.</summary>
    AsPrinted,

    /// <summary>What is probably meant, the leaky integrator: sample t weighs gamma^(T - t), so that the past fades.</summary>
    Leaky,
}
