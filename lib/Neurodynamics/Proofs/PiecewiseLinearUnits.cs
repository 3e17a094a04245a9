using System.Numerics;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Proofs;

/// <summary>
/// What decides the fixed points of a leaky cell of rank R with ReLU or leaky ReLU under a constant input: k = n' f(m k
/// + d) / N, which is linear where no unit's argument m k + d changes its sign. Everything is kept twice: exactly, in
/// whole numbers over common powers of two, and enclosed.
/// </summary>
internal sealed class PiecewiseLinearUnits
{
    // Steps of the perceptron at most.
    private const int Passes = 30;

    private const double Unit = Float64.UnitRoundoff;

    private readonly Plane?[] arguments;
    private readonly double[,] onto, from;
    private readonly Enclosure[] outer;
    private readonly bool isRates;

    // f below and above 0, n' arguments by unit, and N k: each over one power of two.
    private readonly BigInteger below0, above0, whole;
    private readonly BigInteger[][][] products;

    // The same, rounded; what each sum of them can be off by, whatever units are active.
    private readonly double slope;
    private readonly double[][] terms;
    private readonly double[] errors;

    private PiecewiseLinearUnits(LeakyCell cell, double[] input)
    {
        using var work = cell.Usage.Begin();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        double[,] inputs = cell.InputWeights.ToMatrix();
        double[] bias = cell.Bias.ToVector();
        double[] innerBias = (cell as CurrentsCell)?.InnerBias?.ToVector() ?? new double[bias.Length];
        double[][,] factors = [.. cell.Connectivity.Parameters.Select(parameter => parameter.Values.ToMatrix())];
        IEnumerable<double> all = [.. inputs.Cast<double>(), .. bias, .. innerBias, .. input,
            .. factors.SelectMany(factor => factor.Cast<double>())];
        if (!all.All(double.IsFinite))
            throw new ArgumentException(
                "A weight or an input of the network is not finite, so nothing can be proven of it.", nameof(cell));
        (onto, from, isRates) = (factors[0], factors[1], cell is RatesCell);
        (Units, Rank) = (onto.GetLength(0), onto.GetLength(1));
        slope = SlopeBelow0(cell.Nonlinearity);

        outer = new Enclosure[Units];
        var planes = new BigInteger[Units][];
        for (int i = 0; i < Units; i++)
        {
            outer[i] = bias[i];
            var sum = WholeNumbers.Of(bias[i]) + WholeNumbers.Of(innerBias[i]) << WholeNumbers.Bits;
            for (int j = 0; j < input.Length; j++)
            {
                outer[i] += (Enclosure)inputs[i, j] * input[j];
                sum += WholeNumbers.Of(inputs[i, j]) * WholeNumbers.Of(input[j]);
            }
            planes[i] = [.. onto.Row(i).Select(m => WholeNumbers.Of(m) << WholeNumbers.Bits), sum];
        }
        int spare = WholeNumbers.CommonTwos(planes.SelectMany(plane => plane), 2 * WholeNumbers.Bits);
        planes = [.. planes.Select(plane => Array.ConvertAll(plane, value => value >> spare))];
        arguments = [.. planes.Select((plane, i) => plane.All(value => value.IsZero)
            ? null : new Plane(plane, [.. onto.Row(i).Select(m => (Enclosure)m), outer[i] + innerBias[i]]))];

        (below0, above0) = (WholeNumbers.Of(slope), WholeNumbers.Of(1));
        int spareSlopes = WholeNumbers.CommonTwos([below0, above0], WholeNumbers.Bits);
        (below0, above0) = (below0 >> spareSlopes, above0 >> spareSlopes);
        BigInteger[][] gains = [.. Enumerable.Range(0, Units).Select(
            i => Array.ConvertAll(from.Row(i), WholeNumbers.Of))];
        int spareGains = WholeNumbers.CommonTwos(gains.SelectMany(gain => gain), WholeNumbers.Bits);
        gains = [.. gains.Select(gain => Array.ConvertAll(gain, value => value >> spareGains))];
        products = [.. gains.Select((gain, i) =>
            Array.ConvertAll(gain, n => Array.ConvertAll(planes[i], value => n * value)))];
        whole = (BigInteger)Units
            << 2 * WholeNumbers.Bits - spare + (WholeNumbers.Bits - spareSlopes) + (WholeNumbers.Bits - spareGains);

        terms = new double[Units][];
        errors = new double[Rank * (Rank + 1)];
        for (int i = 0; i < Units; i++)
        {
            terms[i] = new double[errors.Length];
            var argument = outer[i] + innerBias[i];
            for (int r = 0, at = 0; r < Rank; r++)
                for (int c = 0; c <= Rank; c++, at++)
                {
                    terms[i][at] = from[i, r] * (c < Rank ? onto[i, c] : argument.Middle);
                    // Two roundings of each term and one of each sum that it is in, and as much again.
                    errors[at] += 2 * (Units + 8) * Unit * Math.Abs(terms[i][at]) + 1e-300
                        + (c < Rank ? 0 : 2 * Math.Abs(from[i, r]) * argument.Radius);
                }
        }
    }

