using System.Diagnostics;
using System.Text.Json.Serialization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using static TorchSharp.torch;

namespace Neurodynamics.Sweeps;

/// <summary>What a sweep measures on every network, once it is trained: the same for all of them.</summary>
/// <remarks>
/// Clouds that are told: "candidates", the states of trials that everything starts from; "stop X", where
/// Algorithm 1 with the candidates stands when its mean square first is at most X; "descent", where it stands at its step limit; "polished", the distinct fixed points to which Newton
/// leads from there; "shuffled", the descent's end with each principal component drawn anew by itself (the null: same spread along each, nothing between them); "fixed points", all that the search
/// found; "attractors"; "in trajectories", the fixed points in the trajectories' principal components; "h alone", the fixed points of an LSTM without their c; and "early candidates", the states of the first steps alone, "early descent", where Algorithm 1 leads them in as many steps, and "early polished", the distinct fixed points to which Newton leads them.
/// </remarks>
public sealed record SweepMeasurement
{
    /// <summary>Trials, of as many steps as in training, from whose states everything starts; default 128.</summary>
    public int Trials { get; init => field = AtLeast(1, value, nameof(Trials)); } = 128;

    /// <summary>Candidates of Algorithm 1, as trials visited them; default 256.</summary>
    public int DescentCandidates { get; init => field = AtLeast(1, value, nameof(DescentCandidates)); } = 256;

    /// <summary>How many steps of a trial are early; default 3.</summary>
    public int EarlySteps { get; init => field = AtLeast(1, value, nameof(EarlySteps)); } = 3;

    /// <summary>Steps of Algorithm 1; default 1000.</summary>
    public int DescentSteps { get; init => field = AtLeast(1, value, nameof(DescentSteps)); } = 1000;

    /// <summary>Mean squares at which Algorithm 1 is looked at on its way, falling; default 1e-2, 1e-3, 1e-4, 1e-5 and 1e-6.</summary>
    public IReadOnlyList<double> Stops { get; init; } = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

    /// <summary>Candidates of the search; default 512.</summary>
    public int Candidates { get; init => field = AtLeast(1, value, nameof(Candidates)); } = 512;

