using System.Collections.ObjectModel;
using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Training;

/// <summary>The networks that come with the workbook, by the name of their files, and the recipe of each.</summary>
public static class Shipped
{
    // Before what is made of it.
    private static readonly TrainingOptions Options = new() { Updates = 6000, ClipNorm = 1 };

    /// <summary>
    /// The report's nine (4.2): three architectures on three tasks, 100 units, the same number of updates each; and two
    /// one-channel integrators with a discount of 0.9, one for each reading of the report's formula.
    /// </summary>
    /// <remarks>
    /// 6000 updates and a gradient norm of at most 1: the least with which the vanilla RNN, too, gets above the
    /// report's 95 % on three channels of integration.
    /// </remarks>
    public static RecipeList Recipes { get; } = new(OfTheReport());

    /// <summary>
    /// The flip-flop in networks as laboratories train them, one of each form, 128 units.
    /// </summary>
    /// <remarks>
    /// With the options of training of the report's networks; only that of low rank learns with ten times the step, as
    /// is usual where W is m n' / N. With Adam's default it gets 96.3 % right after as many updates, and with rank 4
    /// 96.4 %.
    /// </remarks>
    public static RecipeList FieldRecipes { get; } = new(OfTheField().Select(entry =>
        ($"flipflop3-{entry.Name}", Of(entry.Architecture, new FlipFlop { Channels = 3 }) with
        {
            Units = 128,
            Training = entry.Architecture is LeakyArchitecture { Rank: not null }
                ? Options with { LearningRate = 0.01 } : Options,
        })));

    /// <summary>
    /// Three tasks that the field publishes, each in a rate network of full rank and one of the lowest rank that
    /// learned it, from three seeds: "context-full-1" to "sine-rank2-3", 128 units.
    /// </summary>
    /// <remarks>
    /// Squared error, as is usual for such networks, and for the two decisions a little noise on the state. Those of
    /// low rank learn with ten times the step. Of rank 2, the comparison was learned only from m and n that overlap,
    /// and the wave only from such as do not.
    /// </remarks>
    public static RecipeList TaskRecipes { get; } = new(OfTheTasks());

    /// <summary>All of them.</summary>
    public static RecipeList All { get; } = new(
        Recipes.Concat(FieldRecipes).Concat(TaskRecipes).Select(entry => (entry.Key, entry.Value)));

    private static IEnumerable<(string Name, Recipe Recipe)> OfTheReport()
    {
        Architecture[] architectures = [Architecture.Vanilla, Architecture.Lstm, Architecture.Gru];
        (string Name, TrialTask Task)[] tasks =
        [
            ("flipflop3", new FlipFlop { Channels = 3 }),
            ("integration3", new Integration { Channels = 3 }),
            ("integration1", new Integration { Channels = 1 }),
        ];
        foreach (var (name, task) in tasks)
            foreach (var architecture in architectures)
                yield return ($"{name}-{architecture.Name}", Of(architecture, task));
        foreach (var discount in Enum.GetValues<Discount>())
            yield return ($"integration1-gru-{(discount == Discount.Leaky ? "leaky" : "printed")}-discount",
                Of(Architecture.Gru, new Integration { Channels = 1, Gamma = 0.9, Discount = discount }));
    }

    private static IEnumerable<(string Name, Architecture Architecture)> OfTheField()
    {
        const double Leak = 0.2;
        var (relu, softplus) = (Nonlinearity.Relu, Nonlinearity.Softplus);
        yield return ("currents-tanh", new Currents { Leak = Leak });
        yield return ("currents-relu", new Currents { Leak = Leak, Nonlinearity = relu });
        yield return ("rates-relu", new Rates { Leak = Leak, Nonlinearity = relu });
        yield return ("rates-softplus", new Rates { Leak = Leak, Nonlinearity = softplus });
        yield return ("rates-logistic-leaks",
            new Rates { Leak = 0.5, LastLeak = 0.05, Nonlinearity = Nonlinearity.Logistic });
        yield return ("currents-rank3", new Currents { Leak = Leak, Rank = 3 });
        yield return ("currents-dale-start",
            new Currents { Leak = Leak, Nonlinearity = relu, Inhibitory = 0.2, LearnedStart = true });
        yield return ("gru-2-layers", new Stacked());
    }

    private static IEnumerable<(string Name, Recipe Recipe)> OfTheTasks()
    {
        (string Name, TrialTask Task, int Rank, double Overlap, TrainingOptions Training)[] tasks =
        [
            ("context", new ContextDecision(), 1, 0, new() { Steps = 60, Updates = 1500, Noise = 0.05 }),
            ("match", new DelayedMatch(), 2, 1, new() { Steps = 80, Updates = 1000, Noise = 0.05 }),
            ("sine", new SineWave(), 2, 0, new() { Steps = 100, Updates = 5000 }),
        ];
        foreach (var (name, task, rank, overlap, training) in tasks)
            foreach (bool isFull in new[] { true, false })
                for (int seed = 1; seed <= 3; seed++)
                    yield return ($"{name}-{(isFull ? "full" : $"rank{rank}")}-{seed}", new()
                    {
                        Architecture = isFull ? new Currents { Leak = 0.2 }
                            : new Currents { Leak = 0.2, Rank = rank, Overlap = overlap },
                        Units = 128,
                        Task = task,
                        Seed = seed,
                        Training = training with
                        {
                            Loss = Loss.SquaredError,
                            ClipNorm = 1,
                            LearningRate = isFull ? 1e-3 : 1e-2,
                        },
                    });
    }

    private static Recipe Of(Architecture architecture, TrialTask task) =>
        new() { Architecture = architecture, Task = task, Training = Options };
}

/// <summary>Recipes by the name of their networks.</summary>
public sealed class RecipeList : ReadOnlyDictionary<string, Recipe>
{
    internal RecipeList(IEnumerable<(string Name, Recipe Recipe)> recipes)
        : base(recipes.ToDictionary(entry => entry.Name, entry => entry.Recipe))
    {
    }

    /// <summary>The recipe of a network.</summary>
    /// <param name="name">The network's name.</param>
    /// <exception cref="ArgumentException">
    /// There is none of that name; the message names those that begin alike.
    /// </exception>
    public new Recipe this[string name] => TryGetValue(name, out var recipe) ? recipe
        : throw new ArgumentException(
            $"There is no recipe \"{name}\"; there are {Count}, such as {string.Join(", ", Alike(name))}.",
            nameof(name));

    private IEnumerable<string> Alike(string name) => Keys.OrderByDescending(
        key => key.Zip(name).TakeWhile(letters => letters.First == letters.Second).Count()).Take(4);

    /// <summary>Such as "11 recipes: flipflop3-vanilla, ...".</summary>
    public override string ToString() => $"{Number.Of(Count, "recipe")}: {string.Join(", ", Keys)}";
}
