using System.Numerics;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Dynamics;

public sealed class LinearisationTests
{
    [Fact]
    public void Row_8_The_Jacobian_of_a_tanh_network_at_zero_is_its_weights_entry_by_entry()
    {
        var line = At(Nets.Tanh(new[,] { { 0.5, 1 }, { 0, 0.3 } }), [0, 0]);
        Assert.Equal(new[,] { { 0.5, 1 }, { 0, 0.3 } }, line.StateJacobian);
        // J v = lambda v and w J = lambda w by hand: (1, 0) and (-5, 1)/sqrt(26), (1, 5) and (0, 1).
        Assert.Equal([0.5, 0.3], line.Modes.Select(mode => mode.Eigenvalue.Real), Near);
        Assert.Equal([1, 0], line.Modes[0].Right.Select(value => value.Real), Near);
        Assert.Equal([1, 5], line.Modes[0].Left.Select(value => value.Real), Near);
        Assert.Equal([5 / Math.Sqrt(26), -1 / Math.Sqrt(26)], line.Modes[1].Right.Select(value => value.Real), Near);
        Assert.Equal([0, -Math.Sqrt(26)], line.Modes[1].Left.Select(value => value.Real), Near);
        Assert.Equal([-1 / Math.Log(0.5), -1 / Math.Log(0.3)], line.Modes.Select(mode => mode.TimeConstant), Near);
        Assert.Equal(Math.Sqrt(26), line.Modes[0].Condition, 1e-12);
    }

    [Fact]
    public void A_rotation_by_a_tenth_of_a_turn_has_a_pair_with_that_frequency_and_a_fixed_phase()
    {
        double angle = 2 * Math.PI / 10;
        var line = At(
            Nets.Tanh(new[,] { { 1.1 * Math.Cos(angle), -1.1 * Math.Sin(angle) },
                { 1.1 * Math.Sin(angle), 1.1 * Math.Cos(angle) } }), [0, 0]);
        Assert.All(line.Modes, mode => Assert.Equal(0.1, mode.Frequency, 1e-12));
        Assert.All(line.Modes, mode => Assert.Equal(-1 / Math.Log(1.1), mode.TimeConstant, 1e-9));
        Assert.True(line.Modes[0].Eigenvalue.Imaginary > 0);
        // The two components are equally large: the first is the real and positive one.
        Assert.All(line.Modes, mode => Assert.Equal(0, (mode.Right[0] - Math.Sqrt(0.5)).Magnitude, 1e-12));
        Assert.Equal(2, line.EigenvectorCondition, 1e-12);
        Assert.Equal("repeller", line.Kind);
        Assert.Equal(0.5, At(Nets.Tanh(new[,] { { -2.0 } }), [0]).Modes[0].Frequency);
    }

    [Theory]
    [InlineData("gru_flipflop3")]
    [InlineData("rnn_flipflop3")]
    [InlineData("lstm_flipflop3")]
    [InlineData("gru_integ3")]
    public void Modes_of_trained_networks_keep_what_defines_them(string name)
    {
        var (network, lines) = ReferencePoints.Of(name);
        var exact = network.Cell.InDouble();
        foreach (var line in lines)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var (input, state) = (tensor(line.Point.Input).unsqueeze(0), tensor(line.Point.State).unsqueeze(0));
            AssertNear(exact.StateJacobian(input, state).squeeze(0), tensor(line.StateJacobian), 1e-13);
            AssertNear(exact.InputJacobian(input, state).squeeze(0), tensor(line.InputJacobian), 1e-13);
            var jacobian = tensor(line.StateJacobian).to(ScalarType.ComplexFloat64);
            var lambda = tensor(line.Eigenvalues);
            // Right vectors in columns, left ones in rows.
            var (right, left) = (Stacked(line, mode => mode.Right).t(), Stacked(line, mode => mode.Left));
            double size = jacobian.norm().item<double>();
            AssertNear(jacobian.mm(right), right * lambda, 1e-13 * size);
            AssertNear(left.mm(jacobian), lambda.unsqueeze(1) * left, 1e-13 * size * line.EigenvectorCondition);
            AssertNear(left.mm(right), eye(line.Modes.Count, dtype: ScalarType.ComplexFloat64),
                1e-14 * line.EigenvectorCondition);
            AssertNear(right.abs().square().sum([0]), ones(line.Modes.Count, dtype: ScalarType.Float64), 1e-13);
            Assert.InRange(line.EigenvectorCondition, line.Modes.Count, 1e5);
        }

        static Tensor Stacked(Linearisation line, Func<Mode, Complex[]> vector) =>
            stack(line.Modes.Select(mode => tensor(vector(mode))));

