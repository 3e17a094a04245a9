using System.Globalization;
using static TorchSharp.torch;

namespace Neurodynamics.Tasks;

/// <summary>
/// The integration task (report 4.1.1): each channel is white noise n_t from the standard normal distribution, and the
/// target is whether its discounted sum up to now is above zero.
/// </summary>
public sealed record Integration : ChannelTask
{
    /// <summary>The discount factor gamma in [0, 1]; default 1, the plain sum.</summary>
    public double Gamma
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Gamma), value, "A discount factor lies in [0, 1].");
    } = 1;

    /// <summary>
    /// Which samples the discount makes light; default as the report prints it. With gamma = 1 both are the plain sum.
    /// </summary>
    public Discount Discount { get; init => field = Demand.Known(value, nameof(Discount)); }

    /// <inheritdoc/>
    public override string Title => Gamma < 1
        ? string.Create(CultureInfo.InvariantCulture,
            $"{base.Title}, γ = {Gamma:0.##} {(Discount == Discount.Leaky ? "leaky" : "as printed")}")
        : base.Title;

    /// <summary>
    /// The discounted sum after each step of one channel of one trial, T values; the target is whether it is above
    /// zero.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="trial">Which of them, from 0.</param>
    /// <param name="channel">Which channel, from 0; default the first.</param>
    public double[] Sums(Trials trials, int trial, int channel = 0)
    {
        Demand.Given(trials);
        Demand.Index(trial, trials.Count);
        Demand.Index(channel, trials.InputSize);
        double[] sums = new double[trials.Steps];
        double sum = 0, weight = 1;
        for (int t = 0; t < sums.Length; t++)
        {
            double sample = trials.Inputs[trial, t, channel];
            if (Discount == Discount.AsPrinted) (sum, weight) = (sum + weight * sample, weight * Gamma);
            else sum = Gamma * sum + sample;
            sums[t] = sum;
        }
        return sums;
    }

    /// <summary>What each sample weighs in the sum after a step, the first sample first.</summary>
    /// <param name="step">T, counted from 0: there are T + 1 samples by then.</param>
    public double[] Weights(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Demand.Room(2, step);
        return [.. Enumerable.Range(0, step + 1)
            .Select(t => Math.Pow(Gamma, Discount == Discount.AsPrinted ? t : step - t))];
    }

    /// <summary>
    /// How likely it is that the target after a step is another one in another reading of the task, on the same noise:
    /// two sums whose correlation is rho differ in sign with probability arccos(rho) / pi.
    /// </summary>
    /// <param name="other">The other reading.</param>
    /// <param name="step">T, counted from 0.</param>
    public double Disagreement(Integration other, int step)
    {
        Demand.Given(other);
        double[] mine = Weights(step), theirs = other.Weights(step);
        return Math.Acos(Math.Clamp(Correlation(mine, theirs), -1, 1)) / Math.PI;
    }

    /// <summary>
    /// How many samples, the heaviest first, make up a share of the variance of the sum after a step.
    /// </summary>
    /// <param name="share">The share, in (0, 1].</param>
    /// <param name="step">T, counted from 0.</param>
    public int Horizon(double share, int step)
    {
        if (!(share is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share of the variance lies in (0, 1].");
        double[] variances = [.. Weights(step).Select(weight => weight * weight).OrderDescending()];
        double needed = share * variances.Sum() * (1 - 1e-12), sum = 0;
        int count = 0;
        while (count < variances.Length && sum < needed) sum += variances[count++];
        return count;
    }

    /// <summary>
    /// Correlation of the target, as -1 and +1, after a step with that a number of steps later: 2 / pi arcsin of the
    /// sums' correlation.
    /// </summary>
    /// <param name="step">T, counted from 0.</param>
    /// <param name="lag">How many steps later, at least 0.</param>
    public double Autocorrelation(int step, int lag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lag);
        Demand.Room(2, (long)step + lag);
        // Samples that come later are no part of the earlier sum.
        return 2 / Math.PI * Math.Asin(
            Math.Clamp(Correlation([.. Weights(step), .. new double[lag]], Weights(step + lag)), -1, 1));
    }

    private protected override Tensor Inputs(long[] shape, Generator generator) => randn(shape, generator: generator);

    private protected override void Fill(Trials trials, int trial, int channel)
    {
        double[] sums = Sums(trials, trial, channel);
        for (int t = 0; t < sums.Length; t++)
        {
            trials.Targets[trial, t, channel] = sums[t] > 0 ? 1 : 0;
            trials.Weights[trial, t, channel] = 1;
        }
    }

    private static double Correlation(double[] a, double[] b) =>
        a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(y => y * y));
}

/// <summary>Two readings of the report's discounted sum s_T.</summary>
public enum Discount
{
    /// <summary>
    /// The formula as printed: sample t weighs gamma^t. Early samples decide, and late ones soon change nothing.
    /// </summary>
    AsPrinted,

    /// <summary>
    /// What is probably meant, the leaky integrator: sample t weighs gamma^(T - t), so that the past fades.
    /// </summary>
    Leaky,
}
