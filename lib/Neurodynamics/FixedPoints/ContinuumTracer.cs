using Neurodynamics.Enclosures;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Follows fixed points in the directions in which I - J leads nowhere: small moves that Newton pulls back, in the
/// plane across these directions. Where they all end at fixed points at which I - J is singular as well, with fixed
/// points between them, that is a continuum; at a fold or another single degenerate point they do not.
/// </summary>
/// <param name="cell">The cell, in float64.</param>
/// <param name="input">The constant input.</param>
/// <param name="distance">Two states that are nearer are one.</param>
/// <param name="scale">How far apart the states are that a search starts from.</param>
internal sealed class ContinuumTracer(Cell cell, double[] input, double distance, double scale)
{
    /// <summary>
    /// Singular values up to here, where J and the state are known to about 1e-12, may be rounding.
    /// </summary>
    private const double Singular = 1e-8;

    private const int MostSamples = 40, FewestSamples = 5, MostSteps = 20, Bisections = 40;

    /// <summary>Continua, and single degenerate points, that are looked into at most.</summary>
    private const int MostTraces = 16;

    /// <summary>
    /// A state with bases [S, k] of the directions that I - J leads nowhere from, and that it leads nowhere to.
    /// </summary>
    private sealed record Sample(double[] State, double[,] Right, double[,] Left)
    {
        public int Dimension => Right.GetLength(1);
    }

    private sealed record Traced(Continuum Continuum, List<Sample> Samples, double Step);

    /// <summary>
    /// The way to where trials begin: in how many parts it is looked at, how often more closely, and how much of it
    /// beyond where the state stands still.
    /// </summary>
    private const int Parts = 256, Looks = 3;
    private const double Beyond = 1.0 / 64;

    /// <summary>
    /// Less than a fifth power has there of what it has at most, and by how much that is above rounding.
    /// </summary>
    private const double Tail = Beyond * Beyond * Beyond * Beyond * Beyond / 2, Moves = 1e10;

    private readonly List<Traced> traced = [];
    private readonly double[] start = cell.StartState();
    private readonly Lazy<EnclosedStep?> enclosed = new(() => cell.Enclosed());
    private int traces;

    public IReadOnlyList<Continuum> Found => [.. traced.Select(own => own.Continuum)];

    /// <summary>Whether a state that stands still, or nearly so, belongs to a continuum that is known.</summary>
    public bool Holds(double[] state) => HolderOf(state) is not null;

    /// <summary>Which of those that were found or listed a state belongs to, from 0; null where it is none.</summary>
    public int? HolderOf(double[] state) =>
        traced.FindIndex(own => Holds(own, state)) is >= 0 and var index ? index : null;

    /// <summary>Adds one that an earlier search listed; false where I - J is singular at none of its states.</summary>
    public bool Add(Continuum listed)
    {
        Sample[] samples = [.. listed.States.Select(SeedAt).OfType<Sample>()];
        if (samples.Length == 0) return false;
        double step = samples.Length < 2 ? scale / 5 : samples.Max(one => samples.Where(other => other != one)
            .Min(other => other.State.Distance(one.State)));
        traced.Add(new(listed, [.. samples], step));
        return true;
    }

    /// <summary>Whether a state that stands still belongs to a continuum that was not known, and is now.</summary>
    public bool Follow(double[] state, CancellationToken cancellation)
    {
        if (traces >= MostTraces || SeedAt(state) is not { } near || Near(near, state) is not { } seed) return false;
        if (traced.Find(own => Reaches(own, seed)) is { } known)
        {
            known.Samples.Add(seed);
            return true;
        }
        traces++;
        foreach (double step in (double[])[scale / 5, scale / 20])
        {
            if (Trace(seed, step, cancellation) is not { } found) continue;
            traced.Add(found);
            return true;
        }
        return false;
    }

    /// <summary>
    /// Whether a state stands still in float64 alone, as where gates saturate. On the way from there to where trials
    /// begin, the part of the step that I - J leads nowhere to is then at rounding for a while, and grows from there
    /// like the tails of sigmoid and tanh: at first less than any power up to the fifth. Beside the end of a continuum,
    /// or across from it, it grows like a low power.
    /// </summary>
    public bool IsSaturated(double[] state)
    {
        if (SeedAt(state) is not { } near) return false;
        var seed = Near(near, state) ?? near;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (u, from, left) = (input.ToTensor().unsqueeze(0), seed.State.ToTensor().unsqueeze(0), seed.Left.ToTensor());
        var way = start.ToTensor().unsqueeze(0) - from;
        double still = 2 * Rounding(seed.State);
        var (last, part, most) = (0.0, 1.0 / Parts, 0.0);
        for (int look = 0; look < Looks; look++, part /= Parts)
        {
            double[] moved = Moved([.. Enumerable.Range(0, Parts + 1).Select(i => last + i * part)]);
            most = Math.Max(most, moved.Max());
            int first = Array.FindIndex(moved, length => !(length <= still));
            if (first <= 0 || most < Moves * still) return false;
            last += (first - 1) * part;
        }
        return Moved([last + (1 - last) * Beyond])[0] <= Tail * most;

        double[] Moved(double[] shares)
        {
            var x = from.Plus(shares.ToTensor().unsqueeze(1) * way);
            return (cell.Step(u, x) - x).mm(left).norm(1).ToVector();
        }
    }

