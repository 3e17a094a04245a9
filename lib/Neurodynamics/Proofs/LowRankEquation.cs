using System.Numerics;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Proofs;

/// <summary>
/// What decides the fixed points of a leaky cell of rank R under a constant input: k = F(k) = n' f(m k + d) / N in R
/// unknowns, with d = B u and every bias. Currents are then x = m k + B u + b, and rates r = f(m k + d).
/// </summary>
/// <remarks>
/// Sums over units are taken in float64 rounded to nearest, and then widened by a bound on all their roundings: a sum
/// of j products has an error of at most j u / (1 - j u) times the sum of their moduli, in whatever order (u = 2^-53).
/// The logistic function is 1/2 + tanh(x / 2) / 2, with halves of m, d and n.
/// </remarks>
internal abstract class LowRankEquation
{
    private const double Unit = 1.0 / (1L << 53);

    // Arguments of boxes up to this many times the root's are allowed for.
    private const double Reach = 2;

    private readonly double[,] onto;
    private readonly Enclosure[] outer;
    private readonly bool isRates;
    private readonly Nonlinearity nonlinearity;

    private LowRankEquation(Terms terms, int multiple)
    {
        (onto, isRates, nonlinearity, outer) = (terms.M, terms.IsRates, terms.Nonlinearity, terms.Outer);
        (Units, Rank) = (onto.GetLength(0), onto.GetLength(1));
        double scale = nonlinearity == Nonlinearity.Logistic ? 0.5 : 1;
        Padded = (Units + multiple - 1) / multiple * multiple;
        M = Columns(terms.M, scale);
        N = Columns(terms.N, scale);
        Products = [.. from n in N from m in M select n.Zip(m, (a, b) => a * b).ToArray()];
        Arguments = new double[Padded];
        for (int i = 0; i < Units; i++) Arguments[i] = scale * terms.Inner[i].Middle;
        Offsets = [.. N.Select(n => scale == 1 ? 0 : Sum(n, value => value))];
        Root = Box(terms.Inner);

        (Spread, RangeSlack, LinearSlack) = (new double[Padded], new double[Padded], new double[Padded]);
        // A vector sums as many terms as there are vectors, and its lanes are summed at the end.
        double rounding = 2 * (Padded / multiple + multiple + 16) * Unit;
        double[] reaches = [.. Root.Select(k => Reach * k.Modulus)];
        double[] values = new double[Padded], remainders = new double[Padded];
        for (int i = 0; i < Padded; i++)
        {
            double size = Math.Abs(Arguments[i]);
            for (int r = 0; r < Rank; r++) size += Math.Abs(M[r][i]) * reaches[r];
            values[i] = nonlinearity == Nonlinearity.Softplus ? 1 + size : 1;
            remainders[i] = 2 * (1 + size);
            double unknown = i < Units ? terms.Inner[i].Radius : 0;
            Spread[i] = 4 * (Rank + 4) * Unit * size + 2 * unknown + 1e-300;
            RangeSlack[i] = Spread[i] + 2 * ISmoothUnit.Error * values[i];
            LinearSlack[i] = Spread[i] + 32 * ISmoothUnit.Error * (1 + size);
        }
        RangeErrors = Errors(values);
        LinearErrors = Errors(remainders);
        SlopeErrors = [.. Products.Select(product => rounding * product.Sum(Math.Abs) + 1e-300)];
        Rounding = 1 + rounding;

        double[] Errors(double[] moduli) =>
            [.. N.Select(n => rounding * n.Zip(moduli, (value, most) => Math.Abs(value) * most).Sum() + 1e-300)];
    }

    /// <summary>N and R.</summary>
    public int Units { get; }

    /// <summary>R.</summary>
    public int Rank { get; }

    /// <summary>The box of k in which all fixed points are; whole lines where none is known.</summary>
    public Enclosure[] Root { get; }

    /// <summary>N rounded up to whole vectors; what is added has no weight.</summary>
    protected int Padded { get; }

    /// <summary>m, n and n_r m_s by column, each of padded length.</summary>
    protected double[][] M { get; }

    protected double[][] N { get; }

    protected double[][] Products { get; }

    /// <summary>d near its middle, and how far off a computed argument can be.</summary>
    protected double[] Arguments { get; }

    protected double[] Spread { get; }

    /// <summary>How far off f at the ends of an argument can be, and its remainder beside a line.</summary>
    protected double[] RangeSlack { get; }

