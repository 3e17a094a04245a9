using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class OwnStepTests
{
    private static readonly ScalarType Double = ScalarType.Float64;

    /// <summary>Row 38 of the field cases: the step does not use its input. The points are known.</summary>
    [Fact]
    public void A_step_that_does_not_use_its_input_has_its_points_and_an_input_Jacobian_of_zero()
    {
        using var gain = tensor([2, 0.5]).DetachFromDisposeScope();
        var cell = Cell.From((_, state) => state.tanh() * gain, inputs: 1, units: 2);
        var found = new FixedPointSearch().Run(cell, Candidates.Random(cell, 64, 1, seed: 1));
        double[] xs = [.. found.Points.Select(point => point.State[0]).Order()];
        Assert.Equal(3, xs.Length);
        double[] expected = [-1.915008, 0, 1.915008];
        for (int i = 0; i < 3; i++) Assert.Equal(expected[i], xs[i], 1e-6);
        foreach (var at in Linearisation.Of(cell, found.Points))
        {
            bool isOrigin = Math.Abs(at.Point.State[0]) < 1;
            double[] lambdas = [.. at.Eigenvalues.Select(lambda => lambda.Real).OrderDescending()];
            Assert.Equal(isOrigin ? 2 : 0.5, lambdas[0], 1e-6);
            Assert.Equal(isOrigin ? 0.5 : 0.166372, lambdas[1], 1e-6);
            Assert.All(at.InputJacobian.Cast<double>(), value => Assert.Equal(0, value));
            Assert.Equal(Certainty.VerifiedNumerically, at.Point.Certificate!.Certainty);
        }
    }

    [Fact]
    public void A_step_that_hides_its_derivative_is_refused_in_a_sentence()
    {
        using var scope = NewDisposeScope();
        Func<Tensor, Tensor, Tensor>[] hidden =
        [
            (_, state) =>
            {
                using var frozen = no_grad();
                return state.tanh() * tensor([2, 0.5]);
            },
            (_, state) => state.detach().tanh() * tensor([2, 0.5]),
            (u, state) => 0.5 * state.tanh() + 0.5 * state.detach() + u,
            (_, state) => tensor(state.ToMatrix()).tanh(),
        ];
        foreach (var step in hidden)
        {
            var cell = Cell.From(step, 1, 2);
            var error = Assert.Throws<InvalidOperationException>(() =>
                cell.StateJacobian(zeros(1, 1, dtype: Double), zeros(1, 2, dtype: Double)));
            Assert.Contains("no_grad", error.Message);
            Assert.InRange(error.Message.Length, 1, 300);
            Assert.Throws<InvalidOperationException>(() =>
                new FixedPointSearch().Run(cell, new[,] { { 0.1, 0.2 } }));
        }
        // A kink at the state itself is none of these.
        var relu = Cell.From((_, state) => 0.5 * nn.functional.relu(state), 1, 2);
        Assert.Equal([0, 0, 0, 0], relu.StateJacobian(zeros(1, 1, dtype: Double), zeros(1, 2, dtype: Double)).ToCube()
            .Cast<double>());
    }

    [Fact]
    public void A_step_of_the_wrong_shape_or_precision_is_refused_in_a_sentence()
    {
        using var scope = NewDisposeScope();
        var (u, x) = (zeros(1, 1, dtype: Double), zeros(3, 2, dtype: Double));
        var wide = Cell.From((_, state) => cat([state, state], 1), 1, 2);
        Assert.Contains("[3, 2]", Assert.Throws<ArgumentException>(() => wide.Step(u, x)).Message);
        var single = ones(2, 2);
        var mixed = Cell.From((_, state) => state.mm(single), 1, 2);
        Assert.Contains("Float64", Assert.Throws<InvalidOperationException>(() => mixed.Step(u, x)).Message);
        Assert.Throws<ArgumentNullException>(() => Cell.From(null!, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cell.From((_, state) => state, 1, 0));
        // The identity gives back its state, which the caller goes on with.
        var still = Cell.From((_, state) => state, 1, 2);
        var next = still.Step(u, x);
        next.Dispose();
        Assert.Equal(6, x.count_nonzero().item<long>() + x.numel());
    }

    [Fact]
    public void Its_next_states_may_lie_in_memory_as_they_like_and_the_first_state_may_be_no_number()
    {
        using var scope = NewDisposeScope();
        using var w = tensor(new[,] { { 0.5, 1 }, { 0, 0.3 } }).DetachFromDisposeScope();
        var cell = Cell.From((_, state) => w.mm(state.t()).t(), 1, 2);
        var u = zeros(1, 1, dtype: Double);
        Assert.Equal([0.5, 1, 0, 0.3, 0.5, 1, 0, 0.3],
            cell.StateJacobian(u, zeros(2, 2, dtype: Double)).flatten().ToVector());
        var hidden = Cell.From((_, state) => state.detach() * state, 1, 2);
        hidden.StateJacobian(u, full([1, 2], double.NaN, dtype: Double));
        Assert.Throws<InvalidOperationException>(() => hidden.StateJacobian(u, zeros(1, 2, dtype: Double)));
    }

    [Fact]
    public void Its_state_may_be_larger_than_what_a_readout_sees_and_it_runs_trials()
    {
        using var scope = NewDisposeScope();
        // A delay of one step: the state is [now, before].
        var delay = Cell.From((u, state) => cat([u, state.narrow(1, 0, 1)], 1), 1, 1, stateSize: 2);
        double[,,] states = delay.Run(tensor(new double[1, 3, 1] { { { 1 }, { 2 }, { 3 } } })).ToCube();
        Assert.Equal([1, 0, 2, 1, 3, 2], states.Cast<double>());
        Assert.Equal([0, 0, 1, 0], delay.StateJacobian(zeros(1, 1, dtype: Double), zeros(1, 2, dtype: Double))
            .flatten().ToVector());
        Assert.Equal([1, 0], delay.InputJacobian(zeros(1, 1, dtype: Double), zeros(1, 2, dtype: Double))
            .flatten().ToVector());
    }
}
