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
internal abstract class LowRankEquation : ProofEquation
{
    private const double Unit = Float64.UnitRoundoff;

    // Arguments of boxes up to this many times the root's are allowed for.
    private const double Reach = 2;

    private readonly Terms terms;
    private readonly double scale;

    private LowRankEquation(Terms terms, int multiple)
    {
        this.terms = terms;
        (Units, Rank) = (terms.M.RowCount, terms.M.ColumnCount);
        scale = terms.Nonlinearity == Nonlinearity.Logistic ? 0.5 : 1;
        Padded = (Units + multiple - 1) / multiple * multiple;
        M = Columns(terms.M.Middles);
        N = Columns(terms.N.Middles);
        double[][] aroundM = Columns(terms.M.Radii), aroundN = Columns(terms.N.Radii);
        Products = [.. from n in N from m in M select n.Zip(m, (a, b) => a * b).ToArray()];
        // How far a product can be from that, and 2 roundings.
        double[] aroundProducts = [.. from r in Enumerable.Range(0, Rank) from s in Enumerable.Range(0, Rank)
            select Enumerable.Range(0, Units).Sum(i => Math.Abs(N[r][i]) * aroundM[s][i]
                + aroundN[r][i] * (Math.Abs(M[s][i]) + aroundM[s][i]))];
        Arguments = new double[Padded];
        for (int i = 0; i < Units; i++) Arguments[i] = scale * terms.Inner[i].Middle;
        Offsets = new Enclosure[Rank];
        for (int r = 0; r < Rank && scale != 1; r++)
            for (int i = 0; i < Units; i++) Offsets[r] += Enclosure.Around(N[r][i], aroundN[r][i]);
        Root = Box(aroundM, aroundN);

        (Spread, RangeSlack, LinearSlack) = (new double[Padded], new double[Padded], new double[Padded]);
        // A vector sums as many terms as there are vectors, and its lanes are summed at the end.
        double rounding = 2 * (Padded / multiple + multiple + 16) * Unit;
        double[] reaches = [.. Root.Select(k => Reach * k.Modulus)];
        double[] values = new double[Padded], remainders = new double[Padded];
        for (int i = 0; i < Padded; i++)
        {
            double size = Math.Abs(Arguments[i]), unknown = i < Units ? terms.Inner[i].Radius : 0;
            for (int r = 0; r < Rank; r++)
            {
                size += Math.Abs(M[r][i]) * reaches[r];
                unknown += aroundM[r][i] * reaches[r];
            }
            values[i] = terms.Nonlinearity == Nonlinearity.Softplus ? 1 + size + 2 * unknown : 1;
            remainders[i] = 2 * (1 + size + 2 * unknown);
            Spread[i] = 4 * (Rank + 4) * Unit * size + 2 * unknown + 1e-300;
            RangeSlack[i] = Spread[i] + 2 * ISmoothUnit.Error * values[i];
            LinearSlack[i] = Spread[i] + 32 * ISmoothUnit.Error * (1 + size);
        }
        RangeErrors = Errors(values, 1);
        LinearErrors = Errors(remainders, 4);
        ProductErrors = [.. aroundProducts.Select(around => 2 * around)];
        SlopeErrors = [.. Products.Zip(ProductErrors, (product, around) =>
            rounding * product.Sum(Math.Abs) + around + 1e-300)];
        Rounding = 1 + rounding;

        // Roundings of a sum, and what weights between their ends can move it by.
        double[] Errors(double[] moduli, double factor) => [.. N.Zip(aroundN, (n, around) =>
            rounding * n.Zip(moduli, (value, most) => Math.Abs(value) * most).Sum()
            + factor * 1.01 * around.Zip(moduli, (value, most) => value * most).Sum() + 1e-300)];
    }

    /// <summary>N and R.</summary>
    public int Units { get; }

    /// <summary>R.</summary>
    public int Rank { get; }

    /// <inheritdoc/>
    public override string Text => terms.IsFull ? "r = f(W r + d)" : Connectivity.LowRankEquation;

    /// <summary>The box of k in which all fixed points are; whole lines where none is known.</summary>
    public override Enclosure[] Root { get; }

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

    /// <summary>How far a sum of products can be moved by weights between their ends.</summary>
    protected double[] ProductErrors { get; }

    protected double Rounding { get; }

    /// <summary>Why there is no such equation for a cell, in a sentence; null where there is.</summary>
    public static string? Obstacle(Cell cell) => cell switch
    {
        not (LeakyCell or VanillaRnn) => $"{cell.Title} is no rate network.",
        LeakyCell { Nonlinearity: var f } when f != Nonlinearity.Tanh && f != Nonlinearity.Logistic
            && f != Nonlinearity.Softplus =>
            $"A proof by rank is for tanh, logistic, softplus, relu and leaky-relu, but f is {f}.",
        _ => null,
    };

