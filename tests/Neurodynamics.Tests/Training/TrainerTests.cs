using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Training;

public sealed class TrainerTests
{
    private static readonly Recipe Small = new()
    {
        Units = 8,
        Task = new FlipFlop { Channels = 1 },
        Training = new() { Updates = 30, BatchSize = 8, Steps = 12, EvaluateEvery = 7, LearningRate = 0.02 },
        Seed = 3,
    };

    [Theory]
    [InlineData("vanilla", Loss.CrossEntropy)]
    [InlineData("lstm", Loss.CrossEntropy)]
    [InlineData("gru", Loss.SquaredError)]
    [InlineData("gru-as-printed", Loss.CrossEntropy)]
    [InlineData("lstm-as-printed", Loss.CrossEntropy)]
    [InlineData("gru-reset-before", Loss.CrossEntropy)]
    public void Every_cell_learns_a_flip_flop(string architecture, Loss loss)
    {
        var options = Small.Training with { Updates = 200, BatchSize = 16, Loss = loss };
        var trained = Trainer.Train(Small with { Architecture = Architecture.Named(architecture), Training = options });
        Assert.True(trained.Record.Test.Low > 0.9, $"{trained.Record.Test}");
        Assert.Equal(Stop.Updates, trained.Record.Stop);
        Assert.True(trained.Record.Curve[^1].Loss < trained.Record.Curve[0].Loss);
    }

    [Fact]
    public void One_seed_gives_the_same_bits_and_another_seed_others()
    {
        Assert.Equal(Weights(Trainer.Train(Small)), Weights(Trainer.Train(Small)));
        Assert.NotEqual(Weights(Trainer.Train(Small)), Weights(Trainer.Train(Small with { Seed = 4 })));
    }

    public static TheoryData<Recipe> Resumed => [Small, WithEverything];

    /// <summary>Every option of training at once, on a network with buffers and a start of its own.</summary>
    private static Recipe WithEverything => Small with
    {
        Architecture = new Stacked
        {
            Layer = new Currents { Leak = 0.3, Inhibitory = 0.25, LearnedStart = true, LastLeak = 0.1 },
        },
        Training = Small.Training with
        {
            Noise = 0.1,
            NoiseScale = NoiseScale.Leak,
            WeightPenalty = 0.01,
            RatePenalty = 0.02,
            Frozen = "rnn.layer0.weight_ih readout.bias",
        },
    };

    [Theory, MemberData(nameof(Resumed))]
    public void A_cancelled_training_goes_on_where_it_was_as_if_it_had_never_stopped(Recipe recipe)
    {
        using var folder = new TemporaryFolder();
        string unfinished = Path.Combine(folder.Path, "net.training");
        var first = Cancelled(after: 17);
        Assert.Equal((Stop.Cancelled, 17), (first.Record.Stop, first.Record.Updates));
        var second = Cancelled(after: 3);
        Assert.Equal((Stop.Cancelled, 20), (second.Record.Stop, second.Record.Updates));
        var whole = Trainer.Train(recipe);
        var resumed = Trainer.Train(recipe, unfinished: unfinished);
        Assert.Equal(whole.Record.Curve, resumed.Record.Curve);
        Assert.Equal(Weights(whole), Weights(resumed));

        TrainedNetwork Cancelled(int after)
        {
            using var stop = new CancellationTokenSource();
            return Trainer.Train(recipe, new Told(_ => { if (--after == 0) stop.Cancel(); }), unfinished,
                cancellation: stop.Token);
        }
    }

    [Fact]
    public void The_penalties_are_what_they_say()
    {
        double plain = FirstLoss(Small);
        var network = Small.Create();
        double[] weights = [.. network.named_parameters().Where(entry => entry.name.Contains("weight"))
            .SelectMany(entry => ((Tensor)entry.parameter).to(ScalarType.Float64).flatten().ToVector())];
        Assert.Equal(0.5 * weights.Average(weight => weight * weight),
            FirstLoss(With(Small.Training with { WeightPenalty = 0.5 })) - plain, 1e-6);
        // Rates, and not the currents of which they are a function.
        var currents = Small with { Architecture = new Currents { Leak = 0.5 } };
        using var scope = NewDisposeScope();
        var cell = currents.Create().Cell;
        var first = Small.Task.Sample(8, 12, Seeds.Derive(Small.Seed, "training"));
        double[] rates = cell.Hidden(cell.Run(tensor(first.Inputs).to(ScalarType.Float32))).detach()
            .to(ScalarType.Float64).flatten().ToVector();
        var penalised = currents with { Training = Small.Training with { RatePenalty = 0.5 } };
        Assert.Equal(0.5 * rates.Average(rate => rate * rate), FirstLoss(penalised) - FirstLoss(currents), 1e-6);

        static Recipe With(TrainingOptions options) => Small with { Training = options };
    }