    /// <summary>N.</summary>
    public int Units { get; }

    /// <summary>R.</summary>
    public int Rank { get; }

    /// <summary>m k + d of every unit; null where it is always 0.</summary>
    public IReadOnlyList<Plane?> Arguments => arguments;

    /// <summary>Whether f is made of two straight lines.</summary>
    public static bool Fit(Cell cell) => cell is LeakyCell { Connectivity: Connectivity.LowRank, Nonlinearity: var f }
        && (f == Nonlinearity.Relu || f == Nonlinearity.LeakyRelu);

    /// <summary>The equation of a cell that fits, in float64.</summary>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public static PiecewiseLinearUnits Of(Cell cell, double[] input) => new((LeakyCell)cell.InDouble(), input);

    /// <summary>Whether a unit is among those whose argument is positive.</summary>
    public static bool Has(ulong[] active, int unit) => (active[unit >> 6] >> unit & 1) != 0;

    /// <summary>
    /// N k w - n' f(m k + d) w exactly, as R linear functions that hold where the active units' arguments are positive
    /// and all others' negative.
    /// </summary>
    public Plane[] Equation(ulong[] active)
    {
        var rows = new Plane[Rank];
        for (int r = 0; r < Rank; r++)
        {
            BigInteger[] above = new BigInteger[Rank + 1], below = new BigInteger[Rank + 1];
            for (int i = 0; i < Units; i++)
            {
                var into = Has(active, i) ? above : below;
                for (int c = 0; c <= Rank; c++) into[c] += products[i][r][c];
            }
            BigInteger[] row = [.. above.Zip(below, (high, low) => -high * above0 - low * below0)];
            row[r] += whole;
            rows[r] = new(WholeNumbers.Reduced(row));
        }
        return rows;
    }