    /// <summary>
    /// The equation of a cell in float64; null where no box of k is known, or none of few unknowns.
    /// </summary>
    /// <param name="cell">A rate network with a smooth f.</param>
    /// <param name="input">The constant input.</param>
    /// <param name="weights">Which numbers its weights stand for.</param>
    /// <param name="maxUnknowns">The largest rank at which it is worth a try.</param>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public static LowRankEquation? Of(Cell cell, double[] input, WeightsAre weights, int maxUnknowns)
    {
        if (Terms.Of(cell, input, weights, maxUnknowns) is not { } terms) return null;
        return terms.Nonlinearity == Nonlinearity.Softplus
            ? new For<SoftplusUnit>(terms) : new For<TanhUnit>(terms);
    }

    /// <inheritdoc cref="BoxWork.Range"/>
    protected abstract void Range(Workspace work);

    /// <inheritdoc cref="BoxWork.Linearise"/>
    protected abstract void Linearise(Workspace work);

    /// <inheritdoc/>
    public override BoxWork Begin() => new Workspace(this);

    /// <summary>The state at k: currents, or rates.</summary>
    public override Enclosure[] State(Enclosure[] k)
    {
        var state = terms.M.Times(k);
        for (int i = 0; i < Units; i++)
        {
            state[i] += terms.Outer[i];
            if (!terms.IsRates) continue;
            state[i] = terms.Nonlinearity.Enclosed(state[i])!.Value.Value;
        }
        return state;
    }

    /// <summary>
    /// Where W is m n' / N + E, the points of one k are still one: with |E| at most e, two of them, r apart, are at
    /// most (|m| B |n'| e / N + e) r apart, with B at least |(I - J)^-1|. That is less than r where the factor is below
    /// 1.
    /// </summary>
    /// <inheritdoc/>
    public override bool IsOne(double[,] inverse, double[,] contraction, double[] radius)
    {
        if (terms.Dropped is not { } dropped) return true;
        // |(I - J)^-1| v is at most |Y| v / (1 - c) by the largest share of the radius, with c the same of |I - Y (I -
        // J)|.
        double[] moved = new double[Rank], through = new double[Rank];
        double share = 0, worst = 0, most = 0;
        for (int r = 0; r < Rank; r++)
        {
            Enclosure sum = 0, rest = 0;
            for (int j = 0; j < Units; j++) sum += (Enclosure)Math.Abs(terms.N[j, r].Modulus) * dropped[j];
            moved[r] = (sum / Units).High;
            for (int s = 0; s < Rank; s++) rest += (Enclosure)contraction[r, s] * radius[s];
            share = Math.Max(share, (rest / radius[r]).High);
        }
        if (!(share < 1)) return false;
        for (int r = 0; r < Rank; r++)
        {
            Enclosure sum = 0;
            for (int s = 0; s < Rank; s++) sum += (Enclosure)Math.Abs(inverse[r, s]) * moved[s];
            worst = Math.Max(worst, (sum / radius[r]).High);
        }
        for (int r = 0; r < Rank; r++)
            through[r] = (((Enclosure)worst / ((Enclosure)1 - share)) * radius[r]).High;
        for (int i = 0; i < Units; i++)
        {
            Enclosure sum = dropped[i];
            for (int r = 0; r < Rank; r++) sum += (Enclosure)terms.M[i, r].Modulus * through[r];
            most = Math.Max(most, sum.High);
        }
        return most < 1;
    }

