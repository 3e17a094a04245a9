using System.Diagnostics;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using static TorchSharp.torch;

namespace Neurodynamics.Training;

/// <summary>Trains networks as the report does (4.2) and measures how well they do.</summary>
public static class Trainer
{
    private const int HeldOutTrials = 256;

    /// <summary>So much of a training is lost where its process is killed.</summary>
    private static readonly TimeSpan PutAsideEvery = TimeSpan.FromMinutes(1);

    /// <summary>Trains the network of a recipe: Adam, trials fresh from the seed at every update.</summary>
    /// <param name="recipe">What to train, on what, how, from which seed.</param>
    /// <param name="progress">Told after every update.</param>
    /// <param name="unfinished">
    /// File in which the training is put aside, at its start, every minute and when it is cancelled, and from which it
    /// is taken up again; the weights come out as if it had never stopped. Default none.
    /// </param>
    /// <param name="say">Told in a sentence where something could not be read or written.</param>
    /// <param name="cancellation">
    /// Stops the training after the update under way; the best network on held-out trials so far is returned.
    /// </param>
    /// <exception cref="InvalidOperationException">The loss is no longer finite.</exception>
    /// <exception cref="IOException">
    /// The training that was put aside could not be read, or this one not be put aside, which is tried before its first
    /// update.
    /// </exception>
    public static TrainedNetwork Train(Recipe recipe, IProgress<TrainingProgress>? progress = null,
        string? unfinished = null, Action<string>? say = null, CancellationToken cancellation = default)
    {
        Demand.Given(recipe);
        var (task, options) = (recipe.Task, recipe.Training);
        using var run = unfinished is not null && TrainingRun.Resume(unfinished, recipe, say) is { } earlier
            ? earlier
            : TrainingRun.Start(recipe);
        int first = run.Updates;
        var clock = Stopwatch.StartNew();
        var putAside = TimeSpan.Zero;
        if (unfinished is not null && PutAside() is { } why)
            throw new IOException($"The training cannot be put aside in {unfinished} ({why}): make room there or train "
                + "into another folder, so that its work is not lost.");
        TrainedNetwork End(Stop stop) => new(run.Network, new(recipe, run.Updates, stop, run.Curve,
            Evaluate(run.Network, task, Seeds.Derive(recipe.Seed, "test"), steps: options.Steps),
            run.SecondsBefore + clock.Elapsed.TotalSeconds));

        while (run.Updates < options.Updates)
        {
            if (cancellation.IsCancellationRequested)
            {
                if (unfinished is not null) TryToPutAside();
                run.TakeBest();
                return End(Stop.Cancelled);
            }
            var trials =
                task.Sample(options.BatchSize, options.Steps, Seeds.Derive(recipe.Seed, "training", run.Updates));
            double loss = Update(run, trials, options);
            run.Updates++;
            if (!double.IsFinite(loss))
                throw new InvalidOperationException(
                    $"The loss became {loss} at update {run.Updates}: lower LearningRate (now {options.LearningRate}) "
                    + "or set ClipNorm.");
            if (run.Updates % options.EvaluateEvery == 0 || run.Updates == options.Updates)
                run.Note(loss, Evaluate(
                    run.Network, task, Seeds.Derive(recipe.Seed, "held out"), HeldOutTrials, options.Steps).Mean);
            double? accuracy = run.Curve.Count > 0 ? run.Curve[^1].Accuracy : null;
            progress?.Report(new(run.Updates, options.Updates, loss, accuracy, clock.Elapsed,
                clock.Elapsed / (run.Updates - first) * (options.Updates - run.Updates)));
            if (accuracy >= options.TargetAccuracy) return End(Stop.TargetAccuracy);
            if (unfinished is not null && clock.Elapsed - putAside > PutAsideEvery) TryToPutAside();
        }
        return End(Stop.Updates);

        void TryToPutAside()
        {
            if (PutAside() is { } why)
                say?.Invoke(
                    $"The training could not be put aside in {unfinished} after {run.Updates} updates ({why}).");
        }

        // Why it could not be; null if it could.
        string? PutAside()
        {
            putAside = clock.Elapsed;
            try
            {
                run.PutAside(unfinished, clock.Elapsed);
                return null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return error.Message;
            }
        }
    }

