using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>States to start from.</summary>
public static class Candidates
{
    /// <summary>States drawn from those that a cell visits in trials (report 4.3).</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="count">M, how many; drawn with replacement from all B T states.</param>
    /// <param name="seed">Seed of the draw and the noise.</param>
    /// <param name="noise">Standard deviation of noise added to every value; default 0.</param>
    /// <param name="steps">Which steps of the trials to draw from, counted from 0; default all.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <returns>[M, S].</returns>
    public static double[,] FromTrials(Cell cell, double[,,] inputs, int count, long seed, double noise = 0,
        Range? steps = null, double[]? start = null)
    {
        Demand.Given(cell);
        Demand.Shape(inputs, [-1, -1, cell.InputSize]);
        RequireDraw(count, cell.StateSize, noise);
        var (first, length) = (steps ?? Range.All).GetOffsetAndLength(inputs.GetLength(1));
        if (length * inputs.GetLength(0) == 0)
            throw new ArgumentException($"The trials have no steps to draw from: there are {inputs.GetLength(0)} "
                + $"trials of {inputs.GetLength(1)} steps, of which {steps ?? Range.All} were asked for.",
                nameof(steps));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var visited = cell.InDouble().RunFrom(start, inputs.ToTensor().to(ScalarType.Float64))
            .narrow(1, first, length).reshape(-1, cell.StateSize);
        return Drawn(visited, count, seed, noise);
    }

    /// <summary>
    /// States drawn from recorded ones, such as those of a trajectory that came with a network from elsewhere.
    /// </summary>
    /// <param name="states">The recorded states [M, S].</param>
    /// <param name="count">How many; drawn with replacement.</param>
    /// <param name="seed">Seed of the draw and the noise.</param>
    /// <param name="noise">Standard deviation of noise added to every value; default 0.</param>
    /// <returns>[count, S].</returns>
    public static double[,] FromStates(double[,] states, int count, long seed, double noise = 0)
    {
        Demand.Given(states);
        RequireDraw(count, states.GetLength(1), noise);
        if (states.GetLength(0) == 0)
            throw new ArgumentException("There are no states to draw from.", nameof(states));
        using var scope = NewDisposeScope();
        return Drawn(states.ToTensor(), count, seed, noise);
    }

    /// <param name="states">The recorded states of trials [B, T, S].</param>
    /// <inheritdoc cref="FromStates(double[,], int, long, double)"/>
    public static double[,] FromStates(double[,,] states, int count, long seed, double noise = 0)
    {
        Demand.Given(states);
        return FromStates(states.Rows(), count, seed, noise);
    }

    /// <summary>
    /// One state of each trial, at a step drawn uniformly: independent draws where the trials are independent ones, as
    /// <see cref="UnseenShare"/> needs them. For n of them make n trials of a task with a seed of their own, and run
    /// the network through them.
    /// </summary>
    /// <param name="states">The states that the trials visited [B, T, S].</param>
    /// <param name="seed">Seed of the draw and the noise.</param>
    /// <param name="noise">Standard deviation of noise added to every value; default 0.</param>
    /// <returns>[B, S], in the order of the trials.</returns>
    public static double[,] OnePerTrial(double[,,] states, long seed, double noise = 0)
    {
        Demand.Given(states);
        var (trials, steps, size) = (states.GetLength(0), states.GetLength(1), states.GetLength(2));
        Demand.Room(trials, size);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        if (steps == 0 && trials > 0) throw new ArgumentException("The trials have no steps.", nameof(states));
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        long[] drawn = trials == 0 ? []
            : randint(steps, [trials], dtype: ScalarType.Int64, generator: generator).data<long>().ToArray();
        double[,] one = new double[trials, size];
        for (int i = 0; i < trials; i++)
            for (int j = 0; j < size; j++) one[i, j] = states[i, drawn[i], j];
        return WithNoise(one.ToTensor(), noise, generator);
    }

    private static void RequireDraw(int count, int size, double noise)
    {
        RequireSome(count);
        Demand.Room(count, size);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
    }

    private static void RequireSome(int count)
    {
        if (count < 1)
            throw new ArgumentOutOfRangeException(nameof(count), count,
                $"A search needs at least 1 candidate to start from, and {count} were asked for.");
    }

    private static double[,] Drawn(Tensor states, int count, long seed, double noise)
    {
        using var generator = new Generator((ulong)seed);
        var drawn = states[randint(states.shape[0], [count], dtype: ScalarType.Int64, generator: generator)];
        return WithNoise(drawn, noise, generator);
    }

    private static double[,] WithNoise(Tensor states, double noise, Generator generator) => states
        .Plus(randn(states.shape, dtype: ScalarType.Float64, generator: generator).Times(noise)).ToMatrix();

    /// <summary>States that no trial led to: every value drawn from a normal distribution around zero.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="count">M, how many.</param>
    /// <param name="spread">Standard deviation.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>[M, S].</returns>
    public static double[,] Random(Cell cell, int count, double spread, long seed)
    {
        Demand.Given(cell);
        RequireSome(count);
        ArgumentOutOfRangeException.ThrowIfNegative(spread);
        Demand.Room(count, cell.StateSize);
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        return randn([count, cell.StateSize], dtype: ScalarType.Float64, generator: generator).Times(spread).ToMatrix();
    }

    /// <summary>The same states, every value multiplied by a factor: candidates where no trial goes.</summary>
    /// <param name="candidates">[M, S].</param>
    /// <param name="factor">The factor.</param>
    public static double[,] Scaled(double[,] candidates, double factor)
    {
        Demand.Given(candidates);
        double[,] scaled = (double[,])candidates.Clone();
        for (int i = 0; i < scaled.GetLength(0); i++)
            foreach (ref double value in scaled.RowSpan(i)) value *= factor;
        return scaled;
    }
}
