using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

/// <summary>
/// Gates over a trial, gradients over time, and what is kept in silence: each against sums done by hand or by autograd.
/// </summary>
public sealed class MemoryTests
{
    private static readonly double[,] One = { { 1 } };

    [Fact]
    public void Gates_of_one_unit_are_the_logistic_function_of_their_sums()
    {
        var gru = RecurrentCell.Create(Architecture.Gru, new[,] { { 0.5 }, { -1.0 }, { 2.0 } },
            new[,] { { 1.0 }, { 0.5 }, { -1.5 } }, [0.1, 0, 0], [0, 0.2, 0]);
        var gates = gru.GateValues(tensor(One), tensor(new[,] { { 0.5 } }));
        Assert.Equal(["reset r", "update z"], gates.Select(gate => gate.Name));
        Assert.Equal(Logistic(0.5 + 0.5 + 0.1), gates[0].Values.item<double>(), 1e-15);
        Assert.Equal(Logistic(-1 + 0.25 + 0.2), gates[1].Values.item<double>(), 1e-15);
        Assert.Empty(RecurrentCell.Create(Architecture.Vanilla, One, One).GateValues(tensor(One), tensor(One)));
    }

    [Fact]
    public void A_trace_shows_each_step_the_state_that_the_step_before_left()
    {
        var lstm = RecurrentCell.Create(Architecture.Lstm, new[,] { { 1.0 }, { -0.5 }, { 2.0 }, { 0.3 } },
            new[,] { { 0.4 }, { 1.5 }, { -1.0 }, { 0.8 } });
        double[,] forget = GateTrace.Of(lstm, new double[,,] { { { 1 }, { -1 } } })
            .Single(gate => gate.Name == "forget f").Values;
        double h = lstm.Next([1], [0, 0])[0];
        Assert.Equal(Logistic(-0.5), forget[0, 0], 1e-15);
        Assert.Equal(Logistic(0.5 + 1.5 * h), forget[1, 0], 1e-15);
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void The_gradient_over_lags_is_the_one_of_autograd_through_the_trial(string architecture)
    {
        var cell = RecurrentCell.Create(Architecture.Named(architecture), 2, 3, ScalarType.Float64);
        cell.Initialise(1);
        double[,,] inputs = new FlipFlop { Channels = 2, PulseProbability = 0.5 }.Sample(2, 6, 3).Inputs;
        var flow = GradientFlow.Along(cell, inputs, [1, 3]);
        for (int trial = 0; trial < 2; trial++)
        {
            var shown = tensor(inputs).to(ScalarType.Float64).narrow(0, trial, 1);
            var start = cell.Run(shown.narrow(1, 0, 3)).select(1, 2).detach().requires_grad_();
            var end = cell.Run(shown.narrow(1, 3, 3), start).select(1, 2);
            var jacobian = stack(Enumerable.Range(0, cell.StateSize)
                .Select(i => autograd.grad([end[0, i]], [start], retain_graph: true)[0].squeeze(0)));
            Assert.Equal(linalg.svdvals(jacobian).max().item<double>(), flow.Norms[1, trial], 1e-12);
        }
    }

    [Fact]
    public void A_unit_that_holds_itself_keeps_a_bit_and_a_leaky_one_does_not_move_it_further_than_to_zero()
    {
        var trials = new FlipFlop { Channels = 1, PulseAtStart = true }.Sample(16, 20, 5);
        var kept = Retention.Of(OneUnit(3), trials, 500);
        Assert.Equal((16, 1.0, 0.0), (kept.Bits, kept.Right[^1], Math.Round(kept.Moved[^1], 12)));
        // A unit that drives itself into its opposite reads out the wrong sign after every odd number of steps.
        Assert.Equal([0.0, 1.0, 0.0], Retention.Of(OneUnit(-3), trials with { Inputs = Last(trials) }, 3).Right);
    }

    [Fact]
    public void Steps_of_silence_have_the_lengths_that_the_trials_walk_one_by_one()
    {
        var network = Network.Create(Architecture.Lstm, 2, 3, 2, seed: 4);
        var exact = network.InDouble();
        var trials = new FlipFlop { Channels = 2, PulseProbability = 0.4, PulseAtStart = true }.Sample(5, 7, 2);
        double[] moved = Retention.Of(network, trials, 4).Moved;
        double[] sums = new double[4];
        for (int trial = 0; trial < 5; trial++)
        {
            double[] state = new double[6];
            for (int t = 0; t < 7; t++)
                state = exact.Cell.Next([trials.Inputs[trial, t, 0], trials.Inputs[trial, t, 1]], state);
            for (int step = 0; step < 4; step++)
            {
                double[] next = exact.Cell.Next([0, 0], state);
                sums[step] += Math.Sqrt(next.Zip(state, (to, from) => (to - from) * (to - from)).Sum());
                state = next;
            }
        }
        for (int step = 0; step < 4; step++) Assert.Equal(sums[step] / 5, moved[step], 1e-12);
    }

    [Fact]
    public void A_bit_that_no_pulse_has_set_is_none_to_keep()
    {
        var trials = new FlipFlop
        {
            Channels = 3,
            PulseProbability = 0.02,
            BeforeFirstPulse = BeforeFirstPulse.Half
        }.Sample(32, 20, 5);
        int set = trials.Targets.Cast<double>().Where((target, i) => i / 3 % 20 == 19 && target != 0.5).Count();
        Assert.InRange(set, 1, 95);
        Assert.Equal(set, Retention.Of(Network.Create(Architecture.Vanilla, 3, 4, 3, seed: 1), trials, 1).Bits);
        Assert.Equal(96 - set, Settling.Of(Network.Create(Architecture.Vanilla, 3, 4, 3, seed: 1), [], trials, 1)
            .Sum(trial => trial.Target.Count(sign => sign == '?')));
    }

    [Fact]
    public void Weights_are_lent_to_other_equations_and_refused_where_gates_differ()
    {
        var gru = RecurrentCell.Create(Architecture.Gru, 1, 2);
        gru.Initialise(2);
        Assert.True(((RecurrentCell)gru.As(Architecture.GruAsPrinted)).WeightHh.eq(gru.WeightHh).all().item<bool>());
        Assert.Contains("weight_ih_l0 is [6, 1] here and [8, 1] there",
            Assert.Throws<ArgumentException>(() => gru.As(Architecture.Lstm)).Message, StringComparison.Ordinal);
        Assert.Contains("3 rows", Assert.Throws<ArgumentException>(
            () => RecurrentCell.Create(Architecture.Gru, One, One)).Message, StringComparison.Ordinal);
    }

    /// <summary>Inputs of which only each trial's last target is shown, at the last step.</summary>
    private static double[,,] Last(Trials trials)
    {
        double[,,] inputs = new double[trials.Count, trials.Steps, 1];
        for (int trial = 0; trial < trials.Count; trial++) inputs[trial, trials.Steps - 1, 0] =
            2 * trials.Targets[trial, trials.Steps - 1, 0] - 1;
        return inputs;
    }

    internal static Network OneUnit(double weight)
    {
        var readout = nn.Linear(1, 1, dtype: ScalarType.Float64);
        using (no_grad())
        {
            readout.weight.fill_(1);
            readout.bias!.fill_(0);
        }
        return new(RecurrentCell.Create(Architecture.Vanilla, new[,] { { 10.0 } }, new[,] { { weight } }), readout);
    }

    private static double Logistic(double a) => 1 / (1 + Math.Exp(-a));
}