    protected double[] LinearSlack { get; }

    /// <summary>Sum of n_i / 2 where f is the logistic function, else 0.</summary>
    protected Enclosure[] Offsets { get; }

    /// <summary>Errors of sums of values, of remainders and of slopes; and a factor for sums of moduli.</summary>
    protected double[] RangeErrors { get; }

    protected double[] LinearErrors { get; }

    protected double[] SlopeErrors { get; }

    protected double Rounding { get; }

    /// <summary>Why there is no such equation for a cell, in a sentence; null where there is.</summary>
    public static string? Obstacle(Cell cell) => cell switch
    {
        not LeakyCell { Connectivity: Connectivity.LowRank } =>
            $"A proof by rank is for rate networks of low rank, W = m n' / N, but this is {cell.Title}: give m and n "
            + $"to {nameof(LeakyCell)}.{nameof(LeakyCell.CreateLowRank)}.",
        LeakyCell { Nonlinearity: var f } when f != Nonlinearity.Tanh && f != Nonlinearity.Logistic
            && f != Nonlinearity.Softplus =>
            $"A proof by rank is for tanh, logistic and softplus, but f is {f}.",
        _ => null,
    };

    /// <summary>The equation of a cell in float64; null where no box of k is known.</summary>
    /// <exception cref="ArgumentException">There is no such equation, or a weight is not finite.</exception>
    public static LowRankEquation? Of(Cell cell, double[] input)
    {
        if (Obstacle(cell) is { } obstacle) throw new ArgumentException(obstacle, nameof(cell));
        var terms = Terms.Of((LeakyCell)cell.InDouble(), input);
        LowRankEquation equation = terms.Nonlinearity == Nonlinearity.Softplus
            ? new For<SoftplusUnit>(terms) : new For<TanhUnit>(terms);
        return double.IsFinite(equation.Root[0].Modulus) ? equation : null;
    }

    /// <summary>
    /// F over a box: every value of it, by component. Kept for <see cref="Linearise"/> of the same box.
    /// </summary>
    public abstract void Range(Workspace work);

    /// <summary>
    /// F over the box of the last <see cref="Range"/>: value + A (k - centre) with R values that hold for every k in
    /// it, and how far the Jacobian can be from A.
    /// </summary>
    public abstract void Linearise(Workspace work);

    /// <summary>Whether a box is within what roundings allow for.</summary>
    public bool Allows(ReadOnlySpan<double> centre, ReadOnlySpan<double> radius)
    {
        for (int r = 0; r < Rank; r++)
            if (!(Math.Abs(centre[r]) + radius[r] < 0.99 * Reach * Root[r].Modulus)) return false;
        return true;
    }

    /// <summary>The state at k: currents, or rates.</summary>
    public Enclosure[] State(Enclosure[] k)
    {
        var state = new Enclosure[Units];
        for (int i = 0; i < Units; i++)
        {
            var argument = outer[i];
            for (int r = 0; r < Rank; r++) argument += k[r] * onto[i, r];
            state[i] = !isRates ? argument
                : nonlinearity == Nonlinearity.Tanh ? Enclosure.Tanh(argument)
                : nonlinearity == Nonlinearity.Logistic ? Enclosure.Logistic(argument)
                : Enclosure.Softplus(argument);
        }
        return state;
    }

