namespace Neurodynamics;

/// <summary>Parts of matrices for the cells of a notebook.</summary>
public static class Matrices
{
    /// <summary>One column of a matrix, as a copy, such as the coordinates along the first component.</summary>
    /// <param name="matrix">[M, k].</param>
    /// <param name="column">Which, from 0.</param>
    public static double[] Column(this double[,] matrix, int column)
    {
        Demand.Given(matrix);
        Demand.Index(column, matrix.GetLength(1));
        return [.. Enumerable.Range(0, matrix.GetLength(0)).Select(row => matrix[row, column])];
    }

    /// <summary>All states of trials, one below the other, trial after trial [B T, S].</summary>
    /// <param name="states">[B, T, S].</param>
    public static double[,] Rows(this double[,,] states)
    {
        Demand.Given(states);
        double[,] rows = new double[states.GetLength(0) * states.GetLength(1), states.GetLength(2)];
        states.Values().CopyTo(rows.Values());
        return rows;
    }

    /// <summary>One trial's states [T, S].</summary>
    /// <param name="states">[B, T, S].</param>
    /// <param name="trial">Which, from 0.</param>
    public static double[,] Trial(this double[,,] states, int trial)
    {
        Demand.Given(states);
        Demand.Index(trial, states.GetLength(0));
        double[,] rows = new double[states.GetLength(1), states.GetLength(2)];
        states.Values().Slice(trial * rows.Length, rows.Length).CopyTo(rows.Values());
        return rows;
    }

    /// <summary>The states of all trials after one step [B, S].</summary>
    /// <param name="states">[B, T, S].</param>
    /// <param name="step">Which, from 0; from the end with ^.</param>
    public static double[,] AtStep(this double[,,] states, Index step)
    {
        Demand.Given(states);
        double[,] rows = new double[states.GetLength(0), states.GetLength(2)];
        int at = step.GetOffset(states.GetLength(1));
        Demand.Index(at, states.GetLength(1), nameof(step));
        for (int trial = 0; trial < rows.GetLength(0); trial++)
            for (int i = 0; i < rows.GetLength(1); i++) rows[trial, i] = states[trial, at, i];
        return rows;
    }

    /// <summary>The root of the mean squared distance of states from their mean.</summary>
    /// <param name="states">[M, S], M at least 1.</param>
    public static double Spread(this double[,] states)
    {
        Demand.Given(states);
        return Math.Sqrt(Enumerable.Range(0, states.GetLength(1)).Sum(j => Variance(states.Column(j))));
    }

    /// <summary>The standard deviation of one column.</summary>
    /// <param name="states">[M, S], M at least 1.</param>
    /// <param name="column">Which, from 0.</param>
    public static double Spread(this double[,] states, int column) => Math.Sqrt(Variance(states.Column(column)));

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Average(value => (value - mean) * (value - mean));
    }

    /// <summary>How far states are from others, row by row: the root of the mean squared distance.</summary>
    /// <param name="states">[M, S], M at least 1.</param>
    /// <param name="others">[M, S].</param>
    public static double DistanceTo(this double[,] states, double[,] others)
    {
        Demand.Given((states, others));
        if (states.GetLength(0) != others.GetLength(0) || states.GetLength(1) != others.GetLength(1))
            throw new ArgumentException(
                $"The states are [{states.GetLength(0)}, {states.GetLength(1)}], and the others "
                + $"[{others.GetLength(0)}, {others.GetLength(1)}].", nameof(others));
        return Math.Sqrt(
            states.Cast<double>().Zip(others.Cast<double>(), (a, b) => (a - b) * (a - b)).Sum() / states.GetLength(0));
    }
}