    private static double FirstLoss(Recipe recipe)
    {
        double? loss = null;
        Trainer.Train(recipe with { Training = recipe.Training with { Updates = 1 } }, new Told(at => loss = at.Loss));
        return loss!.Value;
    }

    /// <summary>
    /// Where the noise is far larger than a rate, at most 1, the penalty on rates shows its variance: sigma^2, or
    /// sigma^2 2 a of the leak a.
    /// </summary>
    [Theory, InlineData(NoiseScale.One, 100), InlineData(NoiseScale.Leak, 200)]
    public void Noise_of_training_has_the_variance_that_was_asked_for(NoiseScale scale, double variance)
    {
        var noisy = Small with
        {
            Architecture = new Rates { Leak = 1 },
            Training = Small.Training with { Noise = 10, NoiseScale = scale, BatchSize = 64 },
        };
        double square = FirstLoss(noisy with { Training = noisy.Training with { RatePenalty = 1 } }) - FirstLoss(noisy);
        Assert.InRange(square, 0.95 * variance, 1.05 * variance + 1);
    }

    [Fact]
    public void Noise_has_the_spread_that_was_asked_for_and_the_same_bits_every_time()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        // A unit that gets nothing but noise of sigma sqrt(2 a) has a variance of sigma^2 / (1 - a / 2).
        var (cell, noise) = (new RatesCell(new() { Leak = 0.2 }, 1, 1, ScalarType.Float64),
            randn([100, 2_000, 1], dtype: ScalarType.Float64, generator: generator) * Math.Sqrt(2 * 0.2));
        var states = cell.Run(zeros(100, 2_000, 1, dtype: ScalarType.Float64), null, noise);
        Assert.Equal(1 / 0.9, states.var().item<double>(), 0.03);
        var noisy = Small with
        {
            Architecture = new Rates { Leak = 0.2 },
            Training = Small.Training with { Noise = 0.3, NoiseScale = NoiseScale.Leak },
        };
        Assert.Equal(Weights(Trainer.Train(noisy)), Weights(Trainer.Train(noisy)));
        var other = noisy with { Training = noisy.Training with { NoiseScale = NoiseScale.One } };
        Assert.NotEqual(Weights(Trainer.Train(other)), Weights(Trainer.Train(noisy)));
        var none = Assert.Throws<InvalidOperationException>(() =>
            Trainer.Train(noisy with { Architecture = Architecture.Gru }));
        Assert.Contains("NoiseScale.One", none.Message);
    }

    [Fact]
    public void What_is_frozen_stays_and_a_name_that_is_none_is_refused()
    {
        var recipe = Small with
        {
            Training = Small.Training with { Frozen = "rnn.weight_hh_l0 readout.bias", ClipNorm = 0.1 },
        };
        var (before, after) = (recipe.Create().state_dict(), Trainer.Train(recipe).Network.state_dict());
        foreach (var (name, values) in before)
            Assert.Equal(name is "rnn.weight_hh_l0" or "readout.bias", values.Equals(after[name]));
        var wrong = Small with { Training = Small.Training with { Frozen = "weight_hh" } };
        var error = Assert.Throws<ArgumentException>(() => Trainer.Train(wrong));
        Assert.Contains("rnn.weight_hh_l0", error.Message);
        string all = string.Join(" ", recipe.Create().named_parameters().Select(entry => entry.name));
        Assert.Contains("nothing can learn", Assert.Throws<ArgumentException>(() =>
            Trainer.Train(Small with { Training = Small.Training with { Frozen = all } })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { Noise = -1 });
    }

    [Theory]
    [InlineData(1, "the one before")]
    [InlineData(2, "its first update")]
    public void A_training_that_was_put_aside_and_damaged_is_set_aside_and_goes_on_from_the_one_before(
        int damaged, string from)
    {
        using var folder = new TemporaryFolder();
        string unfinished = PutAside(folder);
        // It was put aside at its start and when it was stopped.
        string[] files = [.. Directory.GetFiles(folder.Path).Order()];
        Assert.Equal([unfinished, $"{unfinished}.before"], files);
        var (whole, random, said) = (Trainer.Train(Small), new Random(1), new List<string>());
        for (int round = 0; round < 10; round++)
        {
            byte[][] bytes = [.. files.Select(File.ReadAllBytes)];
            foreach (string file in files.Take(damaged))
            {
                byte[] changed = File.ReadAllBytes(file);
                if (round % 2 == 0) changed[random.Next(changed.Length)] ^= 1;
                else changed = changed[..random.Next(changed.Length)];
                File.WriteAllBytes(file, changed);
            }
            said.Clear();
            Assert.Equal(Weights(whole), Weights(Trainer.Train(Small, unfinished: unfinished, say: said.Add)));
            Assert.Equal(damaged, said.Count);
            Assert.EndsWith($"it starts from {from}.", said[^1]);
            foreach (string left in Directory.GetFiles(folder.Path)) File.Delete(left);
            foreach (var (file, content) in files.Zip(bytes)) File.WriteAllBytes(file, content);
        }
    }

    [Fact]
    public void A_training_that_was_put_aside_and_cannot_be_read_at_present_is_left_where_it_is()
    {
        using var folder = new TemporaryFolder();
        string unfinished = PutAside(folder);
        string[] files = [.. Directory.GetFiles(folder.Path).Order()];
        using (File.Open(unfinished, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Contains("cannot be read", Assert.Throws<IOException>(() => Trainer.Train(
                Small, new Told(_ => Assert.Fail("It was trained.")), unfinished)).Message);
        Assert.Equal(files, Directory.GetFiles(folder.Path).Order());
        int? first = null;
        Trainer.Train(Small, new Told(at => first ??= at.Update), unfinished);
        Assert.Equal(10, first);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_refused_before_the_first_update()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "a file");
        File.WriteAllText(file, "");
        Assert.Contains("cannot be put aside", Assert.Throws<IOException>(() => Trainer.Train(Small,
            new Told(_ => Assert.Fail("It was trained.")), Path.Combine(file, "net.training"))).Message);
    }

    [Fact]
    public void A_training_that_cannot_be_put_aside_any_more_ends_with_its_best_network()
    {
        using var folder = new TemporaryFolder();
        string unfinished = Path.Combine(folder.Path, "there", "net.training");
        using var stop = new CancellationTokenSource();
        var said = new List<string>();
        var trained = Trainer.Train(Small, new Told(at =>
        {
            if (at.Update != 9) return;
            Directory.Delete(Path.GetDirectoryName(unfinished)!, recursive: true);
            File.WriteAllText(Path.GetDirectoryName(unfinished)!, "");
            stop.Cancel();
        }), unfinished, said.Add, stop.Token);
        Assert.Equal((Stop.Cancelled, 9), (trained.Record.Stop, trained.Record.Updates));
        Assert.Contains("could not be put aside", Assert.Single(said));
    }

    [Fact]
    public void A_cancelled_training_returns_the_best_network_on_held_out_trials()
    {
        // A rate so high that training gets worse again; it is stopped where that has happened.
        var options = Small.Training with { LearningRate = 0.5, Updates = 1000, EvaluateEvery = 1 };
        var wild = Small with { Training = options };
        using var stop = new CancellationTokenSource();
        double best = 0;
        var trained = Trainer.Train(wild, new Told(told =>
        {
            if (told.Accuracy < best) stop.Cancel();
            best = Math.Max(best, told.Accuracy ?? 0);
        }), cancellation: stop.Token);
        Assert.Equal(Stop.Cancelled, trained.Record.Stop);
        Assert.True(best > trained.Record.Curve[^1].Accuracy);
        Assert.Equal(best, Trainer.Evaluate(
            trained.Network, wild.Task, Seeds.Derive(wild.Seed, "held out"), 256, wild.Training.Steps).Mean, 1e-12);
    }

    [Fact]
    public void Training_stops_at_the_accuracy_asked_for()
    {
        var trained =
            Trainer.Train(Small with { Training = Small.Training with { Updates = 1000, TargetAccuracy = 0.9 } });
        Assert.Equal(Stop.TargetAccuracy, trained.Record.Stop);
        Assert.True(trained.Record.Updates < 1000);
        Assert.True(trained.Record.Curve[^1].Accuracy >= 0.9);
    }

    [Fact]
    public void A_network_made_by_hand_to_hold_the_last_pulse_is_always_right()
    {
        using var network = Latch();
        var accuracy = Trainer.Evaluate(network, new FlipFlop { Channels = 1 }, seed: 1, trials: 50);
        Assert.Equal(new Accuracy(1, 1 - 3.0 / 50, 1, 50), accuracy);
        using (no_grad()) network.Readout!.weight.neg_();
        Assert.Equal(0, Trainer.Evaluate(network, new FlipFlop { Channels = 1 }, seed: 1, trials: 50).Mean);
    }

    [Fact]
    public void Adam_is_TorchSharps_to_the_bit()
    {
        Assert.Equal(After(parameters => optim.Adam(parameters, 0.03)),
            After(parameters => new HeldAdam(parameters, 0.03)));

        static float[] After(Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> make)
        {
            using var scope = NewDisposeScope();
            using var network = Network.Create(Architecture.Gru, 2, 6, 2, seed: 1);
            using var adam = make(network.parameters());
            var inputs = ones(4, 5, 2);
            for (int update = 0; update < 200; update++)
            {
                using var inner = NewDisposeScope();
                adam.zero_grad();
                var states = network.Run(inputs);
                (states * states).mean().backward();
                adam.step();
            }
            return [.. network.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
        }
    }

    [Fact]
    public void Gradients_are_clipped_to_the_norm_asked_for()
    {
        // Adam divides by the size of the gradient, so that only a bound that counts beside its epsilon of 1e-8 shows.
        var once = Small with { Training = Small.Training with { Updates = 1, LearningRate = 1 } };
        double Moved(double? norm)
        {
            using var start = Network.Create(Small.Architecture, 1, 8, 1, Small.Seed);
            float[] before = [.. start.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
            float[] after = Weights(Trainer.Train(once with { Training = once.Training with { ClipNorm = norm } }));
            return before.Zip(after).Max(pair => Math.Abs(pair.First - pair.Second));
        }
        Assert.Equal(1, Moved(null), 1e-2);
        Assert.InRange(Moved(1e-9), 1e-3, 0.2);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_training_with_a_sentence()
    {
        var options = Small.Training with { LearningRate = 1e30, Loss = Loss.SquaredError };
        var error = Assert.Throws<InvalidOperationException>(() =>
            Trainer.Train(Small with { Architecture = Architecture.Lstm, Training = options }));
        Assert.Contains("LearningRate", error.Message);
    }

    [Fact]
    public void A_thousand_updates_leave_no_tensor_behind()
    {
        var options = Small.Training with { Updates = 1100, BatchSize = 1, Steps = 2, EvaluateEvery = 10_000 };
        var recipe = Small with { Units = 2, Training = options };
        long early = 0, late = 0;
        int update = 0;
        Trainer.Train(recipe, new Told(_ =>
        {
            update++;
            if (update == 100) early = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            if (update == 1099) late = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }));
        Assert.Equal(early, late);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { LearningRate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { Updates = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { ClipNorm = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { TargetAccuracy = 98 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Recipe { Units = -100 });
    }

    /// <summary>The file of a training of <see cref="Small"/> that was stopped at its tenth update.</summary>
    private static string PutAside(TemporaryFolder folder)
    {
        string unfinished = Path.Combine(folder.Path, "net.training");
        using (var stop = new CancellationTokenSource())
            Trainer.Train(Small, new Told(at => { if (at.Update == 9) stop.Cancel(); }), unfinished,
                cancellation: stop.Token);
        return unfinished;
    }

    /// <summary>One tanh unit with a weight of 2 keeps a sign, and a pulse of size 5 sets it.</summary>
    private static Network Latch()
    {
        var network = Network.Create(Architecture.Vanilla, 1, 1, 1, seed: 1);
        using var frozen = no_grad();
        var cell = (RecurrentCell)network.Cell;
        cell.WeightHh.fill_(2);
        cell.WeightIh.fill_(5);
        network.Readout!.weight.fill_(1);
        return network;
    }

    internal static float[] Weights(TrainedNetwork trained) =>
        [.. trained.Network.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];

    internal sealed class Told(Action<TrainingProgress> then) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => then(value);
    }
}
