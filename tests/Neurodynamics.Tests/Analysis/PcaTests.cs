using Neurodynamics.Analysis;
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
        var states = new double[100, 3];
        for (int i = 0; i < 100; i++)
            for (int j = 0; j < 3; j++)
                states[i, j] = mean[j] + 3 * Math.Cos(2 * Math.PI * i / 100) * long_[j] + Math.Sin(2 * Math.PI * i / 100) * short_[j];
        var pca = Pca.Fit(states);
        Assert.Equal(mean, pca.Mean, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(long_, pca.Components.Row(0), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(short_, pca.Components.Row(1), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.9, 0.1, 0], pca.ExplainedVariance, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(3, pca.Project(states)[0, 0], 1e-12);
    }

    [Fact]
    public void Shuffled_rows_give_the_same_signed_components()
    {
        var states = randn(50, 8, dtype: ScalarType.Float64).ToMatrix();
        int[] order = [.. Enumerable.Range(0, 50)];
        new Random(1).Shuffle(order);
        var (a, b) = (Pca.Fit(states), Pca.Fit(order.Select(states.Row).ToList().ToMatrix(8)));
        for (int i = 0; i < 3; i++) Assert.Equal(a.Components.Row(i), b.Components.Row(i), (x, y) => Math.Abs(x - y) < 1e-9);
    }

    [Fact]
    public void One_state_explains_nothing_and_no_state_is_refused()
    {
        Assert.Equal([0, 0, 0], Pca.Fit(new double[1, 5]).ExplainedVariance);
        Assert.Contains("at least one state", Assert.Throws<ArgumentException>(() => Pca.Fit(new double[0, 5])).Message);
        Assert.Equal(0, Pca.Fit(new double[1, 5]).Project(new double[0, 5]).GetLength(0));
    }
}
