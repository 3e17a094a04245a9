using System.Numerics;

namespace Neurodynamics.Enclosures;

/// <summary>
/// All matrices whose entries lie within a radius of a middle. Products and sums contain every one of their operands'
/// members, whatever was rounded on the way: a sum of j products in float64 is off by at most j u / (1 - j u) times the
/// sum of their moduli, in whatever order (u = 2^-53).
/// </summary>
public sealed class EnclosedMatrix
{
    private const double Unit = Float64.UnitRoundoff;

    // A few roundings of a radius, and what can be lost where numbers are not normal.
    private const double Upwards = 1 + 16 * Unit, Tiny = 1e-315;

    // The column of the first row's entry, where these are rows of a diagonal matrix: then only the diagonal is kept.
    private readonly int? place;
    private readonly double[] ownMiddles;
    private readonly double[]? radii;
    private readonly Lease? lease;
    private double[]? rowLengths;

    private EnclosedMatrix(
        int rows, int columns, double[] middles, double[]? radii, int? place = null, Lease? lease = null)
    {
        (RowCount, ColumnCount, ownMiddles, this.radii) = (rows, columns, middles, radii);
        (this.place, this.lease) = (place, lease);
    }

    /// <summary>Its shape.</summary>
    public override string ToString() => $"Enclosed matrix [{RowCount}, {ColumnCount}]";

    /// <summary>Exactly these values.</summary>
    /// <param name="values">[rows, columns].</param>
    public EnclosedMatrix(double[,] values)
    {
        Demand.Given(values);
        (RowCount, ColumnCount) = (values.GetLength(0), values.GetLength(1));
        ownMiddles = new double[values.Length];
        Buffer.BlockCopy(values, 0, ownMiddles, 0, values.Length * sizeof(double));
    }

    /// <summary>Exactly these values, row by row.</summary>
    internal static EnclosedMatrix Of(int rows, int columns, double[] values) => new(rows, columns, values, null);

    /// <summary>How many rows there are.</summary>
    public int RowCount { get; }

    /// <summary>How many columns there are.</summary>
    public int ColumnCount { get; }

    /// <summary>What is kept of the middles.</summary>
    private double[] Kept => lease is { IsOver: true } ? throw new InvalidOperationException(
        "The slopes of a step over enclosures are used after it: compute them anew in every step.") : ownMiddles;

    /// <summary>The middles, row by row.</summary>
    internal double[] Middles => Full(Kept);

    /// <summary>The radii, row by row; null where all are 0.</summary>
    internal double[]? Radii => radii is null ? null : Full(radii);