    /// <summary>
    /// Where f is bounded, between the sums of n's parts. Softplus is at most ln 2 + |x|, so that |k| is at most q + M
    /// |k| with M = |n|' |m| / N and q = |n|' (ln 2 + |d|) / N, and so at most any K that is at least q + M K.
    /// </summary>
    private Enclosure[] Box(double[][] aroundM, double[][] aroundN)
    {
        if (terms.Nonlinearity != Nonlinearity.Softplus)
            return [.. Enumerable.Range(0, Rank).Select(r =>
            {
                var sum = Sum(i => (Enclosure)Math.Abs(N[r][i]) + aroundN[r][i]);
                var box = (Offsets[r] + new Enclosure(-sum.High, sum.High)) / Units;
                return Enclosure.Around(box.Middle, box.Radius * (1 + 1e-6) + 1e-12);
            })];
        var (least, gain) = (new double[Rank], new double[Rank, Rank]);
        for (int r = 0; r < Rank; r++)
        {
            least[r] = (Sum(i => (Enclosure.Ln2 + terms.Inner[i].Modulus) * From(r, i)) / Units).High * (1 + 1e-6)
                + 1e-12;
            for (int s = 0; s < Rank; s++) gain[r, s] = (Sum(i => From(r, i) * Onto(s, i)) / Units).High;
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

        Enclosure Onto(int s, int i) => (Enclosure)Math.Abs(M[s][i]) + aroundM[s][i];

        Enclosure From(int r, int i) => (Enclosure)Math.Abs(N[r][i]) + aroundN[r][i];

        Enclosure[] Unbounded() => [.. Enumerable.Repeat(Enclosure.Line, Rank)];

        Enclosure Sum(Func<int, Enclosure> of)
        {
            Enclosure sum = 0;
            for (int i = 0; i < Units; i++) sum += of(i);
            return sum;
        }
    }

    /// <summary>A matrix [N, R] by column, times 1 or 1/2; zeros where it is null.</summary>
    private double[][] Columns(double[]? matrix)
    {
        double[][] columns = new double[Rank][];
        for (int r = 0; r < Rank; r++)
        {
            columns[r] = new double[Padded];
            for (int i = 0; i < Units && matrix is not null; i++) columns[r][i] = scale * matrix[i * Rank + r];
        }
        return columns;
    }

    /// <summary>What the equation is made of.</summary>
    /// <param name="M">m [N, R].</param>
    /// <param name="N">n [N, R].</param>
    /// <param name="Inner">d [N].</param>
    /// <param name="Outer">d of rates; of currents without the bias inside f [N].</param>
    /// <param name="IsRates">Whether the state is the rates.</param>
    /// <param name="Nonlinearity">f.</param>
    /// <param name="Dropped">The most that |E| 1 can be where W = m n' / N + E [N]; null where E is 0.</param>
    private sealed record Terms(EnclosedMatrix M, EnclosedMatrix N, Enclosure[] Inner, Enclosure[] Outer, bool IsRates,
        Nonlinearity Nonlinearity, double[]? Dropped)
    {
        /// <summary>Whether every rate is an unknown, k = f(W k + d).</summary>
        public bool IsFull { get; private init; }

        // Singular values beyond a rank count as rounding where they are less than this share of the largest, such as
        // of a product that was saved in float32.
        private const double NoMoreThanRounding = 1e-6;

        public static Terms? Of(Cell cell, double[] input, WeightsAre weights, int maxUnknowns)
        {
            using var work = cell.Usage.Begin();
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var terms = cell is VanillaRnn rnn ? Of(rnn, input, weights, maxUnknowns)
                : Of((LeakyCell)cell, input, weights, maxUnknowns);
            if (terms is null) return null;
            return terms.Inner.All(d => double.IsFinite(d.Modulus)) && terms.M.Middles.All(double.IsFinite)
                && terms.N.Middles.All(double.IsFinite) ? terms
                : throw new ArgumentException(
                    "A weight or an input of the network is not finite, so nothing can be proven of it.", nameof(cell));
        }

        private static Terms? Of(VanillaRnn cell, double[] input, WeightsAre weights, int maxUnknowns)
        {
            var gates = EnclosedGates.Of(cell, weights);
            var drive = gates.Driven(0, EnclosedVector.Constant(input))
                + gates.Recurrent(0, EnclosedVector.Constant(new double[cell.Units]));
            return Full(cell.WeightHh, [.. drive.Values], [.. drive.Values], isRates: true, Nonlinearity.Tanh, weights,
                maxUnknowns);
        }

        private static Terms? Of(LeakyCell cell, double[] input, WeightsAre weights, int maxUnknowns)
        {
            var outer = (cell.InputWeights.Enclosed(weights) * EnclosedVector.Constant(input)
                + cell.Bias.EnclosedVector(weights)).Values.ToArray();
            var inner = (cell as CurrentsCell)?.InnerBias?.EnclosedValues(weights) is { } bias
                ? [.. outer.Zip(bias, (sum, c) => sum + c)] : outer;
            bool isRates = cell is RatesCell;
            if (cell.Connectivity is not Connectivity.LowRank)
                return Full(cell.Connectivity.Matrix(), inner, outer, isRates, cell.Nonlinearity, weights, maxUnknowns);
            EnclosedMatrix[] factors =
                [.. cell.Connectivity.Parameters.Select(parameter => parameter.Values.Enclosed(weights))];
            return factors[0].ColumnCount > maxUnknowns ? null
                : new(factors[0], factors[1], inner, outer, isRates, cell.Nonlinearity, null);
        }

        /// <summary>
        /// W as it is, with every rate an unknown; or where its singular values say so, m n' / N of low rank and a rest
        /// that moves the arguments by no more than a bound.
        /// </summary>
        private static Terms? Full(Tensor w, Enclosure[] inner, Enclosure[] outer, bool isRates, Nonlinearity f,
            WeightsAre weights, int maxUnknowns)
        {
            int units = (int)w.shape[0];
            if (f != Nonlinearity.Softplus && Factored(w, maxUnknowns) is var (m, n))
            {
                var from = new EnclosedMatrix(n);
                var rest = w.Enclosed(weights).Plus(new EnclosedMatrix(m).Times(from.Turned((Enclosure)(-1) / units)));
                double[] dropped = rest.ModuliTimes([.. Enumerable.Repeat(1.0, units)]);
                return new(new(m), from, Widened(inner, dropped), Widened(outer, dropped), isRates, f, dropped);
            }
            if (units > maxUnknowns) return null;
            double[,] own = new double[units, units];
            for (int i = 0; i < units; i++) own[i, i] = units;
            return new(w.Enclosed(weights), new(own), inner, outer, isRates, f, null) { IsFull = true };

            // |f| is at most 1.
            static Enclosure[] Widened(Enclosure[] sums, double[] by) =>
                [.. sums.Zip(by, (sum, far) => sum + new Enclosure(-far, far))];
        }

        /// <summary>
        /// m and n with W near m n' / N, of fewer columns than W has and than there may be unknowns; null where W is of
        /// no such rank. Its range is met with some random vectors more than that (Halko, Martinsson and Tropp 2011):
        /// the singular values of the whole would take minutes with thousands of units. What they miss is dropped, and
        /// enters the proof.
        /// </summary>
        private static (double[,] M, double[,] N)? Factored(Tensor w, int maxUnknowns)
        {
            const int more = 8;
            int units = (int)w.shape[0];
            if (!w.isfinite().all().item<bool>()) return null;
            using var generator = new Generator(1);
            var sketch = randn(units, Math.Min(units, maxUnknowns + more), w.dtype, generator: generator);
            var range = linalg.qr(w.mm(sketch)).Q;
            var (left, values, right) = linalg.svd(range.t().mm(w), fullMatrices: false);
            double[] sizes = values.ToVector();
            int rank = sizes.Count(size => size > NoMoreThanRounding * sizes[0]);
            if (rank == 0 || rank >= units || rank > maxUnknowns) return null;
            double[,] m = range.mm(left.narrow(1, 0, rank) * values.narrow(0, 0, rank)).ToMatrix(),
                rows = right.narrow(0, 0, rank).ToMatrix(), n = new double[units, rank];
            for (int i = 0; i < units; i++)
                for (int r = 0; r < rank; r++) n[i, r] = units * rows[r, i];
            return (m, n);
        }
    }

    /// <summary>The same for one f, a vector of units at a time.</summary>
    private sealed class For<TUnit>(Terms terms) : LowRankEquation(terms, 2 * Vector<double>.Count)
        where TUnit : struct, ISmoothUnit
    {
        protected override void Range(Workspace work)
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

        protected override void Linearise(Workspace work)
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
                    double most = change * Rounding + ProductErrors[r * Rank + s];
                    work.Change[r, s] = (Enclosure.Around(most, 0) / Units).High;
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

    /// <summary>What f does over a box, by unit.</summary>
    protected sealed class Workspace(LowRankEquation equation) : BoxWork(equation.Rank)
    {
        public readonly double[] Centres = new double[equation.Padded], Reaches = new double[equation.Padded],
            Lows = new double[equation.Padded], Highs = new double[equation.Padded],
            Middles = new double[equation.Padded], Radii = new double[equation.Padded],
            Slopes = new double[equation.Padded], Changes = new double[equation.Padded];

        // Of tanh with every rate an unknown.
        private readonly (HullConsistency Hull, TanhRelaxation Lines)? ofRates =
            equation.terms is { IsFull: true, Nonlinearity: var f, M: var m, Inner: var d } && f == Nonlinearity.Tanh
                ? (new(m, d), new(m, d)) : null;

        public override bool ContractsByLines => ofRates is not null;

        public override BoxEnd? Contract(Enclosure[] box)
        {
            if (ofRates is not var (hull, lines)) return null;
            if (!hull.Contract(box) || !hull.Arguments(box, out double[] least, out double[] largest))
                return BoxEnd.EmptyByRange;
            return lines.Contract(box, least, largest) ? null : BoxEnd.EmptyByLinearisation;
        }

        public override void Range() => equation.Range(this);

        public override void Linearise() => equation.Linearise(this);

        /// <summary>Whether the bounds on rounding hold for arguments as large as those of the box.</summary>
        public override bool Allows(ReadOnlySpan<double> centre, ReadOnlySpan<double> radius)
        {
            for (int r = 0; r < centre.Length; r++)
                if (!(Math.Abs(centre[r]) + radius[r] < 0.99 * Reach * equation.Root[r].Modulus)) return false;
            return true;
        }
    }
}