    /// <summary>
    /// How long the training of a recipe takes on this machine as busy as it is now, judged by a few updates of a
    /// network that is thrown away.
    /// </summary>
    public static TimeSpan ExpectedTime(Recipe recipe)
    {
        Demand.Given(recipe);
        const int Tried = 3;
        using var run = TrainingRun.Start(recipe);
        using var network = run.Network;
        var options = recipe.Training;
        var trials = recipe.Task.Sample(options.BatchSize, options.Steps, recipe.Seed);
        Update(run, trials, options);
        var clock = Stopwatch.StartNew();
        for (int update = 0; update < Tried; update++) Update(run, trials, options);
        return clock.Elapsed / Tried * options.Updates;
    }

    /// <summary>The share of decisions that a network gets right on trials it was not trained on.</summary>
    /// <param name="network">The network.</param>
    /// <param name="task">The task to draw trials from.</param>
    /// <param name="seed">Seed of the trials.</param>
    /// <param name="trials">Number of trials; default 512.</param>
    /// <param name="steps">Steps per trial; default 100.</param>
    public static Accuracy Evaluate(Network network, TrialTask task, long seed, int trials = 512, int steps = 100)
    {
        Demand.Given((network, task));
        var test = task.Sample(trials, steps, seed);
        return Accuracy.Over(test.SharesRight(network.Readouts(test.Inputs)));
    }

    private static double Update(TrainingRun run, Trials trials, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        var states = options.Noise > 0 ? RunWithNoise(run, trials) : run.Network.Run(trials.Inputs.ToTensor());
        var logits = run.Network.Logits(states);
        var targets = trials.Targets.ToTensor().to(logits.dtype);
        var weights = trials.Weights.ToTensor().to(logits.dtype);
        var sum = options.Loss switch
        {
            Loss.CrossEntropy =>
                nn.functional.binary_cross_entropy_with_logits(logits, targets, weights, nn.Reduction.Sum),
            _ => ((logits - targets.Times(2).Plus(-1)).Squared() * weights).sum(),
        };
        var loss = sum / weights.sum().AtLeast(1);
        if (options.WeightPenalty > 0) loss = loss.Plus(MeanSquare(run.Network).Times(options.WeightPenalty));
        if (options.RatePenalty > 0)
            loss = loss.Plus(run.Network.Cell.Hidden(states).Squared().mean().Times(options.RatePenalty));
        run.Adam.zero_grad();
        loss.backward();
        if (options.ClipNorm is { } norm) nn.utils.clip_grad_norm_(run.Network.parameters(), norm);
        run.Adam.step();
        return loss.to(ScalarType.Float64).item<double>();
    }

    private static Tensor RunWithNoise(TrainingRun run, Trials trials)
    {
        var (cell, options) = (run.Network.Cell, run.Recipe.Training);
        var inputs = trials.Inputs.ToTensor().to(ScalarType.Float32);
        using var generator = new Generator((ulong)Seeds.Derive(run.Recipe.Seed, "noise", run.Updates));
        var noise = randn([inputs.shape[0], inputs.shape[1], cell.StateSize], generator: generator);
        noise = noise.Times(options.Noise);
        if (options.NoiseScale == NoiseScale.Leak)
            noise *= (cell.Leaks ?? throw new InvalidOperationException(
                $"{nameof(NoiseScale)} is Leak, but {cell.Title} has none: give sigma itself, with NoiseScale.One."))
                .Times(2).sqrt();
        return cell.Run(inputs, null, noise);
    }

    /// <summary>Of the weights, which are matrices.</summary>
    private static Tensor MeanSquare(Network network)
    {
        var weights = network.parameters().Where(parameter => parameter.dim() > 1).ToArray();
        return weights.Select(matrix => matrix.Squared().sum()).Aggregate((sum, part) => sum.Plus(part))
            .Over(weights.Sum(matrix => matrix.numel()));
    }
}

/// <summary>
/// A share of right decisions with its 95 % confidence interval over trials: the normal approximation, cut to [0, 1];
/// where all trials are alike it says nothing, and the rule of three (3 / trials) stands in its place.
/// </summary>
/// <param name="Mean">Mean share over trials; NaN where no trial has a decision that counts.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="Trials">Number of trials.</param>
public sealed record Accuracy(double Mean, double Low, double High, int Trials)
{
    /// <summary>Such as "99.10 % right (95 % interval 99.02 to 99.18 %)".</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{100 * Mean:0.00} % right (95 % interval {100 * Low:0.00} to {100 * High:0.00} %)");

