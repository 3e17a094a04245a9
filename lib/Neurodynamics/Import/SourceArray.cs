namespace Neurodynamics.Import;

/// <summary>One array of a file, whatever its layout and precision there.</summary>
public sealed class SourceArray
{
    private readonly Lazy<double[]> values;

    /// <summary>An array whose values are at hand.</summary>
    /// <inheritdoc cref="SourceArray(string, string, IReadOnlyList{int}, Func{double[]})"/>
    public SourceArray(string name, string type, IReadOnlyList<int> shape, double[] values)
        : this(name, type, shape, new Lazy<double[]>(values))
    {
    }

    /// <summary>An array whose values are read when they are first asked for.</summary>
    /// <param name="name">Its name in the file. Nested dictionaries and HDF5 groups are joined with "/".</param>
    /// <param name="type">NumPy's name of the precision in the file, such as "float32".</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its values in row-major order. <see cref="OpenFile.Later"/> makes one of a file.</param>
    public SourceArray(string name, string type, IReadOnlyList<int> shape, Func<double[]> values)
        : this(name, type, shape, new Lazy<double[]>(values))
    {
    }

    private SourceArray(string name, string type, IReadOnlyList<int> shape, Lazy<double[]> values) =>
        (Name, Type, Shape, this.values) = (name, type, shape, values);

    /// <summary>Its name in the file. Nested dictionaries and HDF5 groups are joined with "/".</summary>
    public string Name { get; }

    /// <summary>NumPy's name of the precision in the file, such as "float32".</summary>
    public string Type { get; }

    /// <summary>
    /// Its shape. A complex array has a last dimension of 2 (real, imaginary) more than in the file.
    /// </summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>
    /// Its values in row-major order. Every precision up to float64 is held exactly; so are integers up to 2^53.
    /// </summary>
    /// <exception cref="ImportException">They are damaged, or too many.</exception>
    public double[] Values => values.Value;

    /// <summary>Its name, precision and shape.</summary>
    public override string ToString() => $"{Name.Shown()}: {Type} {ShapeText}";

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

    /// <summary>How many values a shape has.</summary>
    /// <exception cref="InvalidDataException">It is no shape.</exception>
    internal static long Count(IEnumerable<int> shape) => shape.Aggregate(1L, (product, length) => length >= 0
        ? checked(product * length) : throw new InvalidDataException($"a shape has the length {length}"));

    /// <summary>The shape of an array as a file gives it.</summary>
    /// <exception cref="InvalidDataException">It is longer along an axis than an array can be.</exception>
    internal static int[] ShapeOf(string name, IEnumerable<long> lengths) =>
    [
        .. lengths.Select(length => length is >= 0 and <= int.MaxValue ? (int)length : throw new InvalidDataException(
            $"{name.Shown(30)} should have lengths of at most {int.MaxValue} and has {length}")),
    ];

    /// <summary>Such as "[300, 100]".</summary>
    internal string ShapeText => Text(Shape);

    internal static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]".Shown();

    internal bool IsFloating => Type is "float16" or "bfloat16" or "float32" or "float64";

    internal bool HasShape(params IEnumerable<int> shape) => Shape.SequenceEqual(shape);

    private void RequireDimensions(int count)
    {
        if (Shape.Count != count)
            throw new ImportException(
                $"{Name.Shown()} should have {count} dimensions, but its shape is {ShapeText}: "
                + "name another array, or reshape it before you save it.")
            {
                IsOfShape = true,
            };
    }
}
