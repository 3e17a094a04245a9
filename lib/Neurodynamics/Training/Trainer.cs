using System.Diagnostics;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Training;

/// <summary>Trains networks as the report does (4.2) and measures how well they do.</summary>
public static class Trainer
{
    /// <summary>Trains the network of a recipe: channelwise binary cross-entropy, Adam, trials fresh from the seed at every update.</summary>
    /// <param name="recipe">What to train, on what, how, from which seed.</param>
    /// <param name="progress">Told after every update.</param>
    /// <param name="cancellation">Stops the training after the update under way; the network so far is returned.</param>
    public static TrainedNetwork Train(Recipe recipe, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (task, options) = (recipe.Task, recipe.Training);
        var network = Network.Create(recipe.Architecture, task.Channels, recipe.Units, task.Channels, recipe.Seed);
        using var adam = optim.Adam(network.parameters(), options.LearningRate);
        var curve = new List<CurvePoint>();
        var clock = Stopwatch.StartNew();
        int update = 0;
        while (update < options.Updates && !cancellation.IsCancellationRequested)
        {
            var trials = task.Sample(options.BatchSize, options.Steps, Seeds.Derive(recipe.Seed, "training", update));
            var (loss, accuracy) = Update(network, adam, trials, options);
            if (!double.IsFinite(loss))
                throw new InvalidOperationException($"The loss became {loss} at update {update + 1}: lower LearningRate (now {options.LearningRate}) or set ClipNorm.");
            update++;
            if (update % options.EvaluateEvery == 0 || update == options.Updates) curve.Add(new(update, loss, accuracy));
            progress?.Report(new(update, options.Updates, loss, accuracy, clock.Elapsed));
        }
        var test = Evaluate(network, task, seed: Seeds.Derive(recipe.Seed, "test"), steps: options.Steps);
        var record = new TrainingRecord(recipe, update, cancellation.IsCancellationRequested && update < options.Updates, curve, test, clock.Elapsed.TotalSeconds);
        return new(network, record);
    }

    /// <summary>The share of decisions that a network gets right on trials it was not trained on.</summary>
    /// <param name="network">The network.</param>
    /// <param name="task">The task to draw trials from.</param>
    /// <param name="seed">Seed of the trials.</param>
    /// <param name="trials">Number of trials; default 512.</param>
    /// <param name="steps">Steps per trial; default 100.</param>
    public static Accuracy Evaluate(Network network, TrialTask task, long seed, int trials = 512, int steps = 100)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var test = task.Sample(trials, steps, seed);
        var (targets, weights) = (tensor(test.Targets), tensor(test.Weights));
        var logits = network.Logits(network.Cell.Run(tensor(test.Inputs).to(network.Readout.weight.dtype)));
        var (right, counted) = Right(logits, targets, weights, [1, 2]);
        return Accuracy.Over([.. right.ToVector().Zip(counted.ToVector()).Where(trial => trial.Second > 0).Select(trial => trial.First / trial.Second)]);
    }

    private static (double Loss, double Accuracy) Update(Network network, optim.Optimizer adam, Trials trials, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        var (targets, weights) = (tensor(trials.Targets), tensor(trials.Weights));
        var logits = network.Logits(network.Cell.Run(tensor(trials.Inputs)));
        var loss = nn.functional.binary_cross_entropy_with_logits(logits, targets, weights, nn.Reduction.Sum) / weights.sum().clamp_min(1);
        adam.zero_grad();
        loss.backward();
        if (options.ClipNorm is { } norm) nn.utils.clip_grad_norm_(network.parameters(), norm);
        adam.step();
        using var frozen = no_grad();
        var (right, counted) = Right(logits, targets, weights, [0, 1, 2]);
        return (loss.item<float>(), right.item<float>() / Math.Max(1, counted.item<float>()));
    }

    /// <summary>Decisions that are right, and decisions that count, summed over dimensions; an undecided target (0.5) does not count.</summary>
    private static (Tensor Right, Tensor Counted) Right(Tensor logits, Tensor targets, Tensor weights, long[] dimensions)
    {
        var counted = weights * (targets - 0.5).abs().mul(2);
        var right = (logits > 0).eq(targets > 0.5).to(weights.dtype) * counted;
        return (right.sum(dimensions), counted.sum(dimensions));
    }
}

/// <summary>A share of right decisions with its 95 % confidence interval over trials (normal approximation, cut to [0, 1]).</summary>
public sealed record Accuracy(double Mean, double Low, double High, int Trials)
{
    /// <summary>From the share of each trial.</summary>
    internal static Accuracy Over(double[] shares)
    {
        if (shares.Length == 0) return new(double.NaN, double.NaN, double.NaN, 0);
        double mean = shares.Average();
        double half = 1.96 * Math.Sqrt(shares.Sum(share => (share - mean) * (share - mean)) / Math.Max(1, shares.Length - 1) / shares.Length);
        return new(mean, Math.Max(0, mean - half), Math.Min(1, mean + half), shares.Length);
    }
}

/// <summary>One entry of a training curve: loss and accuracy on the batch of that update.</summary>
public sealed record CurvePoint(int Update, double Loss, double Accuracy);

/// <summary>How far a training is.</summary>
public sealed record TrainingProgress(int Update, int Updates, double Loss, double Accuracy, TimeSpan Elapsed)
{
    /// <summary>The time left at the pace so far.</summary>
    public TimeSpan Remaining => Elapsed / Update * (Updates - Update);
}

/// <summary>How a network was made.</summary>
/// <param name="Recipe">What was asked for.</param>
/// <param name="Updates">Updates that were made.</param>
/// <param name="Cancelled">Whether it was stopped before its end.</param>
/// <param name="Curve">Loss and accuracy while it learned.</param>
/// <param name="Test">Accuracy on trials set aside.</param>
/// <param name="Seconds">How long the training took.</param>
public sealed record TrainingRecord(Recipe Recipe, int Updates, bool Cancelled, IReadOnlyList<CurvePoint> Curve, Accuracy Test, double Seconds);

/// <summary>A network and how it was made.</summary>
public sealed record TrainedNetwork(Network Network, TrainingRecord Record);