    /// <summary>Standard deviation of the noise on the search's candidates; default 0.1.</summary>
    public double Noise { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Noise), value, "Noise is at least 0."); } = 0.1;

    /// <summary>Steps over which memory is tested; default 1000.</summary>
    public int HoldSteps { get; init => field = AtLeast(1, value, nameof(HoldSteps)); } = 1000;

    /// <summary>Eight hexadecimal digits that differ between measurements.</summary>
    [JsonIgnore]
    public string Hash => Json.Hash(this);

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least {least}.");

    /// <summary>Measures a network.</summary>
    /// <param name="trained">The network.</param>
    /// <param name="cancellation">Stops it: a row is whole or not made.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public SweepRow Of(TrainedNetwork trained, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var (network, record) = (trained.Network, trained.Record);
        var (cell, recipe) = (network.Cell, record.Recipe);
        var trials = recipe.Task.Sample(Trials, recipe.Training.Steps, Seeds.Derive(recipe.Seed, "sweep trials"));
        double[,] FromTrials(int count, double noise = 0, Range? steps = null) =>
            FixedPoints.Candidates.FromTrials(cell, trials.Inputs, count, Seeds.Derive(recipe.Seed, "sweep candidates"), noise, steps);
        var zero = new double[cell.InputSize];
        var (plain, noisy) = (FromTrials(Candidates), FromTrials(Candidates, Noise));

        var set = new FixedPointSearch { Seed = recipe.Seed }.Run(cell, noisy, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        double[,] Polished(double[,] states) =>
            Matrix(new FixedPointSearch { MaxRounds = 0, SlowCandidates = 0 }.Run(cell, states, cancellation: cancellation).Points.Select(point => point.State));
        // The search's first round is the noisy candidates alone.
        var (fromPlain, fromNoisy) = (Polished(plain).GetLength(0), set.Rounds[0].NewPoints);
        var points = Linearisation.Of(cell, set.Points);
        var places = Matrix(points.Select(point => point.Point.State));
        var attractors = points.Where(point => point.UnstableModes == 0).ToArray();

        var clouds = new List<CloudFacts>();
        void Tell(string of, double[,] states)
        {
            clouds.Add(CloudFacts.Tell(of, states));
            cancellation.ThrowIfCancellationRequested();
        }
        var candidates = FromTrials(DescentCandidates);
        Tell("candidates", candidates);
        var (descent, end) = Descend(new(cell, zero, candidates), places, Tell, cancellation);
        Tell("descent", end);
        Tell("polished", Polished(end));
        Tell("shuffled", Shuffled(end, recipe.Seed));
        Tell("fixed points", places);
        Tell("attractors", Matrix(attractors.Select(point => point.Point.State)));
        if (points.Count > 0) Tell("in trajectories", Pca.OfTrials(network.Run(trials.Inputs)).Project(places));
        var early = FromTrials(DescentCandidates, steps: ..Math.Min(EarlySteps, recipe.Training.Steps));
        Tell("early candidates", early);
        Tell("early descent", Algorithm.Solve(new(cell, zero, early), cancellation: cancellation).States);
        Tell("early polished", Polished(early));
        if (cell.StateSize > cell.Units) Tell("h alone", Matrix(points.Select(point => point.Point.State[..cell.Units])));

        int[] byIndex = [.. Enumerable.Range(0, 4).Select(index => points.Count(point => Math.Min(3, point.UnstableModes) == index))];
        return new(recipe.Hash, Hash, recipe, record.Updates, record.Stop, record.Test, Hold(network, trials, cancellation),
            new(points.Count, byIndex, set.Points.Count(point => point.Certificate?.Certainty == Certainty.Certified), points.Count(point => point.MarginalModes > 0),
                attractors.Select(point => point.SlowestTimeConstant).DefaultIfEmpty(double.NaN).Max(), set.SlowPoints.Count, set.Unreachable.Count, set.Completeness.Verdict, fromPlain, fromNoisy),
            descent, clouds, record.Seconds, clock.Elapsed.TotalSeconds);

        double[,] Matrix(IEnumerable<double[]> states) => states.ToMatrix(states.FirstOrDefault()?.Length ?? cell.StateSize);
    }

    private GradientDescent Algorithm => new() { Reading = SpeedReading.MeanSquare, StopBelow = 0, MaxSteps = DescentSteps };

    private (IReadOnlyList<DescentFacts> Looks, double[,] End) Descend(FixedPointProblem problem, double[,] places, Action<string, double[,]> tell, CancellationToken cancellation)
    {
        const int Every = 5;
        var (looks, waiting) = (new List<DescentFacts>(), new Queue<double>(Stops.OrderDescending()));
        int size = problem.Cell.StateSize;
        double widest = Widest(places);
        var solution = (Algorithm with { WatchEvery = Every, Watch = Look }).Solve(problem, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return (looks, solution.States);

        void Look(DescentSnapshot now)
        {
            if (cancellation.IsCancellationRequested) return;
            while (waiting.TryPeek(out double stop) && now.Loss <= stop)
            {
                waiting.Dequeue();
                looks.Add(Facts(stop, now));
                tell(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"stop {stop:0e0}"), now.States);
            }
            if (now.Step == DescentSteps || looks.Count == 0) looks.Add(Facts(null, now));
        }

        DescentFacts Facts(double? stop, DescentSnapshot now)
        {
            double[] speeds = [.. new FixedPointProblem(problem.Cell, problem.Inputs, now.States).Speeds().Where(double.IsFinite)];
            return new(stop, now.Step, 2 * speeds.Average() / size, speeds.Average(), speeds.Average(speed => Math.Sqrt(2 * speed)), Distance(now.States, places) / widest);
        }
    }

    /// <summary>The median distance from a state to the nearest of the points; NaN where there are none.</summary>
    private static double Distance(double[,] states, double[,] points)
    {
        if (points.GetLength(0) == 0) return double.NaN;
        using var scope = NewDisposeScope();
        return cdist(tensor(states), tensor(points)).amin([1]).median().item<double>();
    }

    /// <summary>The largest distance between two points; NaN where there are fewer than two.</summary>
    private static double Widest(double[,] points)
    {
        if (points.GetLength(0) < 2) return double.NaN;
        using var scope = NewDisposeScope();
        return cdist(tensor(points), tensor(points)).max().item<double>();
    }

    /// <summary>The states in their three largest principal components, each component's values in an order of its own.</summary>
    internal static double[,] Shuffled(double[,] states, long seed)
    {
        var places = Pca.Fit(states).Project(states);
        var random = new Random((int)(Seeds.Derive(seed, "shuffle") & int.MaxValue));
        for (int k = 0; k < places.GetLength(1); k++)
        {
            double[] column = [.. Enumerable.Range(0, places.GetLength(0)).Select(i => places[i, k])];
            random.Shuffle(column);
            for (int i = 0; i < column.Length; i++) places[i, k] = column[i];
        }
        return places;
    }

    private MemoryFacts Hold(Network network, Trials trials, CancellationToken cancellation)
    {
        var states = network.Run(trials.Inputs);
        var last = new double[trials.Count, states.GetLength(2)];
        for (int trial = 0; trial < trials.Count; trial++)
            for (int i = 0; i < states.GetLength(2); i++) last[trial, i] = states[trial, trials.Steps - 1, i];
        var lost = new List<int?>();
        for (int channel = 0; channel < network.Channels; channel++)
        {
            var held = Holding.Of(network, last, HoldSteps, channel: channel, cancellation: cancellation);
            cancellation.ThrowIfCancellationRequested();
            lost.AddRange(held.Lost.Where((_, trial) => trials.IsDecided(trial, trials.Steps - 1, channel)));
        }
        int allowed = (int)(0.05 * lost.Count);
        int[] steps = [.. lost.OfType<int>().Order()];
        return new(HoldSteps, lost.Count == 0 ? double.NaN : 1 - (double)steps.Length / lost.Count, steps.Length > allowed ? steps[allowed] : null);
    }
}
