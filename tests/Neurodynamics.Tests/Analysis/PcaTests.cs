using Neurodynamics.Analysis;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

public sealed class PcaTests
{
    [Fact]
    public void Points_on_a_tilted_ellipse_have_its_axes_and_variances()
    {
        // Two unit vectors and the mean, chosen; amplitudes 3 and 1 in quadrature give variances 9/2 and 1/2.
        double[] long_ = [0.6, 0, 0.8], short_ = [0, 1, 0], mean = [1, -2, 3];
        double[,] states = new double[100, 3];
        for (int i = 0; i < 100; i++)
            for (int j = 0; j < 3; j++)
                states[i, j] = mean[j] + 3 * Math.Cos(2 * Math.PI * i / 100) * long_[j]
                    + Math.Sin(2 * Math.PI * i / 100) * short_[j];
        var pca = Pca.Fit(states);
        Assert.Equal(mean, pca.Mean, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(long_, pca.Components.Row(0), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(short_, pca.Components.Row(1), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.9, 0.1, 0], pca.ExplainedVariance, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(3, pca.Project(states)[0, 0], 1e-12);
    }

    [Theory]
    [InlineData("cloud")]
    [InlineData("equal loadings")]
    [InlineData("equal variances")]
    [InlineData("few states")]
    public void Row_7_Shuffled_rows_give_the_same_signed_components(string kind)
    {
        using var generator = new Generator(5);
        double[,] states = kind switch
        {
            "cloud" => randn([50, 8], dtype: ScalarType.Float64, generator: generator).ToMatrix(),
            // All along (1, -1, 1, ..., -1): every loading is the largest.
            "equal loadings" => Enumerable.Range(0, 50).Select(i =>
                Enumerable.Range(0, 8).Select(j => Math.Sin(i) * (j % 2 == 0 ? 1 : -1)).ToArray()).ToList().ToMatrix(8),
            // The corners of a cube, turned: three components that nothing tells apart.
            "equal variances" => Corners(generator),
            _ => randn([2, 8], dtype: ScalarType.Float64, generator: generator).ToMatrix(),
        };
        int count = states.GetLength(0);
        var expected = Pca.Fit(states);
        for (int seed = 0; seed < 5; seed++)
        {
            int[] order = [.. Enumerable.Range(0, count)];
            new Random(seed).Shuffle(order);
            var shuffled = Pca.Fit(order.Select(states.Row).ToList().ToMatrix(8));
            for (int i = 0; i < 3; i++) Assert.Equal(
                expected.Components.Row(i), shuffled.Components.Row(i), (x, y) => Math.Abs(x - y) < 1e-9);
            Assert.Equal(expected.ExplainedVariance, shuffled.ExplainedVariance, (x, y) => Math.Abs(x - y) < 1e-12);
        }
        AssertOrthonormal(expected);

        static double[,] Corners(Generator generator)
        {
            var (turn, _) = linalg.qr(randn([8, 8], dtype: ScalarType.Float64, generator: generator));
            double[,] corners = Enumerable.Range(0, 8).Select(i =>
                Enumerable.Range(0, 8).Select(j => j < 3 ? 2.0 * (i >> j & 1) - 1 : 0).ToArray()).ToList().ToMatrix(8);
            return tensor(corners).mm(turn).ToMatrix();
        }
    }

    [Fact]
    public void Components_of_equal_variance_span_the_space_of_the_states()
    {
        // The corners of a cube in units 1, 4 and 6 of eight.
        int[] units = [1, 4, 6];
        double[,] states = new double[8, 8];
        for (int i = 0; i < 8; i++)
            for (int j = 0; j < 3; j++) states[i, units[j]] = 2 * (i >> j & 1) - 1;
        var pca = Pca.Fit(states, 4);
        for (int k = 0; k < 3; k++) Assert.Equal(Enumerable.Range(0, 8).Select(j => j == units[k] ? 1.0 : 0),
            pca.Components.Row(k), (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0, 0], pca.ExplainedVariance, (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Fact]
    public void Fitted_to_both_trajectories_and_points_weigh_the_same()
    {
        // 600 states at (+-1, 0) and two points at (4, +-3): means 0 and (4, 0), whose middle is (2, 0).
        double[,,] trajectories = new double[3, 200, 2];
        for (int b = 0; b < 3; b++)
            for (int t = 0; t < 200; t++) trajectories[b, t, 0] = t % 2 == 0 ? 1 : -1;
        var points = Linearisation.Of(Nets.Tanh(new double[2, 2]), [Nets.Point(4, 3), Nets.Point(4, -3)]);
        var pca = Pca.Fit(PcaOf.Both, trajectories, points);
        Assert.Equal([2, 0], pca.Mean, (x, y) => Math.Abs(x - y) < 1e-12);
        // Variances: x (1 + 4 + 4) / 2 = 4.5, y 9 / 2 = 4.5 would tie; of the points alone only y varies, of the
        // trajectories only x.
        Assert.Equal([0.5, 0.5], pca.ExplainedVariance, (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal(
            [0, 1], Pca.Fit(PcaOf.Points, trajectories, points).Components.Row(0), (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal([1, 0], Pca.Fit(PcaOf.Trajectories, trajectories, points).Components.Row(0), (x, y) =>
            Math.Abs(x - y) < 1e-12);
        Assert.Equal(Pca.OfTrials(trajectories).Components, Pca.Fit(PcaOf.Both, trajectories, []).Components);
    }

    [Fact]
    public void No_points_to_fit_to_are_refused_in_a_sentence()
    {
        Assert.Contains("no fixed points",
            Assert.Throws<ArgumentException>(() => Pca.Fit(PcaOf.Points, new double[1, 2, 5], [])).Message);
        Assert.Contains("no trajectories",
            Assert.Throws<ArgumentException>(() => Pca.Fit(PcaOf.Trajectories, new double[0, 2, 5], [])).Message);
        var point = Linearisation.Of(Nets.Tanh(new double[2, 2]), [Nets.Point(0, 0)]);
        Assert.Contains("another network",
            Assert.Throws<ArgumentException>(() => Pca.Fit(PcaOf.Points, new double[1, 2, 5], point)).Message);
    }

    [Fact]
    public void Fewer_state_variables_than_components_give_as_many_components_as_there_are()
    {
        var pca = Pca.Fit(new double[,] { { 0, 0 }, { 1, 2 } });
        Assert.Equal((2, 2), (pca.Components.GetLength(0), pca.ExplainedVariance.Length));
        AssertOrthonormal(pca);
    }

    [Fact]
    public void One_state_explains_nothing_and_no_state_is_refused()
    {
        Assert.Equal([0, 0, 0], Pca.Fit(new double[1, 5]).ExplainedVariance);
        Assert.Contains(
            "at least one state", Assert.Throws<ArgumentException>(() => Pca.Fit(new double[0, 5])).Message);
        Assert.Equal(0, Pca.Fit(new double[1, 5]).Project(new double[0, 5]).GetLength(0));
    }

    private static void AssertOrthonormal(Pca pca)
    {
        var axes = tensor(pca.Components);
        Assert.True(
            (axes.mm(axes.t()) - eye(axes.shape[0], dtype: ScalarType.Float64)).abs().max().item<double>() < 1e-12);
    }

    [Fact]
    public void Sets_of_any_size_weigh_the_same()
    {
        // Along x and along y, with variances 1 and 1 whatever the number of states; their means are equal.
        var pca = Pca.OfSets(
            [new double[,] { { -1, 0 }, { 1, 0 }, { -1, 0 }, { 1, 0 } }, new double[,] { { 0, -1 }, { 0, 1 } }], 2);
        Assert.Equal([0.5, 0.5], pca.ExplainedVariance, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Throws<ArgumentException>(() => Pca.OfSets([]));
    }
}
