using Microsoft.Data.Analysis;
using Neurodynamics.Tasks;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>A row per discount factor: how many samples make up a share of the variance of the sum, and which, in both readings of the report's formula.</summary>
    /// <param name="gammas">The discount factors.</param>
    /// <param name="share">The share, in (0, 1].</param>
    /// <param name="step">After which step, counted from 0.</param>
    public static DataFrame Horizons(IReadOnlyList<double> gammas, double share, int step)
    {
        return new(
            new PrimitiveDataFrameColumn<double>("gamma", gammas),
            new StringDataFrameColumn("as printed", gammas.Select(gamma => gamma == 1 ? $"any {Count(gamma)}" : $"the first {Count(gamma)}")),
            new StringDataFrameColumn("leaky", gammas.Select(gamma => gamma == 1 ? $"any {Count(gamma)}" : $"the last {Count(gamma)}")),
            new PrimitiveDataFrameColumn<int>("samples by then", gammas.Select(_ => step + 1)));

        // The weights are the same in both readings, in opposite order.
        int Count(double gamma) => new Integration { Gamma = gamma }.Horizon(share, step);
    }

    /// <summary>
    /// A row per trained network: the accuracy on the trials that its training set aside, and on the same trials that of the sign of the last sample, and of the
    /// leaky integrator with the leak that does best on other trials.
    /// </summary>
    /// <param name="networks">Networks and their names.</param>
    /// <param name="leaks">The leaks to choose from.</param>
    public static DataFrame Baselines(IReadOnlyDictionary<string, TrainedNetwork> networks, IReadOnlyList<double> leaks)
    {
        var rows = networks.Select(entry =>
        {
            var recipe = entry.Value.Record.Recipe;
            int steps = recipe.Training.Steps;
            var test = recipe.Task.Sample(512, steps, Seeds.Derive(recipe.Seed, "test"));
            return (Name: entry.Key, entry.Value.Record.Test.Mean, Last: Training.Baselines.Leaky(test, 0).Mean,
                Best: Training.Baselines.BestLeaky(recipe.Task.Sample(128, steps, Seeds.Derive(recipe.Seed, "baseline")), test, leaks));
        }).ToArray();
        return new(
            new StringDataFrameColumn("network", rows.Select(row => row.Name)),
            new PrimitiveDataFrameColumn<double>("last sample, %", rows.Select(row => 100 * row.Last)),
            new PrimitiveDataFrameColumn<double>("best leak", rows.Select(row => row.Best.Leak)),
            new PrimitiveDataFrameColumn<double>("leaky integrator, %", rows.Select(row => 100 * row.Best.Test.Mean)),
            new PrimitiveDataFrameColumn<double>("network, %", rows.Select(row => 100 * row.Mean)));
    }
}
