namespace Neurodynamics.Enclosures;

/// <summary>
/// One quantity of every unit, such as the arguments of a gate: all values that it takes while some variables run
/// through their own enclosures, and all slopes with respect to them. A cell's step written in these gives its value
/// and its Jacobian over a box, rounded outwards throughout.
/// </summary>
public sealed class EnclosedVector
{
    private readonly Enclosure[] values;

    // The middle of the ball through which some of the variables themselves run, and its radius.
    private readonly (double[] Centre, double Radius)? ball;

    private EnclosedVector(
        Enclosure[] values, EnclosedMatrix? slopes, (double[] Centre, double Radius)? ball = null) =>
        (this.values, Slopes, this.ball) = (values, slopes, ball);

    /// <summary>All values, one enclosure per unit.</summary>
    public IReadOnlyList<Enclosure> Values => values;

    /// <summary>
    /// All slopes [units, variables]; null where nothing depends on the variables, or none were asked for.
    /// </summary>
    public EnclosedMatrix? Slopes { get; }

    /// <summary>How many units there are.</summary>
    public int Length => values.Length;

    /// <summary>How many units and slopes it has.</summary>
    public override string ToString() => $"Enclosed vector of {Length} units, "
        + (Slopes is null ? "without slopes" : $"slopes [{Slopes.RowCount}, {Slopes.ColumnCount}]");

    /// <summary>What does not depend on the variables, or is not to be differentiated.</summary>
    /// <param name="values">One enclosure per unit.</param>
    public static EnclosedVector Constant(params Enclosure[] values)
    {
        Demand.Given(values);
        return new([.. values], null);
    }

    /// <summary>The same of exact values.</summary>
    /// <param name="values">One value per unit.</param>
    public static EnclosedVector Constant(double[] values)
    {
        Demand.Given(values);
        return new(Array.ConvertAll(values, value => (Enclosure)value), null);
    }

    /// <summary>The variables themselves, with slope 1 each.</summary>
    /// <param name="values">One enclosure per variable.</param>
    public static EnclosedVector Variables(params Enclosure[] values)
    {
        Demand.Given(values);
        return new([.. values], EnclosedMatrix.Identity(values.Length));
    }

    /// <summary>
    /// The same of variables that run through a ball. A matrix takes it to less than it takes the box around it.
    /// </summary>
    /// <param name="centre">One value per variable.</param>
    /// <param name="radius">Euclidean.</param>
    internal static EnclosedVector Ball(double[] centre, double radius) => new(
        Array.ConvertAll(centre, value => Enclosure.Around(value, radius)), EnclosedMatrix.Identity(centre.Length),
        (centre, radius));

    /// <summary>Every x + y, unit by unit.</summary>
    public static EnclosedVector operator +(EnclosedVector x, EnclosedVector y)
    {
        Fit(x, y);
        return new(Each(x, y, (a, b) => a + b), Sum(x.Slopes, y.Slopes));
    }

    /// <summary>Every x - y, unit by unit.</summary>
    public static EnclosedVector operator -(EnclosedVector x, EnclosedVector y) => x + -y;

    /// <summary>Every -x.</summary>
    public static EnclosedVector operator -(EnclosedVector x)
    {
        Demand.Given(x);
        return x.Map(value => (-value, -1));
    }

    /// <summary>Every c - x with the same number c for all units.</summary>
    public static EnclosedVector operator -(double c, EnclosedVector x)
    {
        Demand.Given(x);
        return x.Map(value => (c - value, -1));
    }

    /// <summary>Every c + x with the same number c for all units.</summary>
    public static EnclosedVector operator +(double c, EnclosedVector x)
    {
        Demand.Given(x);
        return x.Map(value => (c + value, 1));
    }

    /// <summary>Every x y, unit by unit.</summary>
    public static EnclosedVector operator *(EnclosedVector x, EnclosedVector y)
    {
        Fit(x, y);
        return new(Each(x, y, (a, b) => a * b), Sum(x.Slopes?.Scaled(y.values), y.Slopes?.Scaled(x.values)));
    }

