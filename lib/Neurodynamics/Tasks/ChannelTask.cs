using static TorchSharp.torch;

namespace Neurodynamics.Tasks;

/// <summary>A task with as many inputs as channels to read out, each channel by itself.</summary>
public abstract record ChannelTask : TrialTask
{
    /// <summary>K, the number of channels; default 3.</summary>
    public int Channels
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Channels), value, "A task needs at least 1 channel.");
    } = 3;

    /// <inheritdoc/>
    public sealed override int InputSize => Channels;

    /// <inheritdoc/>
    public sealed override int OutputSize => Channels;

    /// <inheritdoc/>
    public override string Title => $"{base.Title}, {Number.Of(Channels, "channel")}";

    /// <inheritdoc/>
    protected sealed override Trials Make(int count, int steps, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        double[,,] inputs = Inputs([count, steps, Channels], generator).ToCube();
        var trials = new Trials(inputs, new double[count, steps, Channels], new double[count, steps, Channels]);
        for (int trial = 0; trial < count; trial++)
            for (int channel = 0; channel < Channels; channel++)
                Fill(trials, trial, channel);
        return trials;
    }

    /// <summary>Draws the inputs [B, T, K], float32.</summary>
    private protected abstract Tensor Inputs(long[] shape, Generator generator);

    /// <summary>Fills in target and weight of one channel of one trial from its inputs.</summary>
    private protected abstract void Fill(Trials trials, int trial, int channel);
}
