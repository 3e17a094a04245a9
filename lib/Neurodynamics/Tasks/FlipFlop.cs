using static TorchSharp.torch;

namespace Neurodynamics.Tasks;

/// <summary>
/// The flip-flop task (report 4.1.2): each channel is silent but for rare pulses of +1 or -1, and the target is the
/// sign of its last pulse. The report's "default input value of one" cannot be meant: a silent input has to hold the
/// memory, so it is 0 here.
/// </summary>
public sealed record FlipFlop : ChannelTask
{
    /// <summary>Probability of a pulse per channel and step, in [0, 1]; default 0.1.</summary>
    public double PulseProbability
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(PulseProbability), value, "A probability lies in [0, 1].");
    } = 0.1;

    /// <summary>Whether every channel has a pulse at the first step; default false. The report does not say.</summary>
    public bool PulseAtStart { get; init; }

    /// <summary>What the target is before a channel's first pulse; default masked. The report does not say.</summary>
    public BeforeFirstPulse BeforeFirstPulse
    {
        get;
        init => field = Demand.Known(value, nameof(BeforeFirstPulse));
    }

    private protected override Tensor Inputs(long[] shape, Generator generator)
    {
        var (timing, sign) = (rand(shape, generator: generator), rand(shape, generator: generator));
        var pulse = timing.Below(PulseProbability);
        if (PulseAtStart) pulse.select(1, 0).copy_(ones_like(pulse.select(1, 0)));
        return pulse * where(sign.Below(0.5), ones_like(sign), ones_like(sign).neg());
    }

    private protected override void Fill(Trials trials, int trial, int channel)
    {
        var (target, weight) = BeforeFirstPulse switch
        {
            BeforeFirstPulse.Masked => (0.0, 0.0),
            BeforeFirstPulse.Zero => (0.0, 1.0),
            BeforeFirstPulse.One => (1.0, 1.0),
            _ => (0.5, 1.0),
        };
        for (int t = 0; t < trials.Steps; t++)
        {
            double input = trials.Inputs[trial, t, channel];
            if (input != 0) (target, weight) = (input > 0 ? 1 : 0, 1);
            trials.Targets[trial, t, channel] = target;
            trials.Weights[trial, t, channel] = weight;
        }
    }
}

/// <summary>What a flip-flop's target is before the first pulse of a channel.</summary>
public enum BeforeFirstPulse
{
    /// <summary>Nothing: it counts neither for loss nor for accuracy.</summary>
    Masked,

    /// <summary>Class 0, as after a pulse of -1.</summary>
    Zero,

    /// <summary>Class 1, as after a pulse of +1.</summary>
    One,

    /// <summary>0.5, undecided: it counts for the loss, and not for accuracy.</summary>
    Half,
}