        static void AssertNear(Tensor a, Tensor b, double tolerance) =>
            Assert.InRange((a - b).abs().max().item<double>(), 0, tolerance);
    }

    [Fact]
    public void A_matrix_that_lacks_eigenvectors_says_so()
    {
        var line = At(Nets.Tanh(new[,] { { 0.5, 1, 0 }, { 0, 0.5, 0 }, { 0, 0, 0.9 } }), [0, 0, 0]);
        Assert.True(line.EigenvectorCondition > 1e12);
        Assert.Equal([0.9, 0.5, 0.5], line.Eigenvalues.Select(lambda => lambda.Real), Near);
        Assert.Equal([0, 0, 1], line.Modes[0].Left.Select(value => value.Real), Near);
        Assert.All(line.Modes.Skip(1), mode => Assert.All(mode.Left, value => Assert.False(Complex.IsFinite(value))));
        Assert.All(line.Modes.Skip(1), mode => Assert.Equal(double.NaN, mode.Condition));
    }

    [Fact]
    public void Row_5_A_Jacobian_that_is_not_finite_is_one_flagged_row_among_others()
    {
        var cell = Nets.Tanh(new[,] { { 2, 0 }, { 0, 0.5 } });
        var lines = Linearisation.Of(cell, [Point([0, 0]), Point([double.NaN, 0]), Point([0.957504024079, 0])]);
        Assert.Equal(["attractor", "saddle", "not finite"], lines.Select(line => line.Kind));
        Assert.Equal([true, true, false], lines.Select(line => line.IsFinite));
        Assert.All(lines[2].Eigenvalues, lambda => Assert.True(double.IsNaN(lambda.Real)));
        Assert.Equal(2, lines[2].Modes.Count);
        Assert.All(TaylorRadii.Of(cell, lines[2]), radii => Assert.False(radii.Holds));
    }

    [Fact]
    public void Row_3_Jacobians_of_200_points_come_in_one_batch_and_equal_a_loops()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var cell = RecurrentCell.Create(Architecture.Gru, 3, 128, ScalarType.Float64);
        cell.Initialise(1);
        var (inputs, states) = (randn(200, 3, dtype: ScalarType.Float64), randn(200, 128, dtype: ScalarType.Float64));
        var batch = cell.StateJacobian(inputs, states);
        // Products of other shapes are summed in another order, so the last digits may differ.
        for (int i = 0; i < 200; i++)
            Assert.True(
                (batch[i] - cell.StateJacobian(
                    inputs.narrow(0, i, 1), states.narrow(0, i, 1))[0]).abs().max().item<double>() < 1e-13);
    }

    [Fact]
    public void Modes_within_the_band_are_flagged_and_the_count_stays_raw()
    {
        var cell = Nets.Tanh(new[,] { { 1.004, 0, 0 }, { 0, 0.997, 0 }, { 0, 0, 0.5 } });
        var line = At(cell, [0, 0, 0]);
        Assert.Equal((1, 2, "saddle"), (line.UnstableModes, line.MarginalModes, line.Kind));
        Assert.Equal(1, Assert.Single(Linearisation.Of(cell, [Point([0, 0, 0])], band: 0.0035)).MarginalModes);
    }

    [Fact]
    public void Alignments_are_cosines_to_a_line_and_for_a_pair_to_its_plane()
    {
        // A pair in the plane of units 0 and 1, a real mode along unit 2; the input drives units 1 and 2 alike.
        var cell = Nets.Tanh(new[,] { { 0.6, -0.3, 0 }, { 0.3, 0.6, 0 }, { 0, 0, 0.5 } });
        var readout = nn.Linear(3, 2, dtype: ScalarType.Float64);
        using (no_grad())
        {
            cell.WeightIh.copy_(tensor(new double[,] { { 0 }, { 1 }, { 1 } }));
            readout.weight.copy_(tensor(new double[,] { { 3, 0, 4 }, { 0, -2, 0 } }));
        }
        var line = At(cell, [0, 0, 0]);
        Assert.Equal(
            new[,] { { 0.6, 1 }, { 0.6, 1 }, { 0.8, 0 } }, Rounded(line.ReadoutAlignment(new Network(cell, readout))));
        double half = Math.Round(Math.Sqrt(0.5), 9);
        Assert.Equal(new[,] { { half }, { half }, { half } }, Rounded(line.InputAlignment()));

        static double[,] Rounded(double[,] values)
        {
            for (int i = 0; i < values.GetLength(0); i++)
                for (int j = 0; j < values.GetLength(1); j++) values[i, j] = Math.Round(values[i, j], 9);
            return values;
        }
    }

    [Fact]
    public void What_a_readout_sees_of_a_mode_is_how_its_output_changes_along_it()
    {
        // The readout sees squares: along a mode v, what it sees changes by 2 x v in each unit.
        var cell = new SeenSquared();
        double[] x = [0.4, -0.3];
        var line = At(cell, x);
        var readout = nn.Linear(2, 1, dtype: ScalarType.Float64);
        using (no_grad()) readout.weight.copy_(tensor(new double[,] { { 1, 2 } }));
        var network = new Network(cell, readout);
        double[,] seen = line.ReadoutAlignment(network);
        for (int k = 0; k < 2; k++)
        {
            double[] v = [.. line.Modes[k].Right.Select(value => value.Real)];
            double Output(double step) => network.Logits(
                x.Zip(v, (place, part) => place + step * part).ToArray().AsRow())[0, 0];
            double change = (Output(1e-4) - Output(-1e-4)) / 2e-4;
            double length = Math.Sqrt(5) * Math.Sqrt(Math.Pow(2 * x[0] * v[0], 2) + Math.Pow(2 * x[1] * v[1], 2));
            Assert.Equal(Math.Abs(change) / length, seen[k, 0], 1e-8);
            Assert.True(Math.Abs(seen[k, 0] - Math.Abs(v[0] + 2 * v[1]) / Math.Sqrt(5)) > 0.01);
        }
        // As a direction of states, the readout's row is the output's slope at the components' mean.
        var pca = Pca.Fit(new double[,] { { 0.4, 0.1 }, { 0.2, -0.9 }, { 0.9, -0.4 } }, 2);
        double[] slope = [.. Enumerable.Range(0, 2).Select(i => (Along(i, 1e-4) - Along(i, -1e-4)) / 2e-4)];
        double[,] shares = ReadoutShare.Of(pca, network);
        for (int k = 0; k < 2; k++)
            Assert.Equal(Math.Abs(slope[0] * pca.Components[k, 0] + slope[1] * pca.Components[k, 1])
                / Math.Sqrt(slope[0] * slope[0] + slope[1] * slope[1]), shares[k, 0], 1e-8);
        Assert.Equal(1, shares[2, 0], 1e-12);

        double Along(int axis, double step) => network.Logits(
            pca.Mean.Select((value, i) => value + (i == axis ? step : 0)).ToArray().AsRow())[0, 0];
    }

    [Fact]
    public void An_ordinary_readout_sees_the_first_units_of_a_mode_to_the_bit()
    {
        var network = new Network(
            Nets.Random(Architecture.Lstm, 3, gain: 1, seed: 2), nn.Linear(3, 2, dtype: ScalarType.Float64));
        var line = Assert.Single(
            Linearisation.Of(network.Cell, [new FixedPoint([0.3, -0.2, 0.1, 0.5, -0.4, 0.9], [0], 0, 1)]));
        double[,] seen = line.ReadoutAlignment(network), rows = network.Readout!.weight.ToMatrix();
        for (int k = 0; k < 6; k++)
            for (int channel = 0; channel < 2; channel++)
                Assert.Equal(Mode.Cosine(line.Modes[k].Right.AsSpan(0, 3), rows.Row(channel)), seen[k, channel]);
        var pca = Pca.Fit(Nets.Cloud(20, 6, 1, seed: 3), 2);
        double[,] shares = ReadoutShare.Of(pca, network);
        for (int channel = 0; channel < 2; channel++)
            for (int k = 0; k < 2; k++)
                Assert.Equal(Math.Abs(Enumerable.Range(0, 3).Sum(i => rows[channel, i] * pca.Components[k, i])
                    / Math.Sqrt(Enumerable.Range(0, 3).Sum(i => rows[channel, i] * rows[channel, i]))),
                    shares[k, channel]);
    }

    /// <summary>Two units that turn and shrink, of which a readout sees the squares.</summary>
    private sealed class SeenSquared() : Cell("seen squared", inputSize: 1, units: 2)
    {
        public override Tensor Step(Tensor input, Tensor state) =>
            state.mm(tensor(new double[,] { { 0.5, 0.2 }, { 0.1, -0.4 } }).t()) + input;

        public override Tensor Hidden(Tensor states) => states * states;

        public override Tensor HiddenJacobian(Tensor states) => (states + states).diag_embed();
    }

    [Fact]
    public void A_point_of_another_network_is_refused_in_a_sentence() =>
        Assert.Contains("another network",
            Assert.Throws<ArgumentException>(() => At(Nets.Tanh(new[,] { { 0.5 } }), [0, 0])).Message);

    private static FixedPoint Point(double[] state) => new(state, [0], 0, 1);

    private static Linearisation At(Cell cell, double[] state) => Assert.Single(Linearisation.Of(cell, [Point(state)]));

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;
}
