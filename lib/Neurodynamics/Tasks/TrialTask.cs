using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Neurodynamics.Tasks;

/// <summary>A task: K channels of input, and per channel and step a binary target.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(FlipFlop), "flip-flop")]
[JsonDerivedType(typeof(Integration), "integration")]
public abstract record TrialTask
{
    /// <summary>K, the number of channels; default 3.</summary>
    public int Channels { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Channels), value, "A task needs at least 1 channel."); } = 3;

    /// <summary>Makes trials, the same ones for the same seed.</summary>
    /// <param name="count">B, the number of trials; at least 1.</param>
    /// <param name="steps">T, the number of steps of each; at least 1.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    public Trials Sample(int count, int steps, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var inputs = Inputs([count, steps, Channels], generator);
        var trials = new Trials(inputs.ToCube(), new double[count, steps, Channels], new double[count, steps, Channels]);
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

/// <summary>Trials of a task, all arrays [B, T, K]: B trials of T steps on K channels.</summary>
/// <param name="Inputs">What the network is shown.</param>
/// <param name="Targets">The class that it should tell: 1, 0, or 0.5 for undecided.</param>
/// <param name="Weights">1 where the target counts for loss and accuracy, 0 where it is masked.</param>
public sealed record Trials(double[,,] Inputs, double[,,] Targets, double[,,] Weights)
{
    /// <summary>B, the number of trials.</summary>
    public int Count => Inputs.GetLength(0);

    /// <summary>T, the number of steps of each trial.</summary>
    public int Steps => Inputs.GetLength(1);

    /// <summary>K, the number of channels.</summary>
    public int Channels => Inputs.GetLength(2);
}