    /// <summary>
    /// Where f is bounded, between the sums of n's parts. Softplus is at most ln 2 + |x|, so that |k| is at most q + M
    /// |k| with M = |n|' |m| / N and q = |n|' (ln 2 + |d|) / N, and so at most any K that is at least q + M K.
    /// </summary>
    private Enclosure[] Box(Enclosure[] inner)
    {
        if (nonlinearity != Nonlinearity.Softplus)
            return [.. Enumerable.Range(0, Rank).Select(r =>
            {
                var sum = Sum(N[r], Math.Abs);
                var box = (Offsets[r] + new Enclosure(-sum.High, sum.High)) / Units;
                return Enclosure.Around(box.Middle, box.Radius * (1 + 1e-6) + 1e-12);
            })];
        var (least, gain) = (new double[Rank], new double[Rank, Rank]);
        for (int r = 0; r < Rank; r++)
        {
            Enclosure sum = 0;
            for (int i = 0; i < Units; i++)
                sum += (Enclosure.Ln2 + inner[i].Modulus) * Math.Abs(N[r][i]);
            least[r] = (sum / Units).High * (1 + 1e-6) + 1e-12;
            for (int s = 0; s < Rank; s++)
            {
                Enclosure product = 0;
                for (int i = 0; i < Units; i++) product += (Enclosure)Math.Abs(N[r][i]) * Math.Abs(M[s][i]);
                gain[r, s] = (product / Units).High;
            }
        }
        double[,] inverse = new double[Rank, Rank], matrix = new double[Rank, Rank];
        for (int r = 0; r < Rank; r++)
            for (int s = 0; s < Rank; s++) matrix[r, s] = (r == s ? 1 : 0) - gain[r, s];
        if (!SmallMatrix.Invert(matrix, inverse)) return Unbounded();
        double[] box = new double[Rank];
        for (int r = 0; r < Rank; r++)
            for (int s = 0; s < Rank; s++) box[r] += inverse[r, s] * least[s] * (1 + 1e-9);
        for (int r = 0; r < Rank; r++)
        {
            Enclosure image = least[r];
            for (int s = 0; s < Rank; s++) image += (Enclosure)gain[r, s] * box[s];
            if (!(box[r] > 0 && image.High <= box[r])) return Unbounded();
        }
        return Array.ConvertAll(box, half => new Enclosure(-half, half));

        Enclosure[] Unbounded() => [.. Enumerable.Repeat(Enclosure.Line, Rank)];
    }

    private double[][] Columns(double[,] matrix, double scale)
    {
        double[][] columns = new double[Rank][];
        for (int r = 0; r < Rank; r++)
        {
            columns[r] = new double[Padded];
            for (int i = 0; i < Units; i++) columns[r][i] = scale * matrix[i, r];
        }
        return columns;
    }

    private static Enclosure Sum(double[] values, Func<double, double> of) =>
        values.Aggregate((Enclosure)0, (sum, value) => sum + of(value));

    /// <summary>What the equation is made of, as it is in the cell.</summary>
    /// <param name="M">m [N, R].</param>
    /// <param name="N">n [N, R].</param>
    /// <param name="Inner">d [N].</param>
    /// <param name="Outer">d of rates; of currents without the bias inside f [N].</param>
    /// <param name="IsRates">Whether the state is the rates.</param>
    /// <param name="Nonlinearity">f.</param>
    private sealed record Terms(
        double[,] M, double[,] N, Enclosure[] Inner, Enclosure[] Outer, bool IsRates, Nonlinearity Nonlinearity)
    {
        public static Terms Of(LeakyCell cell, double[] input)
        {
            using var work = cell.Usage.Begin();
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            double[,] inputs = cell.InputWeights.ToMatrix();
            double[] bias = cell.Bias.ToVector();
            double[]? innerBias = (cell as CurrentsCell)?.InnerBias?.ToVector();
            double[][,] factors = [.. cell.Connectivity.Parameters.Select(parameter => parameter.Values.ToMatrix())];
            var outer = new Enclosure[cell.Units];
            for (int i = 0; i < outer.Length; i++)
            {
                outer[i] = bias[i];
                for (int j = 0; j < input.Length; j++) outer[i] += (Enclosure)inputs[i, j] * input[j];
            }
            var inner = innerBias is null ? outer : [.. outer.Zip(innerBias, (sum, c) => sum + c)];
            bool isFinite = inner.All(d => double.IsFinite(d.Modulus))
                && factors.All(factor => factor.Cast<double>().All(double.IsFinite));
            return isFinite ? new(factors[0], factors[1], inner, outer, cell is RatesCell, cell.Nonlinearity)
                : throw new ArgumentException(
                    "A weight or an input of the network is not finite, so nothing can be proven of it.", nameof(cell));
        }
    }

