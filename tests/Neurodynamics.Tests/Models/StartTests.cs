using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Tests.Import;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

/// <summary>Trials begin where they are asked to.</summary>
public sealed class StartTests
{
    private static readonly double[,,] Silence = new double[2, 3, 1];

    private static readonly Trials Trials = new(Silence, Filled(1), Filled(1));

    /// <summary>One unit that keeps its sign, x' = tanh(2 x + u), read out as it is.</summary>
    private static readonly Network Network = new(Nets.Tanh(new[,] { { 2.0 } }, input: 1), Identity());

    private static readonly IReadOnlyList<Linearisation> Points = Linearisation.Of(
        Network.Cell, [Nets.Point(-Nets.Root), Nets.Point(0), Nets.Point(Nets.Root)]);

    /// <summary>One unit whose gates depend on its state.</summary>
    private static readonly RecurrentCell Gated = RecurrentCell.Create(
        Architecture.Gru, new[,] { { 0.0 }, { 0 }, { 0 } }, new[,] { { 1.0 }, { -2 }, { 1 } }, [0, 0, 0], [0, 0, 0]);

    /// <summary>What runs trials, from a start state.</summary>
    private static readonly Dictionary<string, Func<double[]?, object>> Runs = new()
    {
        ["run"] = start => Network.Run(Silence, start),
        ["readouts"] = start => Network.Readouts(Silence, start),
        ["candidates"] = start => Candidates.FromTrials(Network.Cell, Silence, 4, 1, start: start),
        ["steps"] = start => TrialSteps.Sample(Network.Cell, Silence, 4, 1, start).Before,
        ["gates"] = start => GateTrace.Of(Gated, Silence, start: start).Select(gate => gate.Values[0, 0]),
        ["use of gates"] = start => GateUse.Of(Gated, Trials, start: start),
        ["linearisations"] = start => new LocalLinear(Network.Cell, Points).Run(Silence, start),
        ["gradients"] = start => GradientFlow.Along(Network.Cell, Silence, [1], start).Norms,
        ["evidence"] = start => Evidence.Of(Network, Trials, start: start).Logit,
        ["settling"] = start => Settling.Of(Network, Points, Trials, start: start),
        ["retention"] = start => Retention.Of(Network, Trials, 1, start).Moved,
        ["reversal"] = start => Reversal.Of(Network, [1], size: 0.1, start: start),
        ["portrait"] = start =>
            Portrait.Of("one", Network, Silence, new() { MaxRounds = 0 }, candidates: 2, start: start).States,
    };

