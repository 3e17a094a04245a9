using CsCheck;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class EnclosedStepTests
{
    private const double Rounding = 1e-12;
    private static readonly ScalarType Double = ScalarType.Float64;

    public static TheoryData<Architecture> All => Gated.AndOthers;

    /// <summary>By what PyTorch computes at states in the box, of the step and of the closed-form Jacobian.</summary>
    [Theory, MemberData(nameof(All))]
    public void A_step_over_a_box_holds_every_step_and_every_Jacobian_in_it(Architecture architecture) => Gen.Select(
        Gen.Int[1, 5], Gen.Double[0.1, 3], Gen.Double[-8, 0], Gen.Long[0, 1 << 30]).Sample((units, gain, size, seed) =>
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        var cell = architecture.Create(2, units, Double);
        foreach (var parameter in cell.parameters()) parameter.uniform_(-gain, gain, generator);
        var step = cell.Enclosed()!;
        double[] input = randn(2, dtype: Double, generator: generator).ToVector();
        double[] centre = randn(cell.StateSize, dtype: Double, generator: generator).ToVector();
        double radius = Math.Pow(10, size);
        var next = step.Next(EnclosedVector.Constant(input), EnclosedVector.Variables(
            [.. centre.Select(value => new Enclosure(value - radius, value + radius))]));
        Assert.Equal((cell.StateSize, cell.StateSize), (next.Slopes!.RowCount, next.Slopes.ColumnCount));

        var (u, x) = (tensor(input).unsqueeze(0), tensor(centre).unsqueeze(0).expand(30, cell.StateSize).clone());
        x.add_((2 * rand(x.shape, dtype: Double, generator: generator) - 1) * radius);
        var (states, jacobians) = (cell.Step(u, x).ToMatrix(), cell.StateJacobian(u, x));
        for (int b = 0; b < 30; b++)
        {
            double[,] jacobian = jacobians[b].ToMatrix();
            for (int i = 0; i < cell.StateSize; i++)
            {
                Near(next.Values[i], states[b, i]);
                for (int j = 0; j < cell.StateSize; j++) Near(next.Slopes[i, j], jacobian[i, j]);
            }
        }

        // At a point it is the step, to rounding.
        var point = step.Next(EnclosedVector.Constant(input), EnclosedVector.Constant(centre));
        Assert.All(point.Values, value => Assert.InRange(value.Radius, 0, 1e-12));
        Assert.Null(point.Slopes);
    }, iter: 20);

    /// <summary>Of variables in a ball: every step and Jacobian there, and no more than in the box around it.</summary>
    [Theory, MemberData(nameof(All))]
    public void A_step_over_a_ball_holds_every_step_in_it(Architecture architecture) => Gen.Select(
        Gen.Int[2, 8], Gen.Double[-6, 0], Gen.Long[0, 1 << 30]).Sample((units, size, seed) =>
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        var cell = architecture.Create(2, units, Double);
        foreach (var parameter in cell.parameters()) parameter.uniform_(-1, 1, generator);
        var step = cell.Enclosed()!;
        double[] centre = randn(cell.StateSize, dtype: Double, generator: generator).ToVector();
        double radius = Math.Pow(10, size);
        var input = EnclosedVector.Constant([0.3, -0.7]);
        var ball = step.Next(input, EnclosedVector.Ball(centre, radius));
        var box = step.Next(input, EnclosedVector.Variables(
            [.. centre.Select(value => new Enclosure(value - radius, value + radius))]));
        Assert.All(ball.Values.Zip(box.Values),
            pair => Assert.True(pair.First.Radius <= pair.Second.Radius + Rounding));

        // On the sphere, the units' own rows among the directions.
        var away = cat([cell.StateJacobian(tensor(new[,] { { 0.3, -0.7 } }), tensor(centre).unsqueeze(0)).squeeze(0),
            randn([20, cell.StateSize], dtype: Double, generator: generator)]);
        away = away / (away.norm(1, keepdim: true) + 1e-300);
        var (u, x) = (tensor(new[,] { { 0.3, -0.7 } }), tensor(centre) + radius * cat([away, -away]));
        var (states, jacobians) = (cell.Step(u, x).ToMatrix(), cell.StateJacobian(u, x));
        for (int b = 0; b < states.GetLength(0); b++)
        {
            double[,] jacobian = jacobians[b].ToMatrix();
            for (int i = 0; i < cell.StateSize; i++)
            {
                Near(ball.Values[i], states[b, i]);
                for (int j = 0; j < cell.StateSize; j++) Near(ball.Slopes![i, j], jacobian[i, j]);
            }
        }
    }, iter: 20);

    /// <summary>Memory that is used again changes no bit, and what lay in it is refused.</summary>
    [Theory, MemberData(nameof(All))]
    public void Slopes_in_leased_memory_are_the_same_and_end_with_it(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        var cell = architecture.Create(2, 5, Double);
        cell.Initialise(1);
        var step = cell.Enclosed()!;
        var (input, state) = (EnclosedVector.Constant([0.3, -0.7]), EnclosedVector.Variables(
            [.. Enumerable.Range(0, cell.StateSize).Select(i => new Enclosure(0.1 * i, 0.1 * i + 0.01))]));
        var expected = step.Next(input, state).Slopes!;
        for (int turn = 0; turn < 3; turn++)
        {
            EnclosedMatrix leased;
            using (Lease.Begin())
            {
                leased = step.Next(input, state).Slopes!;
                Assert.Equal(expected.Middles, leased.Middles);
                Assert.Equal(expected.Radii, leased.Radii);
            }
            Assert.Contains("anew", Assert.Throws<InvalidOperationException>(() => leased[0, 0]).Message);
        }
    }

    /// <summary>
    /// With half a float32 rounding added to every weight the step is still inside; with hundreds it leaves.
    /// </summary>
    [Theory, MemberData(nameof(All))]
    public void Weights_may_stand_for_all_that_round_to_them(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator(3);
        var cell = architecture.Create(2, 4, ScalarType.Float32).InDouble();
        // The parameters as float32 has them; Dale's law takes moduli.
        foreach (var parameter in cell.parameters())
            parameter.copy_(rand(parameter.shape, generator: generator).to(Double) + 0.25);
        var (input, state) = (EnclosedVector.Constant([0.3, -0.7]), EnclosedVector.Constant(
            Enumerable.Range(0, cell.StateSize).Select(i => 0.2 * (i + 1)).ToArray()));
        var exact = cell.Enclosed()!.Next(input, state);
        var around = cell.Enclosed(WeightsAre.RoundedToFloat32)!.Next(input, state);
        Assert.All(around.Values.Zip(exact.Values), pair => Assert.True(pair.First.Contains(pair.Second)));
        Move(0.499);
        Assert.All(around.Values.Zip(cell.Enclosed()!.Next(input, state).Values),
            pair => Assert.True(pair.First.Contains(pair.Second)));
        Move(500);
        Assert.Contains(around.Values.Zip(cell.Enclosed()!.Next(input, state).Values),
            pair => !pair.First.Contains(pair.Second));

        // Gaps of float32 between 1/4 and 5/4 are 2^-25 to 2^-23: the least of them, so that all stay inside.
        void Move(double gaps)
        {
            foreach (var parameter in cell.parameters())
                parameter.add_((gaps * Math.Pow(2, -25)
                    * (2 * randint(0, 2, parameter.shape, generator: generator) - 1)).to(Double));
        }
    }

    [Fact]
    public void A_cell_that_does_not_know_its_step_over_enclosures_says_so()
    {
        using var own = Cell.From((u, x) => tanh(x + u), 1, 1);
        Assert.Null(own.Enclosed());
        using var layers = new LayeredCell(own, new Gru(1, 1, Double));
        Assert.Null(layers.Enclosed());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Gru(1, 1).Enclosed((WeightsAre)7));
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_a_sentence()
    {
        var (two, three) = (EnclosedVector.Constant([1, 2]), EnclosedVector.Constant([1, 2, 3]));
        Assert.Contains("2 units and one of 3", Assert.Throws<ArgumentException>(() => two + three).Message);
        Assert.Contains("2 columns", Assert.Throws<ArgumentException>(
            () => new EnclosedMatrix(new double[2, 2]) * three).Message);
        Assert.Contains("not the same variables", Assert.Throws<ArgumentException>(
            () => EnclosedVector.Variables(1, 2) * EnclosedVector.Variables(1, 2, 3).Part(0, 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => three.Part(1, 3));
    }

    private static void Near(Enclosure all, double value) => Assert.True(
        all.Low - Rounding <= value && value <= all.High + Rounding, $"{value:R} is not in {all}");
}
