using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

/// <summary>What measures an integrator, on integrators and shapes that are known exactly.</summary>
public sealed class IntegratorTests
{
    private static readonly Integration Plain = new() { Channels = 1 };

    /// <summary>State and readout are the discounted sum itself.</summary>
    private sealed class Adder(double keep) : Cell("Adder", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => keep * state + input;
    }

    private static Network Exact(double keep)
    {
        var readout = nn.Linear(1, 1, dtype: ScalarType.Float64);
        using var frozen = no_grad();
        readout.weight.fill_(1);
        readout.bias!.zero_();
        return new(new Adder(keep), readout);
    }

    [Fact]
    public void An_exact_sum_is_the_readout_at_every_step_and_nothing_is_left_to_explain()
    {
        var evidence = Evidence.Of(Exact(1), Plain.Sample(4, 30, seed: 1));
        Assert.Equal(evidence.Sum, evidence.Logit, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(30, evidence.Step[29]);
        Assert.Equal(1, evidence.Step[30]);
        Assert.Equal(1, Correlate.Compare(evidence, evidence.Logit)[0].Explained, 1e-9);
        Assert.Equal(1, Correlate.Decoded(evidence.States, evidence.Sum), 1e-6);
        Assert.All(evidence.Beyond(2).Sum, sum => Assert.True(sum >= 2));
    }

    [Fact]
    public void Sureness_is_the_normal_probability_of_the_rest_of_the_trial()
    {
        // 5 steps are left, and sqrt(5) is one standard deviation: 0.841345. At the end the sign is known.
        var evidence = new Evidence([5, 5, 10, 10], [Math.Sqrt(5), 0, 0.1, -0.1], new double[4], new double[4, 1], 10);
        Assert.Equal([0.841345, 0.5, 1, 0], evidence.Sureness(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_value_that_depends_on_time_as_well_needs_both_to_be_explained()
    {
        var evidence = Evidence.Of(Exact(1), Plain.Sample(100, 50, seed: 2));
        var explained = Correlate.Compare(evidence, evidence.Sureness());
        Assert.Equal(1, explained[2].Explained, 1e-9);
        Assert.True(explained[4].Explained > explained[3].Explained);
    }

    [Theory]
    [InlineData(1.0, 12, 12)]
    // 100 inputs sum to 10 to four digits, and 0.9^k 10 - (1 - 0.9^k) 10 falls below 0 with 0.9^k < 1/2: k = 7.
    [InlineData(0.9, 100, 7)]
    public void An_integrator_is_turned_by_what_its_sum_tells(double keep, int inputs, int needed)
    {
        Assert.Equal(needed, Reversal.Of(Exact(keep), [inputs])[0].Needed);
        Assert.Equal(
            needed, Reversal.Exact(Plain with { Gamma = keep, Discount = Discount.Leaky }, [inputs])[0].Needed);
    }

    [Fact]
    public void Early_samples_decide_for_ever_where_the_discount_is_as_printed() =>
        Assert.Null(Reversal.Exact(Plain with { Gamma = 0.9 }, [7])[0].Needed);

    [Fact]
    public void An_exact_sum_is_held_and_a_leaky_one_decays()
    {
        double[,] start = new double[,] { { 4 } };
        var (held, leaked) = (Holding.Of(Exact(1), start, steps: 50), Holding.Of(Exact(0.9), start, steps: 50));
        Assert.Equal([0, 1, 2, 5, 10, 20, 50], held.Steps);
        Assert.All(Enumerable.Range(0, 7), look => Assert.Equal(4, held.Logits[0, look], 1e-12));
        Assert.Equal(4 * Math.Pow(0.9, 50), leaked.Logits[0, 6], 1e-12);
        Assert.Null(leaked.Lost[0]);
        // An input of -1 takes it below zero from 3.5 at the fourth step.
        Assert.Equal(4, Holding.Of(Exact(1), new double[,] { { 3.5 } }, steps: 10, input: [-1]).Lost[0]);
        Assert.Equal([0, null], Holding.Of(Exact(1), new double[,] { { double.NaN }, { 1 } }, steps: 10).Lost);
    }

    [Fact]
    public void A_holding_that_is_stopped_claims_nothing() =>
        Assert.Throws<OperationCanceledException>(() => Holding.Of(
            Exact(1), new double[,] { { 4 } }, steps: 50, cancellation: new CancellationToken(canceled: true)));

    [Fact]
    public void A_straight_line_does_not_bend_and_a_right_angle_does()
    {
        double[] along = [.. Enumerable.Range(0, 101).Select(i => i / 100.0)];
        var (straight, bent) = (new double[101, 2], new double[101, 2]);
        for (int i = 0; i < 101; i++)
        {
            straight[i, 0] = straight[i, 1] = along[i];
            bent[i, 0] = Math.Min(along[i], 0.8);
            bent[i, 1] = 10 * Math.Max(0, along[i] - 0.8);
        }
        Assert.Equal(0, SlowCurve.Bend(straight, along).High, 1e-4);
        Assert.Equal(0, SlowCurve.Bend(bent, along).Low, 1e-4);
        Assert.InRange(SlowCurve.Bend(bent, along).High, 80, 90);
        // Two heaps have nothing between them that could bend.
        Assert.Equal((double.NaN, double.NaN), SlowCurve.Bend(new double[,] { { 0, 0 }, { 1, 1 } }, [0, 1]));
    }
}
