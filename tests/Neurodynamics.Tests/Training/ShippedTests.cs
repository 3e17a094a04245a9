using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.Training;

public sealed class ShippedTests
{
    private static readonly NetworkStore Store = new(Path.Combine(Reference.Root, "data", "networks"));

    public static TheoryData<string> Names => [.. Shipped.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_shipped_network_is_made_by_its_recipe_and_does_its_task(string name)
    {
        var shipped =
            Store.LoadOrTrain(name, Shipped.All[name], say: said => Assert.Equal($"Loaded {name}.", said));
        Assert.Equal(
            (Stop.Updates, shipped.Record.Recipe.Training.Updates), (shipped.Record.Stop, shipped.Record.Updates));
        var (claimed, recipe) = (shipped.Record.Test, shipped.Record.Recipe);
        Assert.Equal(claimed, Trainer.Evaluate(
            shipped.Network, recipe.Task, Seeds.Derive(recipe.Seed, "test"), steps: recipe.Training.Steps));
        // Other trials, never seen by the training nor by the test above; a difference of four half-widths is no
        // chance.
        var fresh = Trainer.Evaluate(shipped.Network, recipe.Task, seed: 20261125, steps: recipe.Training.Steps);
        Assert.InRange(fresh.Mean, claimed.Mean - 4 * (claimed.Mean - claimed.Low) - 1e-4, 1);
        Assert.True(fresh.Mean > 0.95, $"{name}: {fresh}, and the report claims above 95 %");
    }

    [Fact]
    public void The_nine_networks_of_the_report_were_trained_equally_long()
    {
        Assert.Equal(11, Shipped.Recipes.Count);
        Assert.Single(Shipped.Recipes.Values.Select(recipe => recipe.Training).Distinct());
        Assert.Equal(Shipped.Recipes.Count, Shipped.Recipes.Values.Select(recipe => recipe.Hash).Distinct().Count());
    }

    [Fact]
    public void An_unknown_name_says_which_there_are()
    {
        Assert.Equal(Shipped.All.Count, new[] { Shipped.Recipes, Shipped.FieldRecipes, Shipped.TaskRecipes }
            .Sum(list => list.Select(entry => list[entry.Key] == entry.Value ? 1 : 0).Sum()));
        string message = Assert.Throws<ArgumentException>(() => Shipped.TaskRecipes["context-rank1-4"]).Message;
        Assert.StartsWith("There is no recipe \"context-rank1-4\"; there are 18, such as context-rank1-1, "
            + "context-rank1-2, context-rank1-3, ", message, StringComparison.Ordinal);
    }
}
