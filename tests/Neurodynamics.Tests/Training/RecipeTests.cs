using Neurodynamics.Sweeps;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.Training;

public sealed class RecipeTests
{
    private static readonly Recipe Before = new()
    {
        Units = 3,
        Task = new Yesterday.Growing(),
        Training = new() { Updates = 2, BatchSize = 2, Steps = 4 },
    };

    private static readonly Recipe After = Before with { Task = new Today.Growing() };

    [Fact]
    public void The_hashes_under_which_things_are_stored_are_what_they_always_were()
    {
        // SHA-256 of the JSON text, computed by another program.
        Assert.Equal("152a4588", new Recipe().Hash);
        Assert.Equal("bee31877", new SweepMeasurement().Hash);
    }

    [Fact]
    public void An_option_that_is_added_changes_a_hash_only_where_it_is_used()
    {
        Assert.Equal(Before.Hash, After.Hash);
        Assert.NotEqual(After.Hash, (After with { Task = new Today.Growing { Noise = 0.1 } }).Hash);
        Assert.NotEqual(After.Hash, (After with { Task = new Today.Growing { Size = 2 } }).Hash);
        Assert.NotEqual(Before.Hash, (Before with { Task = new Yesterday.Growing { Size = 2 } }).Hash);
        // A member of today is named at its default as well.
        Assert.NotEqual(new Recipe().Hash, (new Recipe() with { Training = new() { EvaluateEvery = 99 } }).Hash);
    }

    [Fact]
    public void A_network_and_a_row_from_before_an_option_was_added_are_still_found()
    {
        using var folder = new TemporaryFolder();
        var store = new NetworkStore(folder.Path);
        var trained = Trainer.Train(Before);
        store.Save("net", trained);
        string? said = null;
        Assert.Equal(After, store.LoadOrTrain("net", After, say: sentence => said = sentence).Record.Recipe);
        Assert.Equal("Loaded net.", said);

        var small =
            new SweepMeasurement { Trials = 4, DescentCandidates = 4, DescentSteps = 5, Candidates = 4, HoldSteps = 5 };
        var row = SweepRow.FromLine(small.Of(trained).ToLine());
        Assert.Equal((After, After.Hash), (row.Recipe, row.Run));
    }

    private static class Yesterday
    {
        public sealed record Growing : Summed;
    }

    private static class Today
    {
        public sealed record Growing : Summed
        {
            public double Noise { get; init; }
        }
    }
}

/// <summary>Whether the sum of two inputs is above zero.</summary>
public abstract record Summed : TrialTask
{
    public int Size { get; init; } = 1;

    public override int InputSize => 2;

    public override int OutputSize => 1;

    protected override Trials Make(int count, int steps, long seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var (inputs, targets, weights) =
            (new double[count, steps, 2], new double[count, steps, 1], new double[count, steps, 1]);
        for (int trial = 0; trial < count; trial++)
            for (int step = 0; step < steps; step++)
            {
                for (int i = 0; i < 2; i++) inputs[trial, step, i] = Size * (random.NextDouble() - 0.5);
                targets[trial, step, 0] = inputs[trial, step, 0] + inputs[trial, step, 1] > 0 ? 1 : 0;
                weights[trial, step, 0] = 1;
            }
        return new(inputs, targets, weights);
    }
}