    /// <summary>
    /// The only solution of the linear equation of some active units, enclosed; null where this cannot tell that there
    /// is exactly one. With Y near M^-1 and k near Y q, the solution of M k = q is at most |Y (q - M k)| / (1 - |I - Y
    /// M|) from k in the largest modulus.
    /// </summary>
    public Enclosure[]? Solution(ulong[] active)
    {
        var rows = Rows(active, []);
        double[,] middle = new double[Rank, Rank], inverse = new double[Rank, Rank];
        for (int r = 0; r < Rank; r++)
            for (int c = 0; c < Rank; c++) middle[r, c] = rows[r, c].Middle;
        if (!SmallMatrix.Invert(middle, inverse)) return null;
        double[] near = new double[Rank];
        for (int r = 0; r < Rank; r++)
            for (int c = 0; c < Rank; c++) near[r] -= inverse[r, c] * rows[c, Rank].Middle;
        var residuals = new Enclosure[Rank];
        for (int r = 0; r < Rank; r++)
        {
            residuals[r] = rows[r, Rank];
            for (int c = 0; c < Rank; c++) residuals[r] += rows[r, c] * near[c];
        }
        double contraction = 0, residual = 0;
        for (int r = 0; r < Rank; r++)
        {
            Enclosure moduli = 0, correction = 0;
            for (int c = 0; c < Rank; c++)
            {
                Enclosure rest = r == c ? 1 : 0;
                for (int t = 0; t < Rank; t++) rest -= inverse[r, t] * rows[t, c];
                moduli += rest.Modulus;
                correction += inverse[r, c] * residuals[c];
            }
            contraction = Math.Max(contraction, moduli.High);
            residual = Math.Max(residual, correction.Modulus);
        }
        if (!(contraction < 0.5) || !double.IsFinite(residual)) return null;
        double radius = (residual / ((Enclosure)1 - contraction)).High;
        return Array.ConvertAll(near, value => Enclosure.Around(value, radius));
    }

    /// <summary>
    /// Whether a cone is proven to have no fixed point, where some units are active, some are open and all others are
    /// not active. With s = (1 + a) / 2 of an open unit, a its slope below 0, f(x) = s x + (1 - a) / 2 |x|, and |x| at
    /// a sum of rays is between 0 and the sum of its values there. So for any y, y' (N k - n' f) is at least the sum
    /// over rays of y' G - (1 - a) / 2 times what open units with y' n above 0 can add, with G the part that is linear.
    /// If that is positive at every ray, there is none. A perceptron looks for such a y (Farkas's lemma).
    /// </summary>
    public bool HasNone(Ray[] rays, ulong[] active, int[] open)
    {
        var rows = Rows(active, open);
        double bend = (1 - slope) / 2;
        double[] y = new double[Rank];
        var linear = new Enclosure[rays.Length, Rank];
        double[,] moduli = new double[rays.Length, open.Length];
        for (int v = 0; v < rays.Length; v++)
        {
            var at = rays[v].At.Near;
            for (int r = 0; r < Rank; r++)
            {
                for (int c = 0; c <= Rank; c++) linear[v, r] += rows[r, c] * at[c];
                y[r] += linear[v, r].Middle;
            }
            for (int i = 0; i < open.Length; i++) moduli[v, i] = arguments[open[i]]!.At(at).Modulus;
        }

        double[] least = new double[Rank], gradient = new double[Rank], weights = new double[open.Length];
        for (int pass = 0; pass < Passes; pass++)
        {
            for (int i = 0; i < open.Length; i++)
            {
                weights[i] = 0;
                for (int r = 0; r < Rank; r++) weights[i] += y[r] * from[open[i], r];
                weights[i] = Math.Max(weights[i], 0) * bend;
            }
            double worst = double.PositiveInfinity;
            for (int v = 0; v < rays.Length; v++)
            {
                double value = 0, length = 0;
                for (int r = 0; r < Rank; r++)
                {
                    gradient[r] = linear[v, r].Middle;
                    value += y[r] * gradient[r];
                }
                for (int i = 0; i < open.Length; i++)
                {
                    if (weights[i] == 0) continue;
                    value -= weights[i] * moduli[v, i];
                    for (int r = 0; r < Rank; r++) gradient[r] -= bend * from[open[i], r] * moduli[v, i];
                }
                for (int r = 0; r < Rank; r++) length += gradient[r] * gradient[r];
                length = Math.Sqrt(length);
                if (!(value / length < worst)) continue;
                worst = value / length;
                for (int r = 0; r < Rank; r++) least[r] = gradient[r] / length;
            }
            if (worst > 0 && IsPositive(y)) return true;
            double size = Math.Sqrt(y.Sum(value => value * value));
            for (int r = 0; r < Rank; r++) y[r] = y[r] / size + least[r];
        }
        return false;

        bool IsPositive(double[] y)
        {
            var added = new Enclosure[open.Length];
            for (int i = 0; i < open.Length; i++)
            {
                for (int r = 0; r < Rank; r++) added[i] += (Enclosure)y[r] * from[open[i], r];
                added[i] = Math.Max(added[i].High, 0) * (((Enclosure)1 - slope) / 2);
            }
            for (int v = 0; v < rays.Length; v++)
            {
                Enclosure sum = 0;
                for (int r = 0; r < Rank; r++) sum += y[r] * linear[v, r];
                for (int i = 0; i < open.Length; i++) sum -= added[i] * moduli[v, i];
                if (!(sum.Low > 0)) return false;
            }
            return true;
        }
    }