    /// <summary>From the share of each trial.</summary>
    internal static Accuracy Over(double[] shares)
    {
        if (shares.Length == 0) return new(double.NaN, double.NaN, double.NaN, 0);
        double mean = shares.Average();
        double spread = Math.Sqrt(
            shares.Sum(share => (share - mean) * (share - mean)) / Math.Max(1, shares.Length - 1) / shares.Length);
        double half = spread > 0 ? 1.96 * spread : 3.0 / shares.Length;
        return new(mean, Math.Max(0, mean - half), Math.Min(1, mean + half), shares.Length);
    }
}

/// <summary>
/// One entry of a training curve: the loss of that update, and the accuracy on held-out trials after it.
/// </summary>
public sealed record CurvePoint(int Update, double Loss, double Accuracy) : Described;

/// <summary>How far a training is.</summary>
/// <param name="Update">Updates made so far.</param>
/// <param name="Updates">Updates at most.</param>
/// <param name="Loss">Loss of the last update.</param>
/// <param name="Accuracy">Accuracy at the last look at held-out trials; null before the first.</param>
/// <param name="Elapsed">Time of this training, or since it was taken up again.</param>
/// <param name="Remaining">Time left at the pace so far.</param>
public sealed record TrainingProgress(
    int Update, int Updates, double Loss, double? Accuracy, TimeSpan Elapsed, TimeSpan Remaining) : Described;

/// <summary>Why a training ended.</summary>
public enum Stop
{
    /// <summary>All updates were made.</summary>
    Updates,

    /// <summary>The accuracy asked for was reached on held-out trials.</summary>
    TargetAccuracy,

    /// <summary>It was stopped; the network is the best one on held-out trials until then.</summary>
    Cancelled,
}

/// <summary>How a network was made.</summary>
/// <param name="Recipe">What was asked for.</param>
/// <param name="Updates">Updates that were made.</param>
/// <param name="Stop">Why it ended.</param>
/// <param name="Curve">Loss and accuracy while it learned.</param>
/// <param name="Test">Accuracy on trials set aside for the end.</param>
/// <param name="Seconds">How long the training took.</param>
public sealed record TrainingRecord(
    Recipe Recipe, int Updates, Stop Stop, IReadOnlyList<CurvePoint> Curve, Accuracy Test, double Seconds)
{
    /// <summary>
    /// SHA-256 of the file of the weights, in hexadecimal digits; null in a record that was never saved, or was saved
    /// before records had it.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>What was trained, how it ended, and how well it does.</summary>
    public override string ToString() => $"{Recipe.Architecture} with {Recipe.Units} units on "
        + $"{InWords.Title(Recipe.Task.GetType()).ToLowerInvariant()}, seed {Recipe.Seed}: {Updates} updates, {Test}";

    /// <summary>
    /// Updates until the accuracy on held-out trials first was this much, as far as the curve tells, which has a point
    /// every so many updates; null if it never was.
    /// </summary>
    /// <param name="accuracy">A share, such as 0.95.</param>
    public int? UpdatesTo(double accuracy) => Curve.FirstOrDefault(point => point.Accuracy >= accuracy)?.Update;

    /// <summary>
    /// The accuracy on held-out trials at the last look within so many updates; null if there was none yet.
    /// </summary>
    /// <param name="updates">Updates.</param>
    public double? AccuracyAt(int updates) => Curve.LastOrDefault(point => point.Update <= updates)?.Accuracy;

    /// <summary>
    /// Updates from which on the accuracy on held-out trials was never less than this; null if it was less at the last
    /// look.
    /// </summary>
    /// <param name="accuracy">A share, such as 0.95.</param>
    public int? UpdatesToStay(double accuracy) =>
        Curve.Reverse().TakeWhile(point => point.Accuracy >= accuracy).LastOrDefault()?.Update;

    /// <summary>
    /// About how long it took until the accuracy first was this much, in seconds: the share of the updates, of the time
    /// of the whole training.
    /// </summary>
    /// <param name="accuracy">A share, such as 0.95.</param>
    public double? SecondsTo(double accuracy) =>
        UpdatesTo(accuracy) is { } updates ? Seconds * updates / Updates : null;
}

/// <summary>A network and how it was made.</summary>
public sealed record TrainedNetwork(Network Network, TrainingRecord Record)
{
    /// <summary>Why the network could not be saved, in a sentence; null where it was, or was not to be.</summary>
    public string? NotSaved { get; init; }

    /// <summary>What was trained, how it ended, and how well it does.</summary>
    public override string ToString() => $"{Record}";
}
