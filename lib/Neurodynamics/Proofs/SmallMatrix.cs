namespace Neurodynamics.Proofs;

/// <summary>Matrices of R by R.</summary>
internal static class SmallMatrix
{
    /// <summary>
    /// The inverse, to rounding, by Gauss and Jordan with row pivots; false where there is none. The matrix is used up.
    /// </summary>
    public static bool Invert(double[,] matrix, double[,] inverse)
    {
        int size = matrix.GetLength(0);
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++) inverse[i, j] = i == j ? 1 : 0;
        for (int column = 0; column < size; column++)
        {
            int pivot = column;
            for (int i = column + 1; i < size; i++)
                if (Math.Abs(matrix[i, column]) > Math.Abs(matrix[pivot, column])) pivot = i;
            double scale = 1 / matrix[pivot, column];
            if (!double.IsFinite(scale)) return false;
            for (int j = 0; j < size; j++)
            {
                (matrix[column, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[column, j]);
                (inverse[column, j], inverse[pivot, j]) = (inverse[pivot, j], inverse[column, j]);
                matrix[column, j] *= scale;
                inverse[column, j] *= scale;
            }
            for (int i = 0; i < size; i++)
            {
                double factor = matrix[i, column];
                if (i == column || factor == 0) continue;
                for (int j = 0; j < size; j++)
                {
                    matrix[i, j] -= factor * matrix[column, j];
                    inverse[i, j] -= factor * inverse[column, j];
                }
            }
        }
        return true;
    }
}
