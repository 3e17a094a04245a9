using Neurodynamics.Analysis;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

public sealed class TargetedAxesTests
{
    [Fact]
    public void Axes_are_the_directions_in_which_the_variables_were_written()
    {
        // Two variables written into 8 units along known directions, growing with time, and noise in all of them.
        var random = new Random(1);
        const int Trials = 400, Steps = 12, Units = 8;
        double[][] directions = [Direction(0, 1), Direction(1, 2)];
        double[,] variables = new double[Trials, 2];
        double[,,] states = new double[Trials, Steps, Units];
        for (int trial = 0; trial < Trials; trial++)
        {
            (variables[trial, 0], variables[trial, 1]) = (random.Next(2) == 0 ? 7 : 9, 3 * random.NextDouble());
            for (int step = 0; step < Steps; step++)
                for (int i = 0; i < Units; i++)
                    states[trial, step, i] = 2 + step * (variables[trial, 0] - 8) * directions[0][i]
                        + (Steps - step) * variables[trial, 1] * directions[1][i] + 0.1 * random.Normal();
        }
        var axes = TargetedAxes.Of(states, variables, ["one", "two"], components: 4);
        Assert.Equal([Steps - 1, 0], axes.Steps);
        Assert.Equal(Steps - 1, axes.Sizes[0, Steps - 1], 0.1);
        for (int i = 0; i < Units; i++) Assert.Equal(directions[0][i], axes.Axes[0, i], 0.02);
        // The second, made orthogonal to the first.
        double along = directions[0].Zip(directions[1], (a, b) => a * b).Sum();
        double[] second = [.. directions[1].Zip(directions[0], (b, a) => b - along * a)];
        double length = Math.Sqrt(second.Sum(x => x * x));
        for (int i = 0; i < Units; i++) Assert.Equal(second[i] / length, axes.Axes[1, i], 0.02);
        double[,,] projected = axes.Project(states);
        Assert.Equal([Trials, Steps, 2],
            Enumerable.Range(0, 3).Select(projected.GetLength));
        Assert.Equal(Enumerable.Range(0, Units).Sum(i => states[5, 3, i] * axes.Axes[1, i]), projected[5, 3, 1], 1e-10);

        static double[] Direction(int first, int second)
        {
            double[] direction = new double[Units];
            (direction[first], direction[second]) = (0.6, -0.8);
            return direction;
        }
    }

    [Fact]
    public void Variables_that_no_regression_tells_apart_are_refused()
    {
        double[,,] states = new double[4, 2, 3];
        for (int i = 0; i < 4; i++) states[i, 1, 0] = i;
        string said = Assert.Throws<ArgumentException>(() => TargetedAxes.Of(
            states, new double[,] { { 1, 2 }, { 2, 4 }, { 3, 6 }, { 4, 8 } }, ["one", "two"])).Message;
        Assert.Contains("follows from the others", said);
        Assert.Throws<ArgumentException>(
            () => TargetedAxes.Of(states, new double[,] { { 1 }, { 1 }, { 1 }, { 1 } }, ["x"]));
    }
}
