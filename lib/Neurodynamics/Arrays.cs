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

    /// <summary>A float64 copy of a tensor of three dimensions.</summary>
    public static double[,,] ToCube(this Tensor cube)
    {
        using var copy = cube.detach().to(ScalarType.Float64).contiguous();
        return (double[,,])copy.data<double>().ToNDArray();
    }

    /// <summary>A float64 copy of a vector tensor.</summary>
    public static double[] ToVector(this Tensor vector)
    {
        using var copy = vector.detach().to(ScalarType.Float64).contiguous();
        return MemoryMarshal.Cast<byte, double>(copy.bytes).ToArray();
    }

    /// <summary>
    /// A tensor with memory of its own. One that <c>tensor</c> makes lies in the managed array, whose alignment varies
    /// from run to run, and with it the last bit of a product.
    /// </summary>
    public static Tensor ToTensor(this double[,] matrix)
    {
        using var view = tensor(matrix);
        return view.clone();
    }

    /// <inheritdoc cref="ToTensor(double[,])"/>
    public static Tensor ToTensor(this double[] vector)
    {
        using var view = tensor(vector);
        return view.clone();
    }

    /// <inheritdoc cref="ToTensor(double[,])"/>
    public static Tensor ToTensor(this double[,,] cube)
    {
        using var view = tensor(cube);
        return view.clone();
    }

    /// <summary>Gives a tensor these values, row by row.</summary>
    public static void Fill(this Tensor parameter, double[] values)
    {
        using var source = values.ToTensor();
        using var shaped = source.reshape(parameter.shape);
        parameter.copy_(shaped);
    }

    /// <summary>A matrix of one row [1, S].</summary>
    public static double[,] AsRow(this double[] values) => new[] { values }.ToMatrix(values.Length);

    /// <summary>The rows of a matrix.</summary>
    public static double[][] Split(this double[,] matrix) =>
        [.. Enumerable.Range(0, matrix.GetLength(0)).Select(matrix.Row)];

    /// <summary>One row of a matrix, as a copy.</summary>
    public static double[] Row(this double[,] matrix, int row) =>
        matrix.RowSpan(row).ToArray();

    /// <summary>One row of a matrix, in place.</summary>
    public static Span<double> RowSpan(this double[,] matrix, int row) =>
        matrix.GetLength(1) == 0 ? [] : MemoryMarshal.CreateSpan(ref matrix[row, 0], matrix.GetLength(1));

    /// <summary>All values of an array of any rank, in place.</summary>
    public static Span<double> Values(this Array array) =>
        MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, double>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    /// <summary>Rows as a matrix; [0, <paramref name="columns"/>] where there are none.</summary>
    /// <exception cref="ArgumentException">A row has another length.</exception>
    public static double[,] ToMatrix(this IEnumerable<double[]> rows, int columns)
    {
        var list = rows as IReadOnlyList<double[]> ?? [.. rows];
        double[,] matrix = new double[list.Count, columns];
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i].Length != columns)
                throw new ArgumentException(
                    $"The network's states have {columns} values, but state {i + 1} has {list[i].Length}: are these "
                    + "the points of another network?", nameof(rows));
            list[i].CopyTo(matrix.RowSpan(i));
        }
        return matrix;
    }
}
