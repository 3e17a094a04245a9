using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>How much of a value's variance a quantity explains: what does a state stand for?</summary>
/// <param name="Quantity">The quantity, in words.</param>
/// <param name="Explained">R^2 of the best fit, in [0, 1]; NaN where the value never changes.</param>
public sealed record Correlate(string Quantity, double Explained) : Described
{
    /// <summary>
    /// Compares quantities that an integrator's state could stand for: the sum, a saturating function of it, the
    /// sureness of an ideal observer; and, as what can be had at most, any function of the sum alone, and any function
    /// of sum and step together (as means in cells of equal numbers of moments).
    /// </summary>
    /// <param name="evidence">The moments.</param>
    /// <param name="value">
    /// What is to be explained, M values, such as the coordinate along a principal component, or the readout.
    /// </param>
    /// <param name="cells">Cells of the sum; default 40.</param>
    /// <param name="times">Cells of the step; default 5.</param>
    /// <exception cref="ArgumentException">There are not as many values as moments.</exception>
    public static IReadOnlyList<Correlate> Compare(Evidence evidence, double[] value, int cells = 40, int times = 5)
    {
        Demand.Given((evidence, value));
        if (value.Length != evidence.Sum.Length) throw new ArgumentException(
            $"There are {evidence.Sum.Length} moments, but {value.Length} values.", nameof(value));
        var (scale, saturating) = Saturating(value, evidence.Sum);
        int[] ofSum = Cells(evidence.Sum, cells);
        int[] ofStep = Cells([.. evidence.Step.Select(step => (double)step)], times);
        // Within each time, cells of its own sums, so that every cell is filled.
        int[] both = new int[value.Length];
        foreach (var group in Enumerable.Range(0, value.Length).GroupBy(i => ofStep[i]))
        {
            int[] members = [.. group];
            int[] inner = Cells([.. members.Select(i => evidence.Sum[i])], cells);
            for (int k = 0; k < members.Length; k++) both[members[k]] = group.Key * cells + inner[k];
        }
        return
        [
            new("the sum", Linear(value, evidence.Sum)),
            new(FormattableString.Invariant($"tanh(sum / {scale:0.#})"), saturating),
            new("sureness: P(final sum > 0)", Linear(value, evidence.Sureness())),
            new("any function of the sum", ByMeans(value, ofSum)),
            new("any function of sum and step", ByMeans(value, both)),
        ];
    }

    /// <summary>
    /// How well a linear decoder of the whole state tells a quantity: R^2 on the second half of the moments of a
    /// least-squares fit to the first half, at most 1, and below 0 where it is worse than the mean.
    /// </summary>
    /// <param name="states">[M, S].</param>
    /// <param name="quantity">M values.</param>
    /// <param name="ridge">
    /// Weight of the squared coefficients, per moment and mean variance of the states; default 1e-6.
    /// </param>
    public static double Decoded(double[,] states, double[] quantity, double ridge = 1e-6)
    {
        Demand.Given(states);
        Demand.Shape(quantity, [states.GetLength(0)]);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        int half = quantity.Length / 2;
        var (x, y) = (states.ToTensor(), quantity.ToTensor());
        var (mean, level) = (x.narrow(0, 0, half).mean([0]), y.narrow(0, 0, half).mean());
        var (centred, seen) = (x.narrow(0, 0, half) - mean, y.narrow(0, 0, half) - level);
        var gram = centred.t().mm(centred);
        gram = gram.Plus(eye(x.shape[1], dtype: ScalarType.Float64) * gram.diagonal().mean().Times(ridge));
        var weights = linalg.solve_ex(gram, centred.t().mm(seen.unsqueeze(1))).result;
        var rest = y.narrow(0, half, quantity.Length - half);
        var error = rest - level - (x.narrow(0, half, quantity.Length - half) - mean).mm(weights).squeeze(1);
        var spread = rest - rest.mean();
        return 1 - (error * error).sum().item<double>() / (spread * spread).sum().item<double>();
    }

    /// <summary>R^2 of a straight line.</summary>
    /// <param name="value">What is explained, M values.</param>
    /// <param name="by">What explains it, M values.</param>
    public static double Linear(double[] value, double[] by)
    {
        double mean = value.Average(), other = by.Average();
        double together = value.Zip(by, (a, b) => (a - mean) * (b - other)).Sum();
        return together * together / (value.Sum(a => (a - mean) * (a - mean)) * by.Sum(b => (b - other) * (b - other)));
    }

    /// <summary>Pearson's correlation; NaN where either never changes.</summary>
    /// <param name="a">M values.</param>
    /// <param name="b">M values.</param>
    public static double Pearson(double[] a, double[] b)
    {
        double mean = a.Average(), other = b.Average();
        double together = a.Zip(b, (x, y) => (x - mean) * (y - other)).Sum();
        return together / Math.Sqrt(a.Sum(x => (x - mean) * (x - mean)) * b.Sum(y => (y - other) * (y - other)));
    }

    /// <summary>R^2 of a value's means over groups.</summary>
    /// <param name="value">What is explained, M values.</param>
    /// <param name="group">The group of each, M values.</param>
    public static double ByMeans(double[] value, int[] group)
    {
        Demand.Given(value);
        Demand.Shape(group, [value.Length]);
        double mean = value.Average();
        double between = Enumerable.Range(0, value.Length).GroupBy(i => group[i])
            .Sum(members => members.Count() * Math.Pow(members.Average(i => value[i]) - mean, 2));
        return between / value.Sum(a => (a - mean) * (a - mean));
    }

    /// <summary>
    /// The best scale s of tanh(x / s) among 60 from a hundredth of to ten times the largest |x|, and its R^2.
    /// </summary>
    private static (double Scale, double Explained) Saturating(double[] value, double[] x)
    {
        double largest = x.Max(Math.Abs);
        return Enumerable.Range(0, 60).Select(i => largest * Math.Pow(10, -2 + 3 * i / 59.0))
            .Select(scale => (scale, Linear(value, [.. x.Select(a => Math.Tanh(a / scale))])))
            .MaxBy(fit => fit.Item2);
    }

    /// <summary>
    /// A cell for each value, each cell with as many of them as the next; equal values may be parted.
    /// </summary>
    private static int[] Cells(double[] values, int count)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        int[] cells = new int[values.Length];
        for (int rank = 0; rank < order.Length; rank++) cells[order[rank]] = (int)((long)rank * count / order.Length);
        return cells;
    }
}