    public static TheoryData<string> Names => [.. Runs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_start_state_is_where_trials_begin_and_zeros_are_the_default(string name)
    {
        var run = Runs[name];
        Assert.Equal(run(null), run([0.0]));
        Assert.NotEqual(run(null), run([-0.9]));
        foreach (double[] wrong in new double[][] { [], [0, 0] })
            Assert.Equal($"{(name.Contains("gates") ? Gated : Network.Cell).Title} has 1 state variables, but the "
                + $"start state holds {wrong.Length} values. (Parameter 'start')",
                Assert.Throws<ArgumentException>(() => run(wrong)).Message);
    }

    [Fact]
    public void States_after_a_start_are_those_of_the_map()
    {
        double[,,] states = Network.Run(Silence, [-0.25]);
        double x = -0.25;
        for (int t = 0; t < 3; t++)
        {
            x = Math.Tanh(2 * x);
            Assert.Equal(x, states[0, t, 0], 1e-15);
            Assert.Equal(x, states[1, t, 0], 1e-15);
        }
        Assert.All(Settling.Of(Network, Points, Trials, start: [-0.25]), trial =>
            Assert.Equal(("-", 0, -Nets.Root), (trial.Settled, Points[trial.Attractor!.Value].UnstableModes,
                Math.Round(Points[trial.Attractor!.Value].Point.State[0], 12))));
        var steps = TrialSteps.Sample(Network.Cell, Silence, 20, seed: 1, [-0.25]);
        Assert.Contains(-0.25, steps.Before.Cast<double>());
        for (int i = 0; i < steps.Count; i++) Assert.Equal(Math.Tanh(2 * steps.Before[i, 0]), steps.After[i, 0], 1e-15);
        // From the start, the first lag's Jacobian is that after the second step.
        Assert.Equal(2 * (1 - x * x), GradientFlow.Along(Network.Cell, Silence, [1], [-0.25]).Norms[0, 0], 1e-12);
    }

    [Fact]
    public void A_cell_in_float32_starts_there_too()
    {
        var cell = RecurrentCell.Create(Architecture.Lstm, 1, 2);
        cell.Initialise(1);
        double[] start = [0.5, -0.5, 2, -2];
        double[,,] inputs = new double[,,] { { { 1 }, { -1 } } };
        double[] next = cell.Next([1], start);
        Assert.Equal(next, new Network(cell).Run(inputs, start).Trial(0).Row(0), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Recorded_states_are_drawn_as_those_of_trials_are()
    {
        var cell = Nets.Random(Architecture.Gru, 3, gain: 1, seed: 1);
        double[,,] inputs = new FlipFlop { Channels = 1 }.Sample(5, 7, 1).Inputs;
        double[,,] states = new Network(cell).Run(inputs);
        double[,] drawn = Candidates.FromTrials(cell, inputs, 30, seed: 4, noise: 0.1);
        Assert.Equal(drawn, Candidates.FromStates(states, 30, seed: 4, noise: 0.1));
        Assert.Equal(drawn, Candidates.FromStates(states.Rows(), 30, seed: 4, noise: 0.1));
        double[][] recorded = [.. Enumerable.Range(0, 35).Select(states.Rows().Row)];
        double[,] plain = Candidates.FromStates(states, 40, seed: 5);
        Assert.All(Enumerable.Range(0, 40), i => Assert.Contains(plain.Row(i), recorded));
        Assert.Contains("no states", Assert.Throws<ArgumentException>(
            () => Candidates.FromStates(new double[0, 3], 1, seed: 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Candidates.FromStates(states, 1, seed: 1, noise: -1));
        foreach (var draw in new Func<double[,]>[]
            {
                () => Candidates.FromTrials(cell, inputs, 0, seed: 1), () => Candidates.FromStates(states, 0, seed: 1),
                () => Candidates.Random(cell, 0, spread: 1, seed: 1),
            })
            Assert.Contains("at least 1 candidate", Assert.Throws<ArgumentOutOfRangeException>(draw).Message);
    }

    /// <summary>
    /// A step takes each unit to between where it was and a value of modulus at most 1, so that every box that holds
    /// [-1, 1] is invariant: the least of them that holds the start is the answer.
    /// </summary>
    [Theory, InlineData("vanilla"), InlineData("gru"), InlineData("lstm")]
    public void The_box_of_a_cell_holds_a_start_from_its_file_that_lies_beyond_1(string architecture)
    {
        bool isLstm = architecture == "lstm";
        double[] start = [.. isLstm ? [0.5, -1, 0.25] : Array.Empty<double>(), 0.5, -40, 3];
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Archive([.. Npz.Gru(gates: Architecture.Named(architecture) switch
        {
            var kind when kind == Architecture.Vanilla => 1,
            var kind when kind == Architecture.Gru => 3,
            _ => 4,
        }), ("h0", Npz.Float32([start.Length], start))]));
        using var network = NetworkFile.Load(path).Network;
        var cell = network.Cell;
        Assert.Equal(start, cell.StartState());
        double[] input = [2, -1], box = cell.InvariantBox(input)!;
        if (isLstm)
            Assert.Equal((1, 1, 1, 40), (box[0], box[1], box[2], box[4]));
        else
            Assert.Equal([1, 40, 3], box);
        // Of a copy in float64 too, and no trial leaves it.
        Assert.Equal(box, cell.InDouble().InvariantBox(input));
        double[] state = start;
        for (int t = 0; t < 50; t++)
        {
            Assert.All(state.Zip(box), pair => Assert.InRange(Math.Abs(pair.First), 0, pair.Second));
            state = cell.Next(input, state);
        }
    }

    /// <summary>Under inputs of which only their size is known, as of a layer above or a driven cell.</summary>
    [Theory, InlineData("vanilla"), InlineData("gru"), InlineData("lstm")]
    public void The_box_of_a_driven_cell_and_of_layers_holds_their_starts(string architecture)
    {
        bool isLstm = architecture == "lstm";
        foreach (var made in Made(isLstm ? [0.5, -1, 40, -0.25] : [0.5, -40]))
        {
            double[] box = made.InvariantBox([0.1])!, state = made.StartState();
            Assert.Contains(40.0, state.Select(Math.Abs));
            for (int t = 0; t < 50; t++)
            {
                Assert.All(state.Zip(box), pair => Assert.InRange(Math.Abs(pair.First), 0, pair.Second));
                state = made.Next([0.1], state);
            }
        }
        // Of an LSTM's gates nothing is known where |h| is beyond 1.
        if (isLstm) Assert.All(Made([1.5, 0, 0, 0]), made => Assert.Null(made.InvariantBox([0.1])));

        Cell[] Made(double[] start)
        {
            var cell = RecurrentCell.Create(Architecture.Named(architecture), 1, 2, ScalarType.Float64);
            cell.Initialise(1);
            cell.GivenStart = start;
            return
            [
                new IteratedCell(cell, new[,] { { 0.5 }, { -0.5 } }),
                new LayeredCell(new Gru(1, 1, ScalarType.Float64), cell),
            ];
        }
    }

    private static TorchSharp.Modules.Linear Identity()
    {
        var readout = nn.Linear(1, 1, hasBias: false, dtype: ScalarType.Float64);
        using (no_grad()) readout.weight.fill_(1);
        return readout;
    }

    private static double[,,] Filled(double value)
    {
        double[,,] values = new double[2, 3, 1];
        values.Values().Fill(value);
        return values;
    }
}
