using System.Numerics;

namespace Neurodynamics.Enclosures;

/// <summary>
/// All matrices whose entries lie within a radius of a middle. Products and sums contain every one of their operands'
/// members, whatever was rounded on the way: a sum of j products in float64 is off by at most j u / (1 - j u) times the
/// sum of their moduli, in whatever order (u = 2^-53).
/// </summary>
public sealed class EnclosedMatrix
{
    private const double Unit = 1.0 / (1L << 53);

    // A few roundings of a radius, and what can be lost where numbers are not normal.
    private const double Upwards = 1 + 16 * Unit, Tiny = 1e-315;

    // The column of the first row's 1, where these are rows of an identity.
    private readonly int? ones;

    private EnclosedMatrix(int rows, int columns, double[] middles, double[]? radii, int? ones = null)
    {
        (RowCount, ColumnCount, Middles, Radii) = (rows, columns, middles, radii);
        this.ones = ones;
    }

    /// <summary>Exactly these values.</summary>
    /// <param name="values">[rows, columns].</param>
    public EnclosedMatrix(double[,] values)
    {
        Demand.Given(values);
        (RowCount, ColumnCount) = (values.GetLength(0), values.GetLength(1));
        Middles = new double[values.Length];
        Buffer.BlockCopy(values, 0, Middles, 0, values.Length * sizeof(double));
    }

    /// <summary>How many rows there are.</summary>
    public int RowCount { get; }

    /// <summary>How many columns there are.</summary>
    public int ColumnCount { get; }

    /// <summary>The middles, row by row.</summary>
    internal double[] Middles { get; }

    /// <summary>The radii, row by row; null where all are 0.</summary>
    internal double[]? Radii { get; }

    /// <summary>All values of an entry.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public Enclosure this[int row, int column]
    {
        get
        {
            Demand.Index(row, RowCount);
            Demand.Index(column, ColumnCount);
            int at = row * ColumnCount + column;
            return Radii is null ? Middles[at] : Enclosure.Around(Middles[at], Radii[at]);
        }
    }

    /// <summary>
    /// All real numbers that a float32 stands for, if it came about by rounding to nearest: up to half way to its
    /// neighbours.
    /// </summary>
    /// <param name="values">[rows, columns]; each is taken as a float32 is nearest to it.</param>
    public static EnclosedMatrix OfFloat32(double[,] values)
    {
        var exact = new EnclosedMatrix(values);
        return new(exact.RowCount, exact.ColumnCount, exact.Middles, Array.ConvertAll(exact.Middles, HalfGap));
    }

    /// <summary>The same of a single value.</summary>
    internal static Enclosure OfFloat32(double value) => Enclosure.Around(value, HalfGap(value));

    /// <summary>Ones on the diagonal, zeros elsewhere.</summary>
    internal static EnclosedMatrix Identity(int size)
    {
        double[] middles = new double[size * size];
        for (int i = 0; i < size; i++) middles[i * size + i] = 1;
        return new(size, size, middles, null, ones: 0);
    }

    /// <summary>Some of the rows.</summary>
    internal EnclosedMatrix Rows(int first, int count) => new(count, ColumnCount,
        Middles[(first * ColumnCount)..((first + count) * ColumnCount)],
        Radii?[(first * ColumnCount)..((first + count) * ColumnCount)], ones + first);

    /// <summary>Rows below each other.</summary>
    internal static EnclosedMatrix Stack(IReadOnlyList<EnclosedMatrix> parts) => new(
        parts.Sum(part => part.RowCount), parts[0].ColumnCount, [.. parts.SelectMany(part => part.Middles)],
        parts.All(part => part.Radii is null) ? null
            : [.. parts.SelectMany(part => part.Radii ?? new double[part.Middles.Length])]);

    /// <summary>Every A + B.</summary>
    internal EnclosedMatrix Plus(EnclosedMatrix other)
    {
        double[] middles = new double[Middles.Length], radii = new double[Middles.Length];
        for (int i = 0; i < middles.Length; i++)
        {
            middles[i] = Middles[i] + other.Middles[i];
            double radius = (Radii?[i] ?? 0) + (other.Radii?[i] ?? 0);
            radii[i] = (radius + Unit * Math.Abs(middles[i])) * Upwards + Tiny;
        }
        return new(RowCount, ColumnCount, middles, radii);
    }

    /// <summary>Every diag(s) A.</summary>
    internal EnclosedMatrix Scaled(ReadOnlySpan<Enclosure> scales)
    {
        double[] middles = new double[Middles.Length], radii = new double[Middles.Length];
        for (int row = 0, at = 0; row < RowCount; row++)
        {
            double scale = scales[row].Middle, spread = scales[row].Radius, size = Math.Abs(scale);
            for (int column = 0; column < ColumnCount; column++, at++)
            {
                double middle = Middles[at], radius = Radii?[at] ?? 0;
                middles[at] = scale * middle;
                radii[at] = (size * radius + spread * (Math.Abs(middle) + radius) + Unit * Math.Abs(middles[at]))
                    * Upwards + Tiny;
            }
        }
        return new(RowCount, ColumnCount, middles, radii);
    }