    /// <summary>
    /// Whether the continuum's state across from its nearest sample is the state, and there is one half way as well.
    /// </summary>
    private bool Holds(Traced own, double[] state)
    {
        var near = own.Samples.MinBy(sample => sample.State.Distance(state))!;
        if (near.State.Distance(state) <= distance) return true;
        double[] between = [.. near.State.Zip(state, (a, b) => (a + b) / 2)];
        return Near(near, state) is { } there && there.State.Distance(state) <= distance
            && (state.Distance(near.State) <= own.Step || Near(near, between) is not null);
    }

    /// <summary>Whether moves along a continuum, each nearer than the last, lead to a state of it.</summary>
    private bool Reaches(Traced own, Sample seed)
    {
        if (own.Continuum.Dimension != seed.Dimension) return false;
        var from = own.Samples.MinBy(sample => sample.State.Distance(seed.State));
        for (double left = double.PositiveInfinity; from is not null;)
        {
            double[] way = [.. seed.State.Zip(from.State, (a, b) => a - b)];
            double apart = ((ReadOnlySpan<double>)way).Norm();
            if (apart <= distance) return true;
            if (apart >= left) return false;
            left = apart;
            double[] along = new double[way.Length];
            foreach (double[] direction in Directions(from))
            {
                double share = ((ReadOnlySpan<double>)direction).Dot(way);
                for (int i = 0; i < along.Length; i++) along[i] += share * direction[i];
            }
            double length = ((ReadOnlySpan<double>)along).Norm();
            if (length == 0) return false;
            from = Move(from, Array.ConvertAll(along, value => value / length), Math.Min(own.Step, length));
        }
        return false;
    }

    /// <summary>The singular directions at a state; null where I - J is regular.</summary>
    private Sample? SeedAt(double[] state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var matrix = Matrix(state.ToTensor().unsqueeze(0));
        if (!matrix.isfinite().all().item<bool>()) return null;
        // Cheaper than singular values, and enough where the matrix is regular.
        var inverse = linalg.solve_ex(matrix, eye(cell.StateSize, dtype: ScalarType.Float64)).result;
        double size = inverse.norm().item<double>(), most = Singular * Math.Max(1, matrix.norm().item<double>());
        if (double.IsFinite(size) && size < 1 / most) return null;
        var (u, s, vt) = linalg.svd(matrix);
        int nullity = s.ToVector().Count(value => value <= most);
        if (nullity == 0) return null;
        int rank = cell.StateSize - nullity;
        return new(state, vt.narrow(0, rank, nullity).t().ToMatrix(), u.narrow(1, rank, nullity).ToMatrix());
    }

    private Traced? Trace(Sample seed, double step, CancellationToken cancellation)
    {
        var (samples, ordered) = (new List<Sample> { seed }, new LinkedList<Sample>([seed]));
        var fronts = new Queue<(Sample From, double[] Along, bool Forward)>();
        bool ends = false, endsForward = false, goesOn = false;
        if (!Directions(seed).Any(along => Move(seed, along, step) is not null || Move(seed, along, -step) is not null))
            return null;
        Spread(seed, null, true);
        while (fronts.TryDequeue(out var front))
        {
            if (samples.Count >= MostSamples || cancellation.IsCancellationRequested)
            {
                goesOn = true;
                continue;
            }
            if (Move(front.From, front.Along, step) is { } next)
            {
                // A front that meets samples that are there closes.
                if (samples.Any(sample => sample != front.From && sample.State.Distance(next.State) < step / 2))
                    continue;
                Add(next, front.Along, front.Forward);
                continue;
            }
            if (seed.Dimension > 1)
            {
                ends = true;
                continue;
            }
            // Up to where it ends, or to where it bends too much for the step.
            var (far, low, high) = (front.From, 0.0, step);
            for (int i = 0; i < Bisections && high - low > 1e-9 * step; i++)
            {
                double middle = (low + high) / 2;
                if (Move(front.From, front.Along, middle) is { } there) (far, low) = (there, middle);
                else high = middle;
            }
            if (low > 1e-6 * step) Add(far, front.Along, front.Forward, isLast: low < step / 4);
            if (low < step / 4) (ends, endsForward) = (true, front.Forward);
        }
        if (samples.Count < FewestSamples) return null;
        // A curve with one end begins there.
        Sample[] inOrder = [.. goesOn && endsForward ? ordered.Reverse() : ordered];
        return new(new(seed.Dimension, Array.ConvertAll(inOrder, own => own.State),
            Array.ConvertAll(inOrder, Directions), ends, goesOn), samples, step);

        void Add(Sample sample, double[] along, bool forward, bool isLast = false)
        {
            samples.Add(sample);
            if (forward) ordered.AddLast(sample);
            else ordered.AddFirst(sample);
            if (!isLast) Spread(sample, along, forward);
        }

        void Spread(Sample sample, double[]? along, bool forward)
        {
            foreach (double[] direction in Directions(sample))
                foreach (int sign in (int[])[1, -1])
                {
                    double[] signed = Array.ConvertAll(direction, value => sign * value);
                    bool isBack = sample.Dimension == 1 && along is not null
                        && ((ReadOnlySpan<double>)along).Dot(signed) < 0;
                    if (!isBack) fronts.Enqueue((sample, signed, along is null ? sign > 0 : forward));
                }
        }
    }

