using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Models.Bounds;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class BoundTests
{
    private static readonly ScalarType Double = ScalarType.Float64;

    public static TheoryData<Architecture> Architectures => Gated.Architectures;

    public static TheoryData<Architecture> All => Gated.AndOthers;

    [Theory, MemberData(nameof(All))]
    public void No_two_Jacobians_in_a_ball_differ_by_more_than_the_Lipschitz_constant_allows(
        Architecture architecture) =>
        Gen.Select(Gen.Int[1, 7], Gen.Double[0.1, 5], Gen.Double[-4, 0.5], Gen.Long[0, 1 << 30])
            .Sample((units, gain, logRadius, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            double radius = Math.Pow(10, logRadius);
            var (cell, u) = Random(architecture, units, gain, generator);
            var centre = 2 * randn([1, cell.StateSize], dtype: Double, generator: generator);
            double bound = cell.JacobianLipschitz(u, centre, tensor([radius]))!.item<double>();
            Assert.True(bound >= 0);
            // Pairs anywhere in the ball, then neighbours, by which the constant is approached.
            var x = InBall(centre, radius, 300, generator);
            var y = InBall(centre, radius, 300, generator);
            Assert.InRange(Beyond(x, y), double.NegativeInfinity, 0);
            var inner = centre + 0.99 * (x - centre);
            Assert.InRange(Beyond(inner, inner + 1e-3 * (y - centre)), double.NegativeInfinity, 0);

            // Up to the rounding of the two Jacobians.
            double Beyond(Tensor a, Tensor b)
            {
                var turned = linalg.svdvals(cell.StateJacobian(u, a) - cell.StateJacobian(u, b)).amax(1);
                return (turned - bound * (a - b).norm(1)).max().item<double>() - 1e-13;
            }
        }, iter: 60);

    /// <summary>Of input and state together, as layers need it; of layers it is not known.</summary>
    [Theory, MemberData(nameof(All))]
    public void No_two_Jacobians_of_input_and_state_differ_by_more_than_their_constant_allows(
        Architecture architecture) =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3], Gen.Double[0.1, 5], Gen.Double[-4, 0.5], Gen.Long[0, 1 << 30])
            .Sample((units, inputs, gain, logRadius, seed) =>
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            using var generator = new Generator((ulong)seed);
            double radius = Math.Pow(10, logRadius);
            var cell = architecture.Create(inputs, units, Double);
            foreach (var parameter in cell.parameters()) parameter.uniform_(-gain, gain, generator);
            // Now the input's weights are large and now the state's: each has a share of its own in the constant.
            foreach (var (name, parameter) in cell.named_parameters())
                if (name.Contains(seed % 2 == 0 ? "_ih" : "_hh")) parameter.mul_(5);
            var centre = 2 * randn([1, inputs + cell.StateSize], dtype: Double, generator: generator);
            if (cell.JointLipschitz(centre[.., ..inputs], centre[.., inputs..], tensor([radius])) is not { } constant)
                return;
            double bound = constant.item<double>();
            var (x, y) = (InBall(centre, radius, 300, generator), InBall(centre, radius, 300, generator));
            Assert.InRange(Beyond(x, y), double.NegativeInfinity, 0);
            var inner = centre + 0.99 * (x - centre);
            Assert.InRange(Beyond(inner, inner + 1e-3 * (y - centre)), double.NegativeInfinity, 0);

            double Beyond(Tensor a, Tensor b)
            {
                var turned = linalg.svdvals(Both(a) - Both(b)).amax(1);
                return (turned - bound * (a - b).norm(1)).max().item<double>() - 1e-12;
            }

            Tensor Both(Tensor at) => cat([cell.InputJacobian(at[.., ..inputs], at[.., inputs..]),
                cell.StateJacobian(at[.., ..inputs], at[.., inputs..])], 2);
        }, iter: 100);

    /// <summary>
    /// The input alone moves one unit: all that its Jacobian depends on goes one way, so that every part of the
    /// constant counts.
    /// </summary>
    [Theory, MemberData(nameof(All))]
    public void The_constant_of_one_unit_covers_what_its_input_does(Architecture architecture) =>
        Gen.Select(Gen.Double[0.5, 3], Gen.Long[0, 1 << 30]).Sample((gain, seed) =>
        {
            const double Step = 1e-4;
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            using var generator = new Generator((ulong)seed);
            var (cell, u) = Random(architecture, 1, gain, generator);
            foreach (var (name, parameter) in cell.named_parameters())
                if (name.Contains("weight_hh")) parameter.zero_();
            var x = randn([1, cell.StateSize], dtype: Double, generator: generator);
            if (cell.JointLipschitz(u, x, tensor([Step])) is not { } constant) return;
            var turned = cell.InputJacobian(u + Step, x) - cell.InputJacobian(u - Step, x);
            Assert.InRange(turned.norm().item<double>() / (2 * Step), 0, constant.item<double>() + 1e-9);
        }, iter: 500);

    [Fact]
    public void No_spectral_norm_is_larger_than_its_bound() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6], Gen.Double[0.2, 1], Gen.Long[0, 1 << 30])
            .Sample((rows, columns, share, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            // Many zeros, so that rows and columns differ.
            var matrices = randn([50, rows, columns], dtype: Double, generator: generator)
                * (rand([50, rows, columns], dtype: Double, generator: generator) < share).to(Double);
            var norms = linalg.svdvals(matrices).amax(1);
            foreach (var bound in new[] { Norms.Spectral(matrices), Norms.Mixed(matrices) })
                Assert.True((norms <= bound * (1 + 1e-12)).all().item<bool>());
            Assert.True((Norms.Spectral(matrices) <= Norms.Frobenius(matrices) * (1 + 2e-9)).all().item<bool>());
        }, iter: 100);

    [Fact]
    public void The_constant_of_one_tanh_unit_is_the_exact_one()
    {
        // J = w tanh'(w x + b), so the constant is w^2 times the largest |tanh''| in reach: 4 / (3 sqrt 3) where 1/sqrt
        // 3 is.
        using var scope = NewDisposeScope();
        var cell = new VanillaRnn(1, 1, Double);
        using (no_grad()) cell.WeightHh.fill_(2);
        Assert.Equal(4 * 4 / (3 * Math.Sqrt(3)), Constant(0, 1), 1e-6);
        Assert.Equal(4 * 2 * Math.Tanh(0.2) * (1 - Math.Pow(Math.Tanh(0.2), 2)), Constant(0, 0.1), 1e-6);
        // Far out in saturation it is tiny, where 1 - tanh^2 would round to 0.
        Assert.Equal(4 * 8 * Math.Exp(-2 * 58), Constant(30, 1), 1e-4 * 32 * Math.Exp(-116));

        double Constant(double at, double radius) => cell.JacobianLipschitz(
            zeros(1, 1, dtype: Double), tensor(new[,] { { at } }), tensor([radius]))!.item<double>();
    }

    [Theory, MemberData(nameof(Architectures))]
    public void The_constant_grows_with_the_ball_and_follows_the_weights(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var (cell, u) = RandomGates(architecture, 5, 1, generator);
        var state = randn([1, cell.StateSize], dtype: Double, generator: generator).expand(4, cell.StateSize);
        var radii = tensor([0, 0.01, 0.1, 1]);
        double[] constants = cell.JacobianLipschitz(u, state, radii)!.ToVector();
        Assert.Equal(constants.Order(), constants);
        using (no_grad()) cell.WeightHh.mul_(2);
        Assert.NotEqual(constants, cell.JacobianLipschitz(u, state, radii)!.ToVector());
        Assert.Throws<ArgumentException>(() => cell.JacobianLipschitz(u, state, tensor([1.0, 2.0])));
    }

    [Theory, MemberData(nameof(All))]
    public void A_cell_in_float32_is_bounded_in_float64(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var cell = architecture.Create(1, 4);
        cell.Initialise(3);
        var exact = cell.InDouble();
        var (u, x, radius) = (zeros(1, 1), ones(1, cell.StateSize), ones(1));
        Assert.Equal(
            exact.JacobianLipschitz(u.to(Double), x.to(Double), radius.to(Double))!.item<double>(),
            cell.JacobianLipschitz(u, x, radius)!.item<double>());
        Assert.Equal(exact.InvariantBox([0.5]), cell.InvariantBox([0.5]));
    }

    [Theory, MemberData(nameof(Architectures))]
    public void Rounding_is_bounded_from_above_and_small(Architecture architecture) =>
        Gen.Select(Gen.Int[1, 30], Gen.Double[0.1, 1], Gen.Long[0, 1 << 30]).Sample((units, gain, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var (cell, u) = RandomGates(architecture, units, gain, generator);
            var x = randn([5, cell.StateSize], dtype: Double, generator: generator);
            var (step, jacobian) = cell.Rounding(u, x);
            Assert.InRange(step.max().item<double>(), 0, 1e-11);
            Assert.InRange(jacobian.max().item<double>(), 0, 1e-5);
            // The same units in reversed order: another order of every sum, and so another rounding. Two such differ by
            // two roundings at most.
            var flipped = RecurrentCell.Create(architecture, 1, units, Double);
            using (no_grad())
            {
                int gates = (int)(cell.WeightHh.shape[0] / units);
                flipped.WeightHh.copy_(cell.WeightHh.view(gates, units, units).flip(1, 2).flatten(0, 1));
                flipped.WeightIh.copy_(cell.WeightIh.view(gates, units, 1).flip(1).flatten(0, 1));
                flipped.BiasIh.copy_(cell.BiasIh.view(gates, units).flip(1).flatten());
                flipped.BiasHh.copy_(cell.BiasHh.view(gates, units).flip(1).flatten());
            }
            int parts = cell.StateSize / units;
            var other = Reverse(flipped.Step(u, Reverse(x)));
            Assert.InRange(((cell.Step(u, x) - other).norm(1) / step).max().item<double>(), 0, 2);
            var back = ReverseBoth(flipped.StateJacobian(u, Reverse(x)));
            var apart = (cell.StateJacobian(u, x) - back).flatten(1).norm(1);
            Assert.InRange((apart / jacobian).max().item<double>(), 0, 2);
            var byInput = Reverse(flipped.InputJacobian(u, Reverse(x)).squeeze(2));
            apart = (cell.InputJacobian(u, x).squeeze(2) - byInput).norm(1);
            Assert.InRange((apart / cell.InputRounding(u, x)).max().item<double>(), 0, 2);

            Tensor Reverse(Tensor states) => states.view(-1, parts, units).flip(2).flatten(1);
            Tensor ReverseBoth(Tensor matrices) =>
                matrices.view(5, parts, units, parts, units).flip(2, 4).reshape(5, cell.StateSize, cell.StateSize);
        }, iter: 30);

    [Theory, MemberData(nameof(All))]
    public void What_is_large_is_rounded_by_at_least_half_a_unit_in_its_last_place(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var (cell, u) = Random(architecture, 4, 1, generator);
        var x = randn([5, cell.StateSize], dtype: Double, generator: generator);
        Assert.True(Covers());
        using (no_grad())
            foreach (var (name, parameter) in cell.named_parameters())
                if (name.Contains("bias")) parameter.mul_(1e6);
        Assert.True(Covers());

        bool Covers() => (cell.Rounding(u, x).Step >= Math.Pow(2, -53) * cell.Step(u, x).norm(1)).all().item<bool>();
    }

    /// <summary>A Jacobian is rounded by half a unit in its last place at least, however large its weights.</summary>
    [Theory, MemberData(nameof(Architectures))]
    public void The_rounding_of_a_Jacobian_grows_with_the_weights(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var cell = RecurrentCell.Create(architecture, 1, 1, Double);
        // Each sums to a multiple of 256, which would be nothing in bytes.
        using (no_grad())
            foreach (var weights in new[] { cell.WeightIh, cell.WeightHh }) weights.fill_(512);
        using (no_grad()) cell.BiasIh.fill_(1e-3);
        var (u, x) = (full([1, 1], -1e-6, dtype: Double), full([1, cell.StateSize], 1e-6, dtype: Double));
        double unit = Math.Pow(2, -53);
        Assert.True(cell.Rounding(u, x).Jacobian.item<double>()
            >= unit * cell.StateJacobian(u, x).norm().item<double>());
        Assert.True(cell.InputRounding(u, x).item<double>() >= unit * cell.InputJacobian(u, x).norm().item<double>());
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
    public void Bounds_leave_no_tensor_behind()
    {
        using var generator = new Generator(1);
        foreach (var architecture in All.Select(row => row.Data))
        {
            var (cell, u) = Random(architecture, 4, 1, generator);
            var (x, radius) = (zeros(3, cell.StateSize, dtype: Double), ones(3, dtype: Double));
            Work();
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            for (int i = 0; i < 20; i++) Work();
            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

            void Work()
            {
                cell.JacobianLipschitz(u, x, radius)!.Dispose();
                var (step, jacobian) = cell.Rounding(u, x);
                step.Dispose();
                jacobian.Dispose();
                cell.InvariantBox([0]);
                cell.HiddenJacobian(x).Dispose();
                cell.Correction(u, x, x).Dispose();
                cell.StartState();
                cell.InDouble();
            }
        }
    }

    private static (RecurrentCell Cell, Tensor Input) RandomGates(
        Architecture architecture, int units, double gain, Generator generator)
    {
        var (cell, input) = Random(architecture, units, gain, generator);
        return ((RecurrentCell)cell, input);
    }

    private static (Cell Cell, Tensor Input) Random(
        Architecture architecture, int units, double gain, Generator generator)
    {
        var cell = architecture.Create(1, units, Double);
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.uniform_(-gain, gain, generator);
        return (cell, randn([1, 1], dtype: Double, generator: generator));
    }

    private static Tensor InBall(Tensor centre, double radius, int count, Generator generator)
    {
        var direction = randn([count, centre.shape[1]], dtype: Double, generator: generator);
        var length = rand([count, 1], dtype: Double, generator: generator);
        return centre + radius * length * direction / direction.norm(1, keepdim: true);
    }
}