    /// <summary>All values of an entry.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public Enclosure this[int row, int column]
    {
        get
        {
            Demand.Index(row, RowCount);
            Demand.Index(column, ColumnCount);
            if (place is { } first && column != first + row) return 0;
            int at = place is null ? row * ColumnCount + column : row;
            return radii is null ? Kept[at] : Enclosure.Around(Kept[at], radii[at]);
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
        return new(exact.RowCount, exact.ColumnCount, exact.Kept, Array.ConvertAll(exact.Kept, HalfGap));
    }

    /// <summary>The same of a single value.</summary>
    internal static Enclosure OfFloat32(double value) => Enclosure.Around(value, HalfGap(value));

    /// <summary>Ones on the diagonal, zeros elsewhere.</summary>
    internal static EnclosedMatrix Identity(int size) => new(size, size, [.. Enumerable.Repeat(1.0, size)], null, 0);

    /// <summary>Some of the rows.</summary>
    internal EnclosedMatrix Rows(int first, int count)
    {
        int width = place is null ? ColumnCount : 1;
        var range = (first * width)..((first + count) * width);
        return new(count, ColumnCount, Kept[range], radii?[range], place + first);
    }

    /// <summary>Rows below each other.</summary>
    internal static EnclosedMatrix Stack(IReadOnlyList<EnclosedMatrix> parts)
    {
        int rows = parts.Sum(part => part.RowCount), columns = parts[0].ColumnCount, row = 0;
        double[] middles = Lease.Zeros(rows * columns);
        double[]? radii = parts.All(part => part.radii is null) ? null : Lease.Zeros(rows * columns);
        foreach (var part in parts)
        {
            part.Into(part.Kept, middles.AsSpan(row * columns));
            if (part.radii is not null) part.Into(part.radii, radii.AsSpan(row * columns));
            row += part.RowCount;
        }
        return new(rows, columns, middles, radii, null, Lease.Current);
    }

    /// <summary>Every A + B.</summary>
    internal EnclosedMatrix Plus(EnclosedMatrix other)
    {
        if (place is not null && other.place is null) return other.Plus(this);
        if (other.place is { } first && place != first) return Widened().PlusDiagonal(other, first);
        double[] sums = Lease.Unset(Kept.Length), spreads = Lease.Unset(Kept.Length);
        ReadOnlySpan<double> a = Kept, b = other.Kept, p = radii, q = other.radii;
        int width = Vector<double>.Count, i = 0;
        for (; i <= sums.Length - width; i += width)
        {
            var middle = At(a, i) + At(b, i);
            var radius = At(p, i) + At(q, i) + Vector.Abs(middle) * Unit;
            middle.CopyTo(sums, i);
            (radius * Upwards + new Vector<double>(Tiny)).CopyTo(spreads, i);
        }
        for (; i < sums.Length; i++)
            (sums[i], spreads[i]) = Sum(a[i], p.IsEmpty ? 0 : p[i], b[i], q.IsEmpty ? 0 : q[i]);
        return new(RowCount, ColumnCount, sums, spreads, place, Lease.Current);
    }

    private EnclosedMatrix PlusDiagonal(EnclosedMatrix other, int first)
    {
        double[] sums = Lease.Unset(Kept.Length), spreads = Lease.Zeros(Kept.Length);
        Kept.CopyTo(sums, 0);
        radii?.CopyTo(spreads, 0);
        for (int row = 0; row < RowCount; row++)
        {
            int at = row * ColumnCount + first + row;
            (sums[at], spreads[at]) = Sum(sums[at], spreads[at], other.Kept[row], other.radii?[row] ?? 0);
        }
        return new(RowCount, ColumnCount, sums, spreads, null, Lease.Current);
    }

    private static (double Middle, double Radius) Sum(double a, double p, double b, double q) =>
        (a + b, (p + q + Unit * Math.Abs(a + b)) * Upwards + Tiny);

    /// <summary>Every diag(s) A.</summary>
    internal EnclosedMatrix Scaled(ReadOnlySpan<Enclosure> scales)
    {
        double[] products = Lease.Unset(Kept.Length), spreads = Lease.Unset(Kept.Length);
        int columns = place is null ? ColumnCount : 1;
        for (int row = 0; row < RowCount; row++)
            Scale(scales[row].Middle, scales[row].Radius, row * columns, columns, products, spreads, row * columns);
        return new(RowCount, ColumnCount, products, spreads, place, Lease.Current);
    }

    /// <summary>Some entries in a row times a factor.</summary>
    private void Scale(double factor, double around, int from, int count, double[] products, double[] spreads, int to)
    {
        ReadOnlySpan<double> own = Kept.AsSpan(from, count),
            reach = radii is null ? default : radii.AsSpan(from, count);
        Span<double> middle = products.AsSpan(to, count), radius = spreads.AsSpan(to, count);
        double size = Math.Abs(factor);
        int width = Vector<double>.Count, j = 0;
        for (; j <= count - width; j += width)
        {
            Vector<double> entry = At(own, j), spread = At(reach, j), product = entry * factor;
            product.CopyTo(middle[j..]);
            spread = spread * size + (Vector.Abs(entry) + spread) * around + Vector.Abs(product) * Unit;
            (spread * Upwards + new Vector<double>(Tiny)).CopyTo(radius[j..]);
        }
        for (; j < count; j++)
            (middle[j], radius[j]) = Product(own[j], reach.IsEmpty ? 0 : reach[j], factor, around);
    }

    private static (double Middle, double Radius) Product(double a, double p, double b, double q) => (a * b,
        (Math.Abs(b) * p + q * (Math.Abs(a) + p) + Unit * Math.Abs(a * b)) * Upwards + Tiny);

    /// <summary>Some entries in a row; zeros of what is not there.</summary>
    private static Vector<double> At(ReadOnlySpan<double> values, int place) =>
        values.IsEmpty ? default : new(values[place..]);

    /// <summary>
    /// The largest |A| x at least, for any A and an x that is not negative; infinite where that is not known.
    /// </summary>
    internal double[] ModuliTimes(ReadOnlySpan<double> x)
    {
        double[] sums = new double[RowCount], all = Middles;
        double[]? spreads = Radii;
        for (int row = 0; row < RowCount; row++)
        {
            int first = row * ColumnCount;
            sums[row] = Outwards(SumOf(all, first, x) + (spreads is null ? 0 : SumOf(spreads, first, x)));
        }
        return sums;

        static double SumOf(double[] values, int first, ReadOnlySpan<double> x)
        {
            int width = Vector<double>.Count, j = 0;
            var sums = Vector<double>.Zero;
            for (; j <= x.Length - width; j += width)
                sums += Vector.Abs(new Vector<double>(values, first + j)) * new Vector<double>(x[j..]);
            double sum = Vector.Sum(sums);
            for (; j < x.Length; j++) sum += Math.Abs(values[first + j]) * x[j];
            return sum;
        }
    }

    /// <summary>The largest sum of moduli of each row of A - B at least, for any A and B.</summary>
    internal double[] RowsApart(EnclosedMatrix other)
    {
        double[] sums = new double[RowCount];
        ReadOnlySpan<double> a = Middles, b = other.Middles, p = Radii, q = other.Radii;
        int width = Vector<double>.Count;
        for (int row = 0, at = 0; row < RowCount; row++)
        {
            int end = at + ColumnCount;
            var parts = Vector<double>.Zero;
            for (; at <= end - width; at += width)
                parts += Vector.Abs(At(a, at) - At(b, at)) + At(p, at) + At(q, at);
            double sum = Vector.Sum(parts);
            for (; at < end; at++)
                sum += Math.Abs(a[at] - b[at]) + (p.IsEmpty ? 0 : p[at]) + (q.IsEmpty ? 0 : q[at]);
            sums[row] = Outwards(sum);
        }
        return sums;
    }

    /// <summary>
    /// What a sum of as many products as there are columns, none of them negative, is at most.
    /// </summary>
    private double Outwards(double sum) =>
        double.IsNaN(sum) ? double.PositiveInfinity : sum * (1 + 3 * (ColumnCount + 16) * Unit) + Tiny;

    /// <summary>
    /// Every A x with x in a ball: row by row |a (x - c)| is at most the length of the row times the radius.
    /// </summary>
    /// <param name="centre">c, exactly; as many values as there are columns.</param>
    /// <param name="radius">Euclidean.</param>
    internal Enclosure[] Times(ReadOnlySpan<double> centre, double radius)
    {
        var x = new Enclosure[centre.Length];
        for (int j = 0; j < x.Length; j++) x[j] = centre[j];
        var products = Times(x);
        double[] lengths = rowLengths ??= Lengths();
        for (int row = 0; row < RowCount; row++)
            products[row] += new Enclosure(-1, 1) * ((Enclosure)radius * lengths[row]);
        return products;
    }

    /// <summary>The largest length of each row at least.</summary>
    private double[] Lengths()
    {
        double[] lengths = new double[RowCount], all = Middles;
        double[]? spreads = Radii;
        for (int row = 0, at = 0; row < RowCount; row++)
        {
            double sum = 0;
            for (int column = 0; column < ColumnCount; column++, at++)
            {
                double size = Math.Abs(all[at]) + (spreads?[at] ?? 0);
                sum += size * size;
            }
            // What is lost where squares are not normal is less than the last summand.
            lengths[row] = Math.Sqrt(Outwards(sum)) * Upwards + 1e-150;
        }
        return lengths;
    }

    /// <summary>Every A x.</summary>
    /// <param name="x">As many values as there are columns.</param>
    internal Enclosure[] Times(ReadOnlySpan<Enclosure> x)
    {
        double[] values = new double[ColumnCount], reaches = new double[ColumnCount];
        for (int j = 0; j < ColumnCount; j++) (values[j], reaches[j]) = (x[j].Middle, x[j].Radius);
        var products = new Enclosure[RowCount];
        double rounding = (ColumnCount + 16) * Unit;
        ReadOnlySpan<double> weights = Middles, spreads = Radii, by = values, around = reaches;
        int width = Vector<double>.Count;
        for (int row = 0; row < RowCount; row++)
        {
            int first = row * ColumnCount, j = 0;
            Vector<double> sums = default, sizes = default, reach = default;
            for (; j <= ColumnCount - width; j += width)
            {
                Vector<double> weight = At(weights, first + j), middle = At(by, j), radius = At(around, j);
                var size = Vector.Abs(weight);
                sums += weight * middle;
                sizes += size * Vector.Abs(middle);
                reach += size * radius;
                if (!spreads.IsEmpty) reach += At(spreads, first + j) * (Vector.Abs(middle) + radius);
            }
            double sum = Vector.Sum(sums), moduli = Vector.Sum(sizes), most = Vector.Sum(reach);
            for (; j < ColumnCount; j++)
            {
                double weight = weights[first + j], size = Math.Abs(weight);
                sum += weight * values[j];
                moduli += size * Math.Abs(values[j]);
                most += size * reaches[j];
                if (!spreads.IsEmpty) most += spreads[first + j] * (Math.Abs(values[j]) + reaches[j]);
            }
            products[row] = Enclosure.Around(
                sum, (most * (1 + 2 * rounding) + 1.01 * rounding * moduli) * Upwards + Tiny);
        }
        return products;
    }

    /// <summary>Every A B.</summary>
    internal EnclosedMatrix Times(EnclosedMatrix other)
    {
        if (other.place is { } first) return TimesDiagonal(other, first);
        if (place is { } from) return other.Rows(from, RowCount).Scaled(Diagonal());
        int rows = RowCount, columns = other.ColumnCount, inner = ColumnCount;
        double[] products = Lease.Zeros(rows * columns), spreads = Lease.Zeros(rows * columns),
            moduli = Lease.Unset(inner * columns), reaches = Lease.Unset(inner * columns);
        // |a| (r + j u |b|) + p (|b| + r) of every product: what radii bring, and what is rounded.
        double rounding = (inner + 16) * Unit;
        double[] own = Kept, its = other.Kept;
        for (int i = 0; i < moduli.Length; i++)
        {
            double radius = other.radii?[i] ?? 0, size = Math.Abs(its[i]);
            (moduli[i], reaches[i]) = (size + radius, radius + 1.01 * rounding * size);
        }
        double[] sizes = Lease.Unset(own.Length);
        for (int i = 0; i < sizes.Length; i++) sizes[i] = Math.Abs(own[i]);
        for (int i = 0; i < rows; i++)
        {
            var spread = spreads.AsSpan(i * columns, columns);
            AddProducts(own.AsSpan(i * inner, inner), its, products.AsSpan(i * columns, columns));
            AddProducts(sizes.AsSpan(i * inner, inner), reaches, spread);
            if (radii is not null) AddProducts(radii.AsSpan(i * inner, inner), moduli, spread);
        }
        for (int i = 0; i < spreads.Length; i++) spreads[i] = spreads[i] * (1 + 4 * rounding) * Upwards + Tiny;
        return new(rows, columns, products, spreads, null, Lease.Current);

        // A row times a matrix, four of its rows at a time.
        static void AddProducts(ReadOnlySpan<double> factors, ReadOnlySpan<double> matrix, Span<double> to)
        {
            int columns = to.Length, width = Vector<double>.Count, k = 0;
            for (; k <= factors.Length - 4; k += 4)
            {
                double a = factors[k], b = factors[k + 1], c = factors[k + 2], d = factors[k + 3];
                if (a == 0 && b == 0 && c == 0 && d == 0) continue;
                ReadOnlySpan<double> p = matrix.Slice(k * columns, columns),
                    q = matrix.Slice((k + 1) * columns, columns),
                    r = matrix.Slice((k + 2) * columns, columns), s = matrix.Slice((k + 3) * columns, columns);
                int j = 0;
                for (; j <= columns - width; j += width)
                    Plus(At(s, j), d, Plus(At(r, j), c, Plus(At(q, j), b, Plus(At(p, j), a, At(to, j)))))
                        .CopyTo(to[j..]);
                for (; j < columns; j++) to[j] += p[j] * a + q[j] * b + (r[j] * c + s[j] * d);
            }
            for (; k < factors.Length; k++)
                for (int j = 0; j < columns; j++) to[j] += factors[k] * matrix[k * columns + j];

            static Vector<double> Plus(Vector<double> values, double factor, Vector<double> to) =>
                Vector.FusedMultiplyAdd(values, new(factor), to);
        }
    }

    /// <summary>Every A D, where D are rows of a diagonal matrix: the columns of A, scaled, among zeros.</summary>
    private EnclosedMatrix TimesDiagonal(EnclosedMatrix diagonal, int first)
    {
        int columns = diagonal.ColumnCount;
        if (place is { } own)
            return new EnclosedMatrix(RowCount, columns, diagonal.Kept[own..(own + RowCount)],
                diagonal.radii?[own..(own + RowCount)], own + first).Scaled(Diagonal());
        bool isIdentity = diagonal.radii is null && diagonal.Kept.AsSpan().IndexOfAnyExcept(1.0) < 0;
        if (isIdentity && columns == ColumnCount) return this;
        bool isWhole = columns == ColumnCount;
        double[] products = isWhole ? Lease.Unset(RowCount * columns) : Lease.Zeros(RowCount * columns);
        double[]? spreads = isIdentity && radii is null ? null
            : isWhole ? Lease.Unset(RowCount * columns) : Lease.Zeros(RowCount * columns);
        ReadOnlySpan<double> by = diagonal.Kept, around = diagonal.radii;
        int width = Vector<double>.Count;
        for (int row = 0; row < RowCount; row++)
        {
            var from = Kept.AsSpan(row * ColumnCount, ColumnCount);
            var reach = radii is null ? default : radii.AsSpan(row * ColumnCount, ColumnCount);
            var to = products.AsSpan(row * columns + first, ColumnCount);
            if (isIdentity)
            {
                from.CopyTo(to);
                if (spreads is not null) reach.CopyTo(spreads.AsSpan(row * columns + first));
                continue;
            }
            var spread = spreads.AsSpan(row * columns + first, ColumnCount);
            int j = 0;
            for (; j <= ColumnCount - width; j += width)
            {
                Vector<double> entry = At(from, j), radius = At(reach, j), factor = At(by, j), product = entry * factor;
                product.CopyTo(to[j..]);
                radius = radius * Vector.Abs(factor) + (Vector.Abs(entry) + radius) * At(around, j)
                    + Vector.Abs(product) * Unit;
                (radius * Upwards + new Vector<double>(Tiny)).CopyTo(spread[j..]);
            }
            for (; j < ColumnCount; j++)
                (to[j], spread[j]) = Product(
                    from[j], reach.IsEmpty ? 0 : reach[j], by[j], around.IsEmpty ? 0 : around[j]);
        }
        return new(RowCount, columns, products, spreads, null, Lease.Current);
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

    /// <summary>The entries that are kept of a diagonal matrix.</summary>
    private Enclosure[] Diagonal() =>
        [.. Kept.Select((middle, i) => radii is null ? middle : Enclosure.Around(middle, radii[i]))];

    /// <summary>The same with every entry kept.</summary>
    private EnclosedMatrix Widened() => place is null ? this : new(RowCount, ColumnCount, Middles, Radii);

    private double[] Full(double[] kept)
    {
        if (place is null) return kept;
        double[] all = new double[RowCount * ColumnCount];
        Into(kept, all);
        return all;
    }

    /// <summary>Puts what is kept where it belongs, among zeros that are there already.</summary>
    private void Into(double[] kept, Span<double> all)
    {
        if (place is not { } first) kept.CopyTo(all);
        else
            for (int row = 0; row < RowCount; row++) all[row * ColumnCount + first + row] = kept[row];
    }

    private static double HalfGap(double value)
    {
        float near = (float)Math.Abs(value);
        // The gap above is at least as wide as that below; what the float64 is off by is added.
        return Enclosure.Up(((double)MathF.BitIncrement(near) - near) / 2 + Math.Abs(Math.Abs(value) - near));
    }
}
