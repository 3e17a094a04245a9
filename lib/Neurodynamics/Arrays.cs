using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Neurodynamics;

/// <summary>Between tensors and the plain arrays that results hold.</summary>
internal static class Arrays
{
    /// <summary>A float64 copy of a matrix tensor.</summary>
    public static double[,] ToMatrix(this Tensor matrix)
    {
        using var copy = matrix.detach().to(ScalarType.Float64).contiguous();
        return (double[,])copy.data<double>().ToNDArray();
    }

    /// <summary>A float64 copy of a vector tensor.</summary>
    public static double[] ToVector(this Tensor vector)
    {
        using var copy = vector.detach().to(ScalarType.Float64).contiguous();
        return copy.data<double>().ToArray();
    }

    /// <summary>One row of a matrix, as a copy.</summary>
    public static double[] Row(this double[,] matrix, int row) =>
        MemoryMarshal.CreateSpan(ref matrix[row, 0], matrix.GetLength(1)).ToArray();

    /// <summary>Rows as a matrix; [0, <paramref name="columns"/>] where there are none.</summary>
    public static double[,] ToMatrix(this IReadOnlyList<double[]> rows, int columns)
    {
        var matrix = new double[rows.Count, columns];
        for (int i = 0; i < rows.Count; i++)
            if (columns > 0) rows[i].CopyTo(MemoryMarshal.CreateSpan(ref matrix[i, 0], columns));
        return matrix;
    }
}
