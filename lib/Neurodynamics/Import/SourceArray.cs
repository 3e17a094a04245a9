using System.Runtime.InteropServices;

namespace Neurodynamics.Import;

/// <summary>One array of a file, whatever its layout and precision there.</summary>
/// <param name="Name">Its name in the file. Dictionaries inside dictionaries and HDF5 groups are joined with "/".</param>
/// <param name="Type">NumPy's name of the precision in the file, such as "float32".</param>
/// <param name="Shape">Its shape; a complex array has a last dimension of 2 (real, imaginary) more than in the file.</param>
/// <param name="Values">Its values in row-major order. Every precision up to float64 is held exactly; integers up to 2^53.</param>
public sealed record SourceArray(string Name, string Type, IReadOnlyList<int> Shape, double[] Values)
{
    /// <summary>The values of a matrix [rows, columns].</summary>
    /// <exception cref="ImportException">The array is not a matrix.</exception>
    public double[,] ToMatrix()
    {
        Require(2);
        var matrix = new double[Shape[0], Shape[1]];
        if (Values.Length > 0) Values.CopyTo(MemoryMarshal.CreateSpan(ref matrix[0, 0], Values.Length));
        return matrix;
    }

    /// <summary>The values of trials [B, T, variables].</summary>
    /// <exception cref="ImportException">The array has not three dimensions.</exception>
    public double[,,] ToTrials()
    {
        Require(3);
        var trials = new double[Shape[0], Shape[1], Shape[2]];
        if (Values.Length > 0) Values.CopyTo(MemoryMarshal.CreateSpan(ref trials[0, 0, 0], Values.Length));
        return trials;
    }

    /// <summary>Such as "[300, 100]".</summary>
    internal string ShapeText => Text(Shape);

    internal static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";

    internal bool IsFloating => Type is "float16" or "bfloat16" or "float32" or "float64";

    internal bool HasShape(params ReadOnlySpan<int> shape)
    {
        if (shape.Length != Shape.Count) return false;
        for (int i = 0; i < shape.Length; i++)
            if (shape[i] != Shape[i]) return false;
        return true;
    }

    private void Require(int dimensions)
    {
        if (Shape.Count != dimensions)
            throw new ImportException($"{Name} should have {dimensions} dimensions, but its shape is {ShapeText}: name another array, or reshape it before it is saved.");
    }
}
