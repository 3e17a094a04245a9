using CsCheck;
using Neurodynamics.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class CellTests
{
    public static TheoryData<Architecture> Architectures => Gated.Architectures;

    public static TheoryData<Architecture> All => Gated.AndOthers;

    [Theory, MemberData(nameof(All))]
    public void Jacobians_equal_central_differences(Architecture architecture) =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 6], Gen.Int[1, 5], Gen.Long[0, 1 << 30])
            .Sample((inputs, units, batch, seed) =>
        {
            using var scope = NewDisposeScope();
            // A difference across a kink is no derivative.
            if (architecture is LeakyArchitecture { Nonlinearity.Name: "relu" or "leaky-relu" or "rectified-tanh" })
                return;
            var (cell, u, x) = Random(architecture, inputs, units, batch, seed);
            var byState = Differences(cell.StateSize, x, moved => cell.Step(u, moved));
            Assert.True(Largest(cell.StateJacobian(u, x) - byState) < 1e-8);
            var byInput = Differences(inputs, u, moved => cell.Step(moved, x));
            Assert.True(Largest(cell.InputJacobian(u, x) - byInput) < 1e-8);
        }, iter: 20);

    [Theory, MemberData(nameof(All))]
    public void Closed_form_Jacobians_equal_autograd(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var (cell, u, x) = Random(architecture, 3, 20, 7, seed: 5);
        var plain = new StepOnly(cell);
        Assert.True(Largest(cell.StateJacobian(u, x) - plain.StateJacobian(u, x)) < 1e-14);
        Assert.True(Largest(cell.InputJacobian(u, x) - plain.InputJacobian(u, x)) < 1e-14);
    }

    /// <summary>
    /// With many units and states autograd learns what rows the Jacobians have: at other states, under other inputs and
    /// after the weights have changed, what it then gives is the same.
    /// </summary>
    [Theory, MemberData(nameof(All))]
    public void Jacobians_by_learned_rows_equal_the_closed_form(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var (cell, u, x) = Random(architecture, 3, 70, 20, seed: 6);
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.mul_(0.3);
        var plain = new StepOnly(cell);
        for (int round = 0; round < 4; round++)
        {
            var expected = cell.StateJacobian(u, x);
            double apart = Largest(expected - plain.StateJacobian(u, x)) / Math.Max(1, Largest(expected));
            Assert.True(apart < 1e-11, $"{apart} in round {round}");
            (u, x) = (u + 0.5, 2 * x - 1);
            if (round != 1) continue;
            using (no_grad())
                foreach (var parameter in cell.parameters()) parameter.add_(0.01 * randn_like(parameter));
        }
    }

    [Fact]
    public void A_row_of_a_unit_that_stands_still_is_learned_without_rounding()
    {
        using var scope = NewDisposeScope();
        var (cell, u, x) = Random(Architecture.Gru, 3, 70, 20, seed: 6);
        x = x * 50;
        var (expected, learned) = (cell.StateJacobian(u, x), new StepOnly(cell).StateJacobian(u, x));
        var still = (expected - eye(70, dtype: ScalarType.Float64)).abs().amax([2]) == 0;
        Assert.InRange(still.sum().item<long>(), 20, 20 * 70 - 1);
        Assert.Equal(0, Largest(expected[still] - learned[still]));
    }

    [Theory, MemberData(nameof(All))]
    public void One_input_serves_every_state_of_a_batch(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var (cell, u, x) = Random(architecture, 3, 5, 7, seed: 6);
        var (one, all) = (u[..1], u[..1].expand(7, 3).contiguous());
        Assert.True(Largest(cell.Step(one, x) - cell.Step(all, x)) < 1e-14);
        Assert.True(Largest(cell.StateJacobian(one, x) - cell.StateJacobian(all, x)) < 1e-14);
        Assert.True(Largest(cell.InputJacobian(one, x) - cell.InputJacobian(all, x)) < 1e-14);
        Assert.True(Largest(cell.Correction(one, x, x) - cell.Correction(all, x, x)) < 1e-9);
    }

    /// <summary>A search whose candidates have all been dropped asks about none.</summary>
    [Theory, MemberData(nameof(All))]
    public void No_states_have_no_answers(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        foreach (int units in new[] { 1, 4 })
        {
            var (closed, u, _) = Random(architecture, 3, units, 1, seed: 6);
            foreach (var cell in new[] { closed, new StepOnly(closed), new IteratedCell(closed, 2) })
            {
                var (none, s) = (zeros(0, cell.StateSize, dtype: ScalarType.Float64), cell.StateSize);
                Assert.Equal([0, s], cell.Step(u, none).shape);
                Assert.Equal([0, s, s], cell.StateJacobian(u, none).shape);
                Assert.Equal([0, s, 3], cell.InputJacobian(u, none).shape);
                Assert.Equal([0, s], cell.Correction(u, none, none).shape);
                Assert.Equal([0, cell.Units], cell.Hidden(none).shape);
                Assert.Equal([0, cell.Units, s], cell.HiddenJacobian(none).shape);
            }
        }
    }

    /// <summary>What a readout sees, differentiated by hand and by autograd.</summary>
    [Theory, MemberData(nameof(All))]
    public void What_a_readout_sees_has_its_Jacobian(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var (cell, _, x) = Random(architecture, 3, 5, 7, seed: 10);
        var plain = new HiddenOnly(cell);
        Assert.True(Largest(cell.HiddenJacobian(x) - plain.HiddenJacobian(x)) < 1e-15);
        Assert.Equal([7, 5, cell.StateSize], cell.HiddenJacobian(x).shape);
        // Nothing bounds what a cell of one's own shows of its state, wherever that lies.
        Assert.Null(plain.HiddenReach(new double[cell.StateSize]));
    }

    [Theory, MemberData(nameof(All))]
    public void A_run_is_its_steps_one_after_the_other(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var (cell, _, x) = Random(architecture, 2, 4, 3, seed: 7);
        var inputs = randn(3, 6, 2, dtype: ScalarType.Float64);
        var states = cell.Run(inputs, x);
        for (int t = 0; t < 6; t++)
        {
            x = cell.Step(inputs[.., t], x);
            Assert.True(Largest(states[.., t] - x) < 1e-15);
        }
    }

    [Fact]
    public void A_run_without_start_begins_at_zero()
    {
        using var scope = NewDisposeScope();
        var (cell, _, _) = Random(Architecture.Lstm, 2, 4, 7, seed: 8);
        var inputs = randn(7, 3, 2, dtype: ScalarType.Float64);
        var fromZero = cell.Run(inputs, zeros(7, 8, dtype: ScalarType.Float64));
        Assert.True(cell.Run(inputs).equal(fromZero).all().item<bool>());
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void A_run_equals_libtorchs_own_layer(string architecture)
    {
        using var scope = NewDisposeScope();
        var cell = RecurrentCell.Create(Architecture.Named(architecture), 3, 20, ScalarType.Float64);
        cell.Initialise(3);
        var inputs = randn(4, 30, 3, dtype: ScalarType.Float64);
        var hidden = architecture switch
        {
            "vanilla" => Loaded(nn.RNN(3, 20, batchFirst: true, dtype: ScalarType.Float64)).call(inputs).Item1,
            "lstm" => Loaded(nn.LSTM(3, 20, batchFirst: true, dtype: ScalarType.Float64)).call(inputs).Item1,
            _ => Loaded(nn.GRU(3, 20, batchFirst: true, dtype: ScalarType.Float64)).call(inputs).Item1,
        };
        Assert.True(Largest(cell.Hidden(cell.Run(inputs)) - hidden) < 1e-14);

        T Loaded<T>(T layer) where T : nn.Module
        {
            layer.load_state_dict(cell.state_dict());
            return layer;
        }
    }

    [Theory, MemberData(nameof(Architectures))]
    public void The_float64_copy_has_the_same_weights_and_leaves_the_cell_alone(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var cell = RecurrentCell.Create(architecture, 2, 3);
        cell.Initialise(4);
        var copy = (RecurrentCell)cell.InDouble();
        Assert.Same(copy, copy.InDouble());
        Assert.Equal(ScalarType.Float32, cell.WeightHh.dtype);
        Assert.True(cell.WeightHh.requires_grad);
        Assert.True(copy.WeightHh.equal(cell.WeightHh.to(ScalarType.Float64)).all().item<bool>());
    }

    [Fact]
    public void Gates_can_be_given_in_any_order()
    {
        double[,] w = { { 1 }, { 2 }, { 3 } };
        var cell = RecurrentCell.Create(Architecture.GruResetBefore, w, w, [4, 5, 6], [7, 8, 9], gates: "zrn");
        var same = RecurrentCell.Create(
            Architecture.GruResetBefore, new double[,] { { 2 }, { 1 }, { 3 } }, new double[,] { { 2 }, { 1 }, { 3 } },
            [5, 4, 6], [8, 7, 9]);
        Assert.Equal(same.Next([0.3], [0.2]), cell.Next([0.3], [0.2]));
        Assert.NotEqual(RecurrentCell.Create(Architecture.GruResetBefore, w, w, [4, 5, 6], [7, 8, 9])
            .Next([0.3], [0.2]), cell.Next([0.3], [0.2]));
        foreach (string wrong in new[] { "zr", "zrr", "ifgo", "" })
            Assert.Throws<ArgumentException>(() =>
                RecurrentCell.Create(Architecture.GruResetBefore, w, w, gates: wrong));
    }

    [Fact]
    public void A_Jacobian_is_not_transposed()
    {
        using var scope = NewDisposeScope();
        var cell = new VanillaRnn(1, 2, ScalarType.Float64);
        using (no_grad()) cell.WeightHh.copy_(tensor(new[,] { { 0.5, 1 }, { 0, 0.3 } }));
        var jacobian = cell.StateJacobian(
            zeros(1, 1, dtype: ScalarType.Float64), zeros(1, 2, dtype: ScalarType.Float64));
        Assert.Equal([0.5, 1, 0, 0.3], [.. jacobian.data<double>()]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        var (a, b, c) = (new Gru(3, 10), new Gru(3, 10), new Gru(3, 10));
        a.Initialise(1);
        b.Initialise(1);
        c.Initialise(2);
        Assert.Equal(a.WeightHh.data<float>().ToArray(), b.WeightHh.data<float>().ToArray());
        Assert.NotEqual([.. a.WeightHh.data<float>()], [.. c.WeightHh.data<float>()]);
    }

    [Fact]
    public void A_wrong_shape_is_named_beside_the_right_one()
    {
        var cell = new Gru(3, 10);
        var state = Assert.Throws<ArgumentException>(() => cell.Step(zeros(2, 3), zeros(2, 9)));
        Assert.Contains("[B, 10]", state.Message);
        Assert.Contains("[2, 9]", state.Message);
        var input = Assert.Throws<ArgumentException>(() => cell.Step(zeros(2, 4), zeros(2, 10)));
        Assert.Contains("[2, 3] or [1, 3]", input.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Gru(3, -1));
    }

    [Fact]
    public void Steps_and_Jacobians_leave_no_tensor_behind()
    {
        var (cell, u, x) = Random(Architecture.Lstm, 3, 5, 4, seed: 9);
        var trial = u.unsqueeze(1);
        Work();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 100; i++) Work();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Work()
        {
            cell.Step(u, x).Dispose();
            cell.StateJacobian(u, x).Dispose();
            cell.InputJacobian(u, x).Dispose();
            cell.Run(trial, x).Dispose();
        }
    }

    private static (Cell Cell, Tensor Input, Tensor State) Random(
        Architecture architecture, int inputs, int units, int batch, long seed)
    {
        var cell = architecture.Create(inputs, units, ScalarType.Float64);
        using var generator = new Generator((ulong)seed);
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.uniform_(-1, 1, generator);
        var input = randn([batch, inputs], dtype: ScalarType.Float64, generator: generator);
        return (cell, input, randn([batch, cell.StateSize], dtype: ScalarType.Float64, generator: generator));
    }

    /// <summary>
    /// Column j: the change of the step when variable j moves, by Richardson's extrapolation of central differences.
    /// </summary>
    private static Tensor Differences(int variables, Tensor at, Func<Tensor, Tensor> step)
    {
        return stack(Enumerable.Range(0, variables).Select(j => (4 * Central(j, 1e-3) - Central(j, 2e-3)) / 3), 2);

        Tensor Central(int j, double h)
        {
            var move = zeros(1, variables, dtype: ScalarType.Float64);
            move[0, j] = h;
            return (step(at + move) - step(at - move)) / (2 * h);
        }
    }

    private static double Largest(Tensor difference) => difference.abs().max().item<double>();

    /// <summary>A user's own cell that says what a readout sees, and not how that changes.</summary>
    private sealed class HiddenOnly(Cell inner) : Cell("HiddenOnly", inner.InputSize, inner.Units, inner.StateSize)
    {
        public override Tensor Step(Tensor input, Tensor state) => inner.Step(input, state);

        public override Tensor Hidden(Tensor states) => inner.Hidden(states);
    }

    /// <summary>A user's own cell: a step, and nothing else.</summary>
    private sealed class StepOnly(Cell inner) : Cell("StepOnly", inner.InputSize, inner.Units, inner.StateSize)
    {
        public override Tensor Step(Tensor input, Tensor state) => inner.Step(input, state);
    }
}
