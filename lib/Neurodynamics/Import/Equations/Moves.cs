using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Single steps out of a source's trials: under which input which state went where.</summary>
/// <param name="Inputs">[P, I].</param>
/// <param name="Before">The states before the step [P, S].</param>
/// <param name="After">The states after it [P, S].</param>
internal sealed record Moves(Tensor Inputs, Tensor Before, Tensor After)
{
    /// <summary>Steps that are tried of all there are: as many random ones tell two equations apart.</summary>
    private const int Most = 48;

    /// <summary>The trials, where the steps are those of a whole network and not of one of its layers.</summary>
    public SourceTrajectory? Trials { get; private init; }

    /// <summary>How much is tried.</summary>
    public Budget Budget { get; init; } = new();

    /// <summary>Whether any input is not zero.</summary>
    public bool HaveInput { get; } = Inputs.Above(0).any().item<bool>() || Inputs.Below(0).any().item<bool>();

    /// <summary>S.</summary>
    public int StateSize => (int)Before.shape[1];

    /// <summary>I.</summary>
    public int InputSize => (int)Inputs.shape[1];

    /// <summary>P.</summary>
    public int Count => (int)Before.shape[0];

    /// <summary>Steps of trials, spread evenly, without the first of each trial where its start is not known.</summary>
    public static Moves Of(SourceTrajectory trials)
    {
        var (inputs, states) = (trials.Inputs.ToTensor(), trials.States.ToTensor());
        long steps = states.shape[1];
        var (u, before, after) = (inputs, states.narrow(1, 0, steps - 1), states);
        if (trials.Start is { } start) before = cat([start.ToTensor().unsqueeze(1), before], 1);
        else (u, after) = (inputs.narrow(1, 1, steps - 1), states.narrow(1, 1, steps - 1));
        (u, before, after) = (u.flatten(0, 1), before.flatten(0, 1), after.flatten(0, 1));
        long count = before.shape[0];
        int some = (int)Math.Min(count, Most);
        long[] chosen = [.. Enumerable.Range(0, some).Select(i => i * count / some)];
        using var rows = tensor(chosen);
        Tensor Some(Tensor all) => all.index_select(0, rows);
        return new(Some(u), Some(before), Some(after)) { Trials = trials };
    }

    /// <summary>How far a prediction is off at most, relative to max(1, |state|).</summary>
    public double Error(Tensor predicted) => Distance(predicted, After);

    /// <summary>The largest difference, relative to max(1, |b|); infinite where one is not a number.</summary>
    public static double Distance(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        double distance = (a - b).abs().div(b.abs().AtLeast(1)).max().item<double>();
        return double.IsNaN(distance) ? double.PositiveInfinity : distance;
    }
}

/// <summary>How many combinations of arrays and equations are tried: many arrays make no end of them.</summary>
internal sealed class Budget(CancellationToken cancellation = default)
{
    private int left = 40_000;

    /// <summary>Whether some were not tried.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Takes some; false where there are not so many left. A stop is heeded here.</summary>
    public bool Take(int some)
    {
        cancellation.ThrowIfCancellationRequested();
        if (left < some) IsSpent = true;
        else left -= some;
        return !IsSpent;
    }
}
