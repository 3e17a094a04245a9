namespace Neurodynamics.Import;

/// <summary>One array of a file, whatever its layout and precision there.</summary>
/// <param name="Name">Its name in the file. Nested dictionaries and HDF5 groups are joined with "/".</param>
/// <param name="Type">NumPy's name of the precision in the file, such as "float32".</param>
/// <param name="Shape">
/// Its shape. A complex array has a last dimension of 2 (real, imaginary) more than in the file.
/// </param>
/// <param name="Values">
/// Its values in row-major order. Every precision up to float64 is held exactly; so are integers up to 2^53.
/// </param>
public sealed record SourceArray(string Name, string Type, IReadOnlyList<int> Shape, double[] Values)
{
    /// <summary>The values of a matrix [rows, columns].</summary>
    /// <exception cref="ImportException">The array is not a matrix.</exception>
    public double[,] ToMatrix()
    {
        RequireDimensions(2);
        double[,] matrix = new double[Shape[0], Shape[1]];
        Values.CopyTo(matrix.Values());
        return matrix;
    }

    /// <summary>The values of trials [B, T, variables].</summary>
    /// <exception cref="ImportException">The array does not have three dimensions.</exception>
    public double[,,] ToTrials()
    {
        RequireDimensions(3);
        double[,,] trials = new double[Shape[0], Shape[1], Shape[2]];
        Values.CopyTo(trials.Values());
        return trials;
    }

    /// <summary>Such as "[300, 100]".</summary>
    internal string ShapeText => Text(Shape);

    internal static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    internal bool IsFloating => Type is "float16" or "bfloat16" or "float32" or "float64";

    internal bool HasShape(params IEnumerable<int> shape) => Shape.SequenceEqual(shape);

    private void RequireDimensions(int count)
    {
        if (Shape.Count != count)
            throw new ImportException(
                $"{Name} should have {count} dimensions, but its shape is {ShapeText}: "
                + "name another array, or reshape it before you save it.");
    }
}