    /// <summary>A small move, if it ends on the continuum and what lies half way does as well.</summary>
    private Sample? Move(Sample from, double[] along, double step)
    {
        double[] target = [.. from.State.Zip(along, (value, direction) => value + step * direction)];
        if (Near(from, target) is not { } next || next.State.Distance(target) > Math.Abs(step) / 2) return null;
        double[] middle = [.. from.State.Zip(next.State, (a, b) => (a + b) / 2)];
        return Near(from, middle) is { } between && between.State.Distance(middle) <= Math.Abs(step) / 2
            ? next : null;
    }

    /// <summary>
    /// The fixed point in the plane through a state across a sample's directions, if Newton finds one there and I - J
    /// is singular at it: (I - J) d + L m = F(x) - x with R'd = 0, which is regular where the continuum is smooth.
    /// </summary>
    private Sample? Near(Sample sample, double[] state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        int size = cell.StateSize, k = sample.Dimension;
        var (u, right, left) = (input.ToTensor().unsqueeze(0), sample.Right.ToTensor(), sample.Left.ToTensor());
        var x = state.ToTensor().unsqueeze(0);
        // From the sample's side of the plane, so that a state that stands still alone is not taken for one of them.
        var origin = sample.State.ToTensor().unsqueeze(0);
        x = origin.Plus((x - origin).mm(right).mm(right.t()));
        double most = 2 * Rounding(x.squeeze(0).ToVector());
        for (int step = 0; step <= MostSteps; step++)
        {
            var residual = cell.Step(u, x) - x;
            double length = residual.norm().item<double>();
            if (!double.IsFinite(length)) return null;
            var matrix = Matrix(x);
            var bordered = cat([cat([matrix, left], 1), cat([right.t(), zeros(k, k, dtype: ScalarType.Float64)], 1)]);
            if (length <= most)
            {
                var ask = cat([zeros(size, k, dtype: ScalarType.Float64), eye(k, dtype: ScalarType.Float64)]);
                var (directions, others) = (Basis(bordered, ask), Basis(bordered.t(), ask));
                if (directions is null || others is null) return null;
                double slope = matrix.mm(directions).norm().item<double>();
                return slope <= Singular * Math.Max(1, matrix.norm().item<double>())
                    ? new(x.squeeze(0).ToVector(), directions.ToMatrix(), others.ToMatrix())
                    : null;
            }
            var (solution, _) = linalg.solve_ex(bordered,
                cat([residual.t(), zeros(k, 1, dtype: ScalarType.Float64)]));
            x = x.Plus(solution.narrow(0, 0, size).t());
        }
        return null;

        Tensor? Basis(Tensor matrix, Tensor ask)
        {
            var found = linalg.solve_ex(matrix, ask).result.narrow(0, 0, size);
            return found.isfinite().all().item<bool>() ? linalg.qr(found).Q : null;
        }
    }

    /// <summary>
    /// How far the step in float64 can be from the true one, Euclidean: as far as it is from the far ends of the step
    /// over enclosures; where there is none, a guess of S + I + 16 roundings of 1 + ||x||.
    /// </summary>
    private double Rounding(double[] state)
    {
        if (enclosed.Value is not { } step)
            return (1 + state.Distance(new double[state.Length])) * (state.Length + input.Length + 16)
                * Float64.UnitRoundoff;
        double[] next = cell.Next(input, state);
        var exact = step.Next(EnclosedVector.Constant(input), EnclosedVector.Constant(state)).Values;
        return Math.Sqrt(next.Zip(exact, (value, all) => Math.Pow((all - value).Modulus, 2)).Sum());
    }

    private Tensor Matrix(Tensor x) => cell.StateJacobian(input.ToTensor().unsqueeze(0), x).squeeze(0).FromIdentity();

    private static double[][] Directions(Sample sample) =>
        [.. Enumerable.Range(0, sample.Dimension).Select(k => sample.Right.Column(k))];
}
