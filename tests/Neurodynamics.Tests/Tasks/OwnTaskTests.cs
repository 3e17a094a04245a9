using System.Text.Json;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Tasks;

/// <summary>
/// A task and a cell of a reader's own, as a notebook's cell would declare them: nothing else has to know of them.
/// </summary>
public sealed class OwnTaskTests : IDisposable
{
    private static readonly Recipe Small = new()
    {
        Task = new DelayedAnswer { Delay = 4 },
        Units = 12,
        Training = new() { Updates = 300, BatchSize = 32, Steps = 12, LearningRate = 0.005, ClipNorm = 1 },
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_task_of_ones_own_is_written_and_read_by_its_name()
    {
        string text = JsonSerializer.Serialize(Small, Json.Options);
        Assert.Contains("\"name\": \"delayed-answer\",\n    \"delay\": 4\n", text, StringComparison.Ordinal);
        Assert.Equal(Small, JsonSerializer.Deserialize<Recipe>(text, Json.Options));
        Assert.Equal("delayed-answer", Small.Task.Title);
        string unknown = text.Replace("delayed-answer", "elsewhere", StringComparison.Ordinal);
        string refusal =
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Recipe>(unknown, Json.Options)).Message;
        Assert.Contains("no task \"elsewhere\"", refusal);
        Assert.Contains("flip-flop", refusal);
    }

    [Fact]
    public void Inputs_and_outputs_may_differ_in_number_and_only_the_response_counts()
    {
        var trials = Small.Task.Sample(20, 12, seed: 3);
        Assert.Equal((20, 12, 2, 1), (trials.Count, trials.Steps, trials.InputSize, trials.Channels));
        Assert.Equal(["stimulus", "delay", "response"], trials.Epochs.Select(epoch => epoch.Name));
        Assert.Equal(20 * 6, trials.Decided().Count());
        Assert.All(trials.Decided(), place =>
            Assert.InRange(place.Step, trials.Epochs[2].First[place.Trial], trials.Epochs[2].End[place.Trial] - 1));
        Assert.Throws<ArgumentException>(() => Baselines.Leaky(trials, 1));
    }

    [Fact]
    public void A_cell_of_ones_own_learns_a_task_of_ones_own_stops_goes_on_and_is_kept()
    {
        var own = Architecture.Of("summing", (inputs, units, precision) => new Summing(inputs, units, precision));
        var recipe = Small with { Architecture = own };
        var store = new NetworkStore(folder.Path);
        var whole = Trainer.Train(recipe);
        Assert.True(whole.Record.Test.Mean > 0.9, whole.Record.Test.ToString());

        using var stop = new CancellationTokenSource();
        var half = store.LoadOrTrain("own", recipe, progress: new StopAt(60, stop), cancellation: stop.Token);
        Assert.Equal((Stop.Cancelled, 60), (half.Record.Stop, half.Record.Updates));
        var rest = store.LoadOrTrain("own", recipe);
        var loaded = store.LoadOrTrain("own", recipe);
        foreach (var (name, parameter) in whole.Network.named_parameters())
        {
            Assert.True(parameter.eq(rest.Network.get_parameter(name)!).all().item<bool>(), name);
            Assert.True(parameter.eq(loaded.Network.get_parameter(name)!).all().item<bool>(), name);
        }
        var kept = Retention.Of(whole.Network, recipe.Task.Sample(64, 12, seed: 9), silence: 1);
        Assert.Equal(64, kept.Bits);
    }

    [Fact]
    public void A_task_that_makes_other_sizes_than_it_says_is_refused() =>
        Assert.Contains("made 2 of 4 with 1 and 1",
            Assert.Throws<InvalidOperationException>(() => new Wrong().Sample(2, 4, 1)).Message);

    private sealed class StopAt(int update, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Update == update) stop.Cancel();
        }
    }
}

/// <summary>
/// Which of two inputs was larger at the first step? The answer is asked for after a delay, in the last six steps.
/// </summary>
public sealed record DelayedAnswer : TrialTask
{
    public int Delay { get; init; } = 5;

    public override int InputSize => 2;

    public override int OutputSize => 1;

    protected override Trials Make(int count, int steps, long seed)
    {
        var random = new Random((int)seed);
        var (inputs, targets, weights) =
            (new double[count, steps, 2], new double[count, steps, 1], new double[count, steps, 1]);
        for (int trial = 0; trial < count; trial++)
        {
            (inputs[trial, 0, 0], inputs[trial, 0, 1]) = (random.NextDouble(), random.NextDouble());
            for (int step = 0; step < steps; step++)
            {
                targets[trial, step, 0] = inputs[trial, 0, 0] > inputs[trial, 0, 1] ? 1 : 0;
                weights[trial, step, 0] = step >= steps - 6 ? 1 : 0;
            }
        }
        return new(inputs, targets, weights)
        {
            Epochs =
            [
                Epoch.Alike("stimulus", 0, 1, count), Epoch.Alike("delay", 1, steps - 6, count),
                Epoch.Alike("response", steps - 6, steps, count),
            ],
        };
    }
}

file sealed record Wrong : TrialTask
{
    public override int InputSize => 2;

    public override int OutputSize => 1;

    protected override Trials Make(int count, int steps, long seed) =>
        new(new double[count, steps, 1], new double[count, steps, 1], new double[count, steps, 1]);
}

/// <summary>h' = tanh(W h + B u + b), written as a reader would write it.</summary>
file sealed class Summing : Cell
{
    private readonly Linear input, recurrent;

    public Summing(int inputSize, int units, ScalarType precision) : base("Summing", inputSize, units)
    {
        input = nn.Linear(inputSize, units, dtype: precision);
        recurrent = nn.Linear(units, units, hasBias: false, dtype: precision);
        register_module("input", input);
        register_module("recurrent", recurrent);
    }

    public override Tensor Step(Tensor input, Tensor state) => (recurrent.call(state) + this.input.call(input)).tanh();
}
