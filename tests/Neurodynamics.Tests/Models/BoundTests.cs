using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class BoundTests
{
    private static readonly ScalarType Double = ScalarType.Float64;

    public static TheoryData<Architecture> All => Gated.AndOthers;

    [Theory, MemberData(nameof(All))]
    public void A_cell_in_float32_has_the_box_of_its_copy_in_float64(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var cell = architecture.Create(1, 4);
        cell.Initialise(3);
        var exact = cell.InDouble();
        Assert.Equal(exact.InvariantBox([0.5]), cell.InvariantBox([0.5]));
    }

    [Theory, MemberData(nameof(All))]
    public void A_step_maps_the_box_into_itself(Architecture architecture) =>
        Gen.Select(Gen.Int[1, 6], Gen.Double[0.1, 3], Gen.Long[0, 1 << 30]).Sample((units, gain, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var (cell, u) = Random(architecture, units, gain, generator);
            if (cell.InvariantBox(u.squeeze(0).ToVector()) is not { } sides) return;
            Assert.All(cell.StartState().Zip(sides), pair => Assert.True(Math.Abs(pair.First) <= pair.Second));
            var box = tensor(sides);
            var inside = 2 * rand([200, cell.StateSize], dtype: Double, generator: generator) - 1;
            // Corners are where a step would leave it.
            foreach (var states in new[] { inside, inside.sign() })
                Assert.True((cell.Step(u, states * box).abs() <= box * (1 + 1e-12)).all().item<bool>());
        }, iter: 60);

    [Theory, MemberData(nameof(All))]
    public void What_a_readout_sees_of_a_box_lies_within_its_reach(Architecture architecture) =>
        Gen.Select(Gen.Int[1, 6], Gen.Long[0, 1 << 30]).Sample((units, seed) =>
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            using var generator = new Generator((ulong)seed);
            var (cell, _) = Random(architecture, units, 2, generator);
            var box = 3 * rand([cell.StateSize], dtype: Double, generator: generator);
            var reach = tensor(cell.HiddenReach(box.ToVector())!);
            var corners = randn([100, cell.StateSize], dtype: Double, generator: generator).sign() * box;
            Assert.True((cell.Hidden(corners).abs() <= reach * (1 + 1e-12)).all().item<bool>());
        }, iter: 20);

    [Theory, MemberData(nameof(All))]
    public void Every_fixed_point_lies_in_the_box(Architecture architecture) =>
        Gen.Select(Gen.Int[1, 4], Gen.Double[0.1, 3], Gen.Long[0, 1 << 30]).Sample((units, gain, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var (cell, u) = Random(architecture, units, gain, generator);
            double[] input = u.squeeze(0).ToVector();
            if (cell.InvariantBox(input) is not { } sides) return;
            // From far outside as well.
            double[,] far = (10 * randn([20, cell.StateSize], dtype: Double, generator: generator)).ToMatrix();
            var found = new NewtonSolver().Solve(new(cell, input, far));
            FixedPoint[] ends = [.. Enumerable.Range(0, 20)
                .Select(i => new FixedPoint(found.States.Row(i), input, 0, 1))];
            foreach (var (end, proof) in ends.Zip(Certificate.Of(cell, ends)))
                if (proof.Certainty == Certainty.Certified)
                    Assert.All(end.State.Zip(sides), pair =>
                        Assert.True(Math.Abs(pair.First) <= pair.Second + proof.ExistenceRadius));
        }, iter: 15);

    [Fact]
    public void The_memory_of_an_LSTM_is_bounded_by_its_gates_at_their_extremes()
    {
        using var scope = NewDisposeScope();
        var cell = new Lstm(1, 2, Double);
        using (no_grad()) cell.BiasIh[TensorIndex.Slice(2, 4)] = 3;
        // No weights: f = s(3), i = 1/2, g = 0; with a bias of 1 on g, c stands at i g / (1 - f).
        Assert.Equal([1, 1, 0, 0], cell.InvariantBox([0])!);
        using (no_grad()) cell.BiasIh[TensorIndex.Slice(4, 6)] = 1;
        double expected = 0.5 * Math.Tanh(1) * (1 + Math.Exp(3));
        Assert.All(cell.InvariantBox([0])![2..], side => Assert.Equal(expected, side, 1e-6));
        // A forget gate that rounds to 1 forgets nothing.
        using (no_grad()) cell.BiasIh[TensorIndex.Slice(2, 4)] = 50;
        Assert.Null(cell.InvariantBox([0]));
        Assert.Equal([1, 1, 20, 20], cell.BoxAfter(20)!);
        Assert.Equal([0, 0, 0, 0], cell.BoxAfter(0)!);
        Assert.Throws<ArgumentException>(() => cell.InvariantBox([0, 0]));
    }

    [Theory, InlineData("lstm"), InlineData("lstm-as-printed")]
    public void The_memory_of_an_LSTM_grows_by_at_most_one_a_step(string architecture) =>
        Gen.Select(Gen.Double[0.1, 30], Gen.Long[0, 1 << 30]).Sample((gain, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var (cell, _) = Random(Architecture.Named(architecture), 4, gain, generator);
            var states = cell.Run(gain * randn([10, 12, 1], dtype: Double, generator: generator));
            for (int t = 1; t <= 12; t++)
                Assert.True((states[.., t - 1].abs() <= tensor(cell.BoxAfter(t)!)).all().item<bool>());
        }, iter: 20);

    [Fact]
    public void The_box_of_a_cell_of_ones_own_stays_as_it_was_given()
    {
        double[] given = [1, 2];
        using var cell = Cell.From((_, x) => x.mul(0.5), 1, 2, box: given);
        foreach (double[] box in new[] { given, cell.InvariantBox([0])!, cell.BoxAfter(3)!, cell.BoxUnder([0])! })
            box[0] = 0.1;
        Assert.Equal([1, 2], cell.InvariantBox([0])!);
        Assert.Equal([1, 2], cell.BoxAfter(3)!);
    }

    [Fact]
    public void Bounds_leave_no_tensor_behind()
    {
        using var generator = new Generator(1);
        foreach (var architecture in All.Select(row => row.Data))
        {
            var (cell, u) = Random(architecture, 4, 1, generator);
            var x = zeros(3, cell.StateSize, dtype: Double);
            Work();
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            for (int i = 0; i < 20; i++) Work();
            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

            void Work()
            {
                cell.Enclosed();
                cell.InvariantBox([0]);
                cell.HiddenJacobian(x).Dispose();
                cell.Correction(u, x, x).Dispose();
                cell.StartState();
                cell.InDouble();
            }
        }
    }

    private static (Cell Cell, Tensor Input) Random(
        Architecture architecture, int units, double gain, Generator generator)
    {
        var cell = architecture.Create(1, units, Double);
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.uniform_(-gain, gain, generator);
        return (cell, randn([1, 1], dtype: Double, generator: generator));
    }
}
