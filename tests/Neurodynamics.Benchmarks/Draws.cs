namespace Neurodynamics.Benchmarks;

/// <summary>Random numbers that several benchmarks draw.</summary>
internal static class Draws
{
    /// <summary>A matrix with standard normal entries (Box and Muller).</summary>
    public static double[,] Normal(this Random random, int rows, int columns)
    {
        double[,] values = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                values[i, j] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                    * Math.Cos(2 * Math.PI * random.NextDouble());
        return values;
    }
}