    /// <summary>The state at k: currents, or rates.</summary>
    public Enclosure[] State(Enclosure[] k)
    {
        var state = new Enclosure[Units];
        for (int i = 0; i < Units; i++)
        {
            state[i] = outer[i];
            for (int r = 0; r < Rank; r++) state[i] += k[r] * onto[i, r];
            if (isRates) state[i] = new(Rate(state[i].Low).Low, Rate(state[i].High).High);
        }
        return state;

        Enclosure Rate(double x) => x >= 0 ? x : slope == 0 ? 0 : (Enclosure)slope * x;
    }

    /// <summary>How the state moves with k where these units are active.</summary>
    public Enclosure[] Direction(Enclosure[] k, ulong[] active)
    {
        var direction = new Enclosure[Units];
        for (int i = 0; i < Units; i++)
        {
            for (int r = 0; r < Rank; r++) direction[i] += k[r] * onto[i, r];
            if (isRates && !Has(active, i)) direction[i] = slope == 0 ? 0 : slope * direction[i];
        }
        return direction;
    }

    /// <summary>
    /// Whether a state stands still to within a distance, where the active units' arguments are positive and all
    /// others' negative to within that distance; rounded.
    /// </summary>
    public bool StandsStill(double[] state, ulong[] active, double distance)
    {
        double[] k = new double[Rank], d = [.. arguments.Select(plane => plane?.Near[^1].Middle ?? 0)];
        for (int i = 0; i < Units; i++)
        {
            double rate = isRates ? state[i]
                : (state[i] + d[i] - outer[i].Middle) * (Has(active, i) ? 1 : slope);
            for (int r = 0; r < Rank; r++) k[r] += rate * from[i, r] / Units;
        }
        double[] next = new double[Units];
        for (int i = 0; i < Units; i++)
        {
            double product = 0;
            for (int r = 0; r < Rank; r++) product += onto[i, r] * k[r];
            double argument = product + d[i];
            bool isActive = Has(active, i);
            if (isActive ? argument < -distance : argument > distance) return false;
            next[i] = isRates ? argument * (isActive ? 1 : slope) : product + outer[i].Middle;
        }
        return next.Distance(state) <= distance;
    }

    /// <summary>
    /// N k w - n' f w as R linear functions of (k w, w), enclosed; f of open units is the line with the mean slope.
    /// </summary>
    private Enclosure[,] Rows(ulong[] active, int[] open)
    {
        double[] sums = new double[errors.Length];
        for (int i = 0; i < Units; i++) Add(Has(active, i) ? 1 : slope, terms[i]);
        foreach (int i in open) Add((1 - slope) / 2, terms[i]);
        var rows = new Enclosure[Rank, Rank + 1];
        for (int r = 0, at = 0; r < Rank; r++)
            for (int c = 0; c <= Rank; c++, at++)
                rows[r, c] = (r == c ? Units : 0) - Enclosure.Around(sums[at], errors[at]);
        return rows;

        void Add(double factor, double[] values)
        {
            if (factor == 0) return;
            for (int at = 0; at < sums.Length; at++) sums[at] += factor * values[at];
        }
    }

    private static double SlopeBelow0(Nonlinearity f) =>
        Math.Abs(f.Of(ones(1, dtype: ScalarType.Float64).neg()).item<double>());
}