    /// <summary>The same for one f, a vector of units at a time.</summary>
    private sealed class For<TUnit>(Terms terms) : LowRankEquation(terms, 2 * Vector<double>.Count)
        where TUnit : struct, ISmoothUnit
    {
        public override void Range(Workspace work)
        {
            int width = Vector<double>.Count;
            for (int i = 0; i < Padded; i += width)
            {
                var (centre, reach) = (new Vector<double>(Arguments, i), new Vector<double>(Spread, i));
                for (int r = 0; r < M.Length; r++)
                {
                    var m = new Vector<double>(M[r], i);
                    centre += m * new Vector<double>(work.Centre[r]);
                    reach += Vector.Abs(m) * new Vector<double>(work.Radius[r]);
                }
                var (low, high) = (centre - reach, centre + reach);
                var (atLow, atHigh) = (TUnit.Value(low), TUnit.Value(high));
                centre.CopyTo(work.Centres, i);
                reach.CopyTo(work.Reaches, i);
                atLow.CopyTo(work.Lows, i);
                atHigh.CopyTo(work.Highs, i);
                ((atLow + atHigh) * 0.5).CopyTo(work.Middles, i);
                ((atHigh - atLow) * 0.5 + new Vector<double>(RangeSlack, i)).CopyTo(work.Radii, i);
            }
            for (int r = 0; r < Rank; r++)
                work.Values[r] = Value(r, Sums(N[r], work.Middles, work.Radii), RangeErrors[r]);
        }

        public override void Linearise(Workspace work)
        {
            int width = Vector<double>.Count;
            for (int i = 0; i < Padded; i += width)
            {
                var (centre, reach) = (new Vector<double>(work.Centres, i), new Vector<double>(work.Reaches, i));
                var (atLow, atHigh) = (new Vector<double>(work.Lows, i), new Vector<double>(work.Highs, i));
                var (low, high) = (centre - reach, centre + reach);
                var (least, most) = TUnit.Slopes(low, high, atLow, atHigh);
                var slope = Vector.Max(least, Vector.Min(most, (atHigh - atLow) / (high - low)));
                var (below, above) = TUnit.Remainder(low, high, atLow, atHigh, slope, centre);
                slope.CopyTo(work.Slopes, i);
                (Vector.Max(most - slope, slope - least) + new Vector<double>(4 * ISmoothUnit.Error))
                    .CopyTo(work.Changes, i);
                ((below + above) * 0.5).CopyTo(work.Middles, i);
                ((above - below) * 0.5 + new Vector<double>(LinearSlack, i)).CopyTo(work.Radii, i);
            }
            for (int r = 0; r < Rank; r++)
            {
                work.Values[r] = Value(r, Sums(N[r], work.Middles, work.Radii), LinearErrors[r]);
                for (int s = 0; s < Rank; s++)
                {
                    var (sum, change) = Sums(Products[r * Rank + s], work.Slopes, work.Changes);
                    work.Jacobian[r, s] = Enclosure.Around(sum, SlopeErrors[r * Rank + s]) / Units;
                    work.Change[r, s] = (Enclosure.Around(change * Rounding, 0) / Units).High;
                }
            }
        }

        private Enclosure Value(int r, (double Sum, double Moduli) sums, double error) =>
            (Offsets[r] + Enclosure.Around(sums.Sum, sums.Moduli * Rounding + error)) / Units;

        /// <summary>The sums of w x and of |w| y.</summary>
        private static (double Sum, double Moduli) Sums(double[] weights, double[] x, double[] y)
        {
            int width = Vector<double>.Count;
            Vector<double> even = default, odd = default, evenModuli = default, oddModuli = default;
            for (int i = 0; i < weights.Length; i += 2 * width)
            {
                var (one, other) = (new Vector<double>(weights, i), new Vector<double>(weights, i + width));
                even += one * new Vector<double>(x, i);
                odd += other * new Vector<double>(x, i + width);
                evenModuli += Vector.Abs(one) * new Vector<double>(y, i);
                oddModuli += Vector.Abs(other) * new Vector<double>(y, i + width);
            }
            return (Vector.Sum(even + odd), Vector.Sum(evenModuli + oddModuli));
        }
    }

    /// <summary>Where one thread works: a box, what f does over it by unit, and what F does.</summary>
    internal sealed class Workspace(LowRankEquation equation)
    {
        public readonly double[] Centre = new double[equation.Rank], Radius = new double[equation.Rank],
            Centres = new double[equation.Padded], Reaches = new double[equation.Padded],
            Lows = new double[equation.Padded], Highs = new double[equation.Padded],
            Middles = new double[equation.Padded], Radii = new double[equation.Padded],
            Slopes = new double[equation.Padded], Changes = new double[equation.Padded];

        public readonly Enclosure[] Values = new Enclosure[equation.Rank];
        public readonly Enclosure[,] Jacobian = new Enclosure[equation.Rank, equation.Rank];
        public readonly double[,] Change = new double[equation.Rank, equation.Rank];
    }
}
