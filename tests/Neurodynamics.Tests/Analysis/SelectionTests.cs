using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

public sealed class SelectionTests
{
    [Fact]
    public void An_input_that_fades_counts_by_what_it_hands_on_before()
    {
        // x1' = x1 + b x2 + u1, x2' = x2 / 2 + u2: of a pulse of u2 in the end 2 b is left in x1.
        const double B = 0.7;
        var cell = Cell.From((u, x) => cat([
            x.narrow(1, 0, 1) + B * x.narrow(1, 1, 1) + u.narrow(1, 0, 1), 0.5 * x.narrow(1, 1, 1) + u.narrow(1, 1, 1),
        ], 1), 2, 2);
        var readout = nn.Linear(2, 1, dtype: ScalarType.Float64);
        using (no_grad()) readout.weight.copy_(tensor(new[,] { { 3.0, 5 } }));
        var point = Assert.Single(Linearisation.Of(cell, [new FixedPoint([0, 0], [0, 0], 0, 0)]));
        var selection = Selection.Of(new(cell, readout), point);
        Assert.Equal(1, selection.Slow.Eigenvalue.Real, 1e-12);
        Assert.Equal([3, 3 * 2 * B], selection.Effects, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_left_of_a_small_pulse_is_what_the_selection_vector_says(bool rates)
    {
        var (network, points) = Contexts(rates);
        var selections = points.Select(point => Selection.Of(network, point)).ToList();
        Assert.All(selections, it => Assert.InRange(it.Slow.Eigenvalue.Real, 0.8, 0.999));
        for (int context = 0; context < 2; context++)
            for (int input = 0; input < 2; input++)
            {
                var point = points[context];
                double Left(double size)
                {
                    double[] pulse = [.. point.Point.Input];
                    pulse[input] += size;
                    double[,] state = new ConstantInput(network.Cell, pulse).After(point.Point.State.AsRow(), 1);
                    const int Steps = 60;
                    state = new ConstantInput(network.Cell, point.Point.Input).After(state, Steps);
                    double decay = Math.Pow(selections[context].Slow.Eigenvalue.Real, Steps);
                    return network.Logits(state)[0, 0] / decay;
                }
                const double h = 1e-5;
                double expected = (Left(h) - Left(-h)) / (2 * h);
                Assert.Equal(expected, selections[context].Effects[input], 1e-5 * Math.Max(1, Math.Abs(expected)));
            }
        foreach (bool asSeen in new[] { false, true })
        {
            var share = Selection.Between(selections[0], selections[1], 0, asSeen);
            Assert.Equal(share.Change, share.ByInput + share.ByDynamics, 1e-10);
            Assert.Equal(share.Change, selections[0].Effects[0] - selections[1].Effects[0], 1e-12);
            // Inputs enter currents outside f: no context changes how they arrive.
            if (!rates && !asSeen) Assert.Equal(0, share.ByInput, 1e-12);
            if (asSeen || rates) Assert.True(Math.Abs(share.ByInput) > 0.01 * Math.Abs(share.Change));
        }
    }

    /// <summary>A network with a slow direction, and the point where it rests in each of two contexts.</summary>
    private static (Network Network, IReadOnlyList<Linearisation> Points) Contexts(bool rates)
    {
        const int Units = 6;
        var random = new Random(3);
        double[,] m = new double[Units, 1], n = new double[Units, 1], inputs = new double[Units, 4];
        for (int i = 0; i < Units; i++)
        {
            (m[i, 0], n[i, 0]) = (1 + 0.3 * random.NextDouble(), 0.9);
            for (int j = 0; j < 4; j++) inputs[i, j] = random.NextDouble() - 0.5;
        }
        LeakyArchitecture kind = rates ? new Rates { Leak = 0.3 } : new Currents { Leak = 0.3 };
        var cell = LeakyCell.CreateLowRank(kind, inputs, m, n);
        var readout = nn.Linear(Units, 1, dtype: ScalarType.Float64);
        using (no_grad()) readout.weight.fill_(1);
        var points = new[] { new double[] { 0, 0, 1, 0 }, [0, 0, 0, 1] }.Select(input =>
            Linearisation.Of(cell, [new FixedPointSearch().Run(cell, new double[1, Units], input).Points
                .OfType<FixedPoint>().First()])[0]).ToList();
        return (new(cell, readout), points);
    }
}