    /// <summary>Every A x.</summary>
    /// <param name="x">As many values as there are columns.</param>
    internal Enclosure[] Times(ReadOnlySpan<Enclosure> x)
    {
        double[] middles = new double[ColumnCount], radii = new double[ColumnCount];
        for (int j = 0; j < ColumnCount; j++) (middles[j], radii[j]) = (x[j].Middle, x[j].Radius);
        var products = new Enclosure[RowCount];
        double rounding = (ColumnCount + 16) * Unit;
        for (int row = 0; row < RowCount; row++)
        {
            var weights = Middles.AsSpan(row * ColumnCount, ColumnCount);
            var spreads = Radii is null ? default : Radii.AsSpan(row * ColumnCount, ColumnCount);
            double sum = 0, moduli = 0, radius = 0;
            for (int j = 0; j < weights.Length; j++)
            {
                double weight = weights[j], size = Math.Abs(weight);
                sum += weight * middles[j];
                moduli += size * Math.Abs(middles[j]);
                radius += size * radii[j];
                if (!spreads.IsEmpty) radius += spreads[j] * (Math.Abs(middles[j]) + radii[j]);
            }
            products[row] = Enclosure.Around(
                sum, (radius * (1 + 2 * rounding) + 1.01 * rounding * moduli) * Upwards + Tiny);
        }
        return products;
    }

    /// <summary>Every A B.</summary>
    internal EnclosedMatrix Times(EnclosedMatrix other)
    {
        if (other.ones is { } place) return Beside(place, other.ColumnCount);
        int rows = RowCount, columns = other.ColumnCount, inner = ColumnCount;
        double[] middles = new double[rows * columns], moduli = new double[rows * columns],
            radii = new double[rows * columns];
        for (int i = 0; i < rows; i++)
            for (int k = 0; k < inner; k++)
            {
                double weight = Middles[i * inner + k], size = Math.Abs(weight), spread = Radii?[i * inner + k] ?? 0;
                if (weight == 0 && spread == 0) continue;
                Add(weight, other.Middles.AsSpan(k * columns, columns), middles.AsSpan(i * columns, columns));
                AddModuli(size, other.Middles.AsSpan(k * columns, columns), moduli.AsSpan(i * columns, columns));
                if (spread > 0)
                    AddModuli(spread, other.Middles.AsSpan(k * columns, columns), radii.AsSpan(i * columns, columns));
                if (other.Radii is not null)
                    Add(size + spread, other.Radii.AsSpan(k * columns, columns), radii.AsSpan(i * columns, columns));
            }
        double rounding = (inner + 16) * Unit;
        for (int i = 0; i < radii.Length; i++)
            radii[i] = (radii[i] * (1 + 2 * rounding) + 1.01 * rounding * moduli[i]) * Upwards + Tiny;
        return new(rows, columns, middles, radii);

        static void Add(double factor, ReadOnlySpan<double> from, Span<double> to)
        {
            int width = Vector<double>.Count, j = 0;
            for (; j <= to.Length - width; j += width)
                (new Vector<double>(to[j..]) + new Vector<double>(from[j..]) * factor).CopyTo(to[j..]);
            for (; j < to.Length; j++) to[j] += factor * from[j];
        }

        static void AddModuli(double factor, ReadOnlySpan<double> from, Span<double> to)
        {
            int width = Vector<double>.Count, j = 0;
            for (; j <= to.Length - width; j += width)
                (new Vector<double>(to[j..]) + Vector.Abs(new Vector<double>(from[j..])) * factor).CopyTo(to[j..]);
            for (; j < to.Length; j++) to[j] += factor * Math.Abs(from[j]);
        }
    }

    /// <summary>Every s A', rows and columns exchanged.</summary>
    internal EnclosedMatrix Turned(Enclosure scale)
    {
        double[] middles = new double[Middles.Length], radii = new double[Middles.Length];
        for (int i = 0; i < RowCount; i++)
            for (int j = 0; j < ColumnCount; j++)
            {
                var entry = this[i, j] * scale;
                (middles[j * RowCount + i], radii[j * RowCount + i]) = (entry.Middle, entry.Radius);
            }
        return new(ColumnCount, RowCount, middles, radii);
    }

    /// <summary>The same columns, from one on, of a wider matrix of zeros.</summary>
    private EnclosedMatrix Beside(int first, int columns)
    {
        if (first == 0 && columns == ColumnCount) return this;
        return new(RowCount, columns, Wide(Middles), Radii is null ? null : Wide(Radii));

        double[] Wide(double[] values)
        {
            double[] wide = new double[RowCount * columns];
            for (int i = 0; i < RowCount; i++)
                values.AsSpan(i * ColumnCount, ColumnCount).CopyTo(wide.AsSpan(i * columns + first));
            return wide;
        }
    }

    private static double HalfGap(double value)
    {
        float near = (float)Math.Abs(value);
        // The gap above is at least as wide as that below; what the float64 is off by is added.
        return Enclosure.Up(((double)MathF.BitIncrement(near) - near) / 2 + Math.Abs(Math.Abs(value) - near));
    }
}
