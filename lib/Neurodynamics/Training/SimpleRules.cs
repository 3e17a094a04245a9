namespace Neurodynamics.Training;

/// <summary>What simple rules reach on the trials that a training sets aside.</summary>
/// <param name="LastSample">The sign of the last sample.</param>
/// <param name="BestLeak">The leak that does best on other trials.</param>
/// <param name="Leaky">The leaky integrator with that leak.</param>
public sealed record SimpleRules(Accuracy LastSample, double BestLeak, Accuracy Leaky) : Described
{
    /// <summary>Evaluates the rules on the 512 trials that the recipe's training is tested on.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="leaks">The leaks to choose from, on 128 further trials; of equals the first.</param>
    public static SimpleRules Of(Recipe recipe, IReadOnlyList<double> leaks)
    {
        Demand.Given(recipe);
        int steps = recipe.Training.Steps;
        var test = recipe.Task.Sample(512, steps, Seeds.Derive(recipe.Seed, "test"));
        var other = recipe.Task.Sample(128, steps, Seeds.Derive(recipe.Seed, "baseline"));
        var (leak, leaky) = Baselines.BestLeaky(other, test, leaks);
        return new(Baselines.Leaky(test, 0), leak, leaky);
    }
}