    /// <summary>Every W x.</summary>
    /// <exception cref="ArgumentException">W has not as many columns as x has units.</exception>
    public static EnclosedVector operator *(EnclosedMatrix weights, EnclosedVector x)
    {
        Demand.Given((weights, x));
        if (weights.ColumnCount != x.Length)
            throw new ArgumentException($"A matrix of {weights.ColumnCount} columns was multiplied with a vector of "
                + $"{x.Length} units: give one column per unit.", nameof(x));
        var values = x.ball is var (centre, radius) ? weights.Times(centre, radius) : weights.Times(x.values);
        return new(values, x.Slopes is null ? null : weights.Times(x.Slopes));
    }

    /// <summary>tanh of every unit.</summary>
    public EnclosedVector Tanh() => Map(x => (Enclosure.Tanh(x), Enclosure.TanhSlope(x)));

    /// <summary>1 / (1 + e^-x) of every unit.</summary>
    public EnclosedVector Logistic() => Map(x => (Enclosure.Logistic(x), Enclosure.LogisticSlope(x)));

    /// <summary>e^x of every unit.</summary>
    public EnclosedVector Exp() => Map(x => (Enclosure.Exp(x), Enclosure.Exp(x)));

    /// <summary>A function of every unit by itself.</summary>
    /// <param name="function">From all values of a unit to all values of the function there, and of its slope.</param>
    public EnclosedVector Map(Func<Enclosure, (Enclosure Value, Enclosure Slope)> function)
    {
        Demand.Given(function);
        var (results, slopes) = (new Enclosure[values.Length], new Enclosure[values.Length]);
        for (int i = 0; i < values.Length; i++) (results[i], slopes[i]) = function(values[i]);
        return new(results, Slopes?.Scaled(slopes));
    }

    /// <summary>Some of the units.</summary>
    /// <param name="first">The first of them, from 0.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many.</exception>
    public EnclosedVector Part(int first, int count)
    {
        Demand.Index(first, Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - first);
        return new(values[first..(first + count)], Slopes?.Rows(first, count),
            ball is var (centre, radius) ? (centre[first..(first + count)], radius) : null);
    }

    /// <summary>The units of one after those of another.</summary>
    /// <param name="parts">Vectors of the same variables.</param>
    public static EnclosedVector Join(params IReadOnlyList<EnclosedVector> parts)
    {
        Demand.Given(parts);
        int? variables = parts.Select(part => part.Slopes?.ColumnCount).Max();
        return new([.. parts.SelectMany(part => part.values)], variables is not { } count ? null
            : EnclosedMatrix.Stack([.. parts.Select(
                part => part.Slopes ?? new EnclosedMatrix(new double[part.Length, count]))]));
    }

    private static EnclosedMatrix? Sum(EnclosedMatrix? one, EnclosedMatrix? other) =>
        one is null ? other : other is null ? one : one.Plus(other);

    private static Enclosure[] Each(
        EnclosedVector x, EnclosedVector y, Func<Enclosure, Enclosure, Enclosure> operation)
    {
        var results = new Enclosure[x.Length];
        for (int i = 0; i < results.Length; i++) results[i] = operation(x.values[i], y.values[i]);
        return results;
    }

    private static void Fit(EnclosedVector x, EnclosedVector y)
    {
        Demand.Given((x, y));
        if (x.Length != y.Length)
            throw new ArgumentException(
                $"A vector of {x.Length} units and one of {y.Length} were combined unit by unit.", nameof(y));
        if (x.Slopes is { } a && y.Slopes is { } b && a.ColumnCount != b.ColumnCount)
            throw new ArgumentException($"A vector depends on {a.ColumnCount} variables and another on "
                + $"{b.ColumnCount}: they are not the same variables.", nameof(y));
    }
}
