using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Rate networks, plain RNNs among them, in every <see cref="RateConvention"/>.</summary>
internal sealed class RateFamily : EquationFamily
{
    /// <summary>How many readings go on to be tried on whole trials.</summary>
    private const int Kept = 12;

    /// <summary>Where the arrays stand, and how far off a step is with the leak that fits best.</summary>
    private sealed record Guess(RateEquation Equation, double Error);

    public override IEnumerable<Reading> Readings(Parts parts, Moves moves)
    {
        var best = new PriorityQueue<Guess, double>();
        foreach (var guess in Guesses(parts, moves))
        {
            if (double.IsInfinity(guess.Error)) continue;
            best.Enqueue(guess, -guess.Error);
            if (best.Count > Kept) best.Dequeue();
        }
        return [.. best.UnorderedItems.Select(item => Finished(item.Element, parts, moves))];
    }

    private static IEnumerable<Guess> Guesses(Parts parts, Moves moves)
    {
        var (units, inputs) = (moves.StateSize, moves.InputSize);
        // Of several networks in a file, arrays whose names begin alike belong together.
        var pairs = Connection.In(parts, units, inputs).SelectMany(w => w.Inputs is { } tied ? [(W: w, B: tied)]
                : InputWeights(parts.Without(w.From), moves).Select(b => (W: w, B: b)))
            .OrderByDescending(pair => Part.BeginAlike([.. pair.W.From, .. pair.B?.From ?? []]));
        foreach (var (w, b) in pairs)
        {
            var left = parts.Without([.. w.From, .. b?.From ?? []]);
            var single = left.Vectors(units, "b");
            Part?[] biases = [null, .. single, .. Sums(single)];
            var c = left.Vectors(units, "c");
            Part?[] inners = [null, .. c, .. c.Select(Negative)];
            foreach (var f in Nonlinearity.All)
            {
                if (!moves.Budget.Take(biases.Length * (1 + inners.Length) * Math.Max(1, units / 50))) yield break;
                foreach (var guess in With(moves, new(default, f, w, b, null, null, null), biases, inners))
                    yield return guess;
            }
        }
    }

    private static List<Guess> With(Moves moves, RateEquation plain, Part?[] biases, Part?[] inners)
    {
        var guesses = new List<Guess>();
        using var scope = NewDisposeScope();
        Try(plain with { Convention = RateConvention.Rates }, RateConvention.RatesLeakInside);
        foreach (var c in inners)
            Try(plain with { Convention = RateConvention.Currents, Inner = c }, RateConvention.CurrentsUnscaled);
        return guesses;

        void Try(RateEquation equation, RateConvention other)
        {
            // The products with weights are the same for every bias and leak.
            var unbiased = Leaking.Unbiased(moves, equation);
            foreach (var bias in biases.Where(bias => equation.Inner?.Shares(bias) != true))
                foreach (var convention in new[] { equation.Convention, other })
                {
                    using var each = NewDisposeScope();
                    var one = equation with { Convention = convention, Bias = bias };
                    var leaking = new Leaking(moves, one, unbiased);
                    guesses.Add(new(one, leaking.Error(leaking.Best(shared: false))));
                }
        }
    }

    /// <summary>
    /// [N, I] as it is, or with a scale for every input; null, for none, where nothing has the shape or where trials
    /// without input cannot tell what has.
    /// </summary>
    private static Part?[] InputWeights(Parts parts, Moves moves)
    {
        var (units, inputs) = (moves.StateSize, moves.InputSize);
        Part[] plain = [.. parts.Matrices(units, inputs, "B"), .. Together(parts, units, inputs)];
        if (inputs == units) plain = [.. plain, new("1", eye(units, dtype: ScalarType.Float64), [])];
        if (!moves.HaveInput) return plain is [var only] ? [only] : [null];
        Part?[] made =
        [
            .. plain.SelectMany(part => Scales(parts.Without(part.From), inputs).Select(part.Scaled).Prepend(part)),
        ];
        return made.Length > 0 ? made : [null];
    }

    /// <summary>Two matrices of inputs of two kinds, one beside the other.</summary>
    private static IEnumerable<Part> Together(Parts parts, int units, int inputs)
    {
        for (int some = 1; some < inputs; some++)
            foreach (var one in parts.Matrices(units, some))
                foreach (var two in parts.Matrices(units, inputs - some).Where(two => !two.Shares(one)))
                    yield return new($"[{one.Text}, {two.Text}]", cat([one.Values, two.Values], 1),
                        [.. one.From, .. two.From]);
    }

    private static IEnumerable<Part> Scales(Parts parts, int inputs)
    {
        var single = parts.Vectors(1);
        // So many numbers are settings.
        var scales = single.Count > 4 ? [] : single;
        return (inputs == 1 ? scales : parts.Vectors(inputs).Concat(scales))
            .Where(part => !Parts.IsOne(part.From[0]));
    }

    /// <summary>A threshold inside f is a bias with the other sign.</summary>
    private static Part Negative(Part part) => new($"-{part.Text}", part.Values.neg(), part.From);

    private static IEnumerable<Part> Sums(IReadOnlyList<Part> vectors) =>
        vectors.SelectMany((one, i) => vectors.Skip(i + 1).Select(one.Plus));

    /// <summary>The guess with a leak that means something, where one fits as well.</summary>
    private static Reading Finished(Guess guess, Parts parts, Moves moves)
    {
        using var scope = NewDisposeScope();
        var leaking = new Leaking(moves, guess.Equation, Leaking.Unbiased(moves, guess.Equation));
        var (one, own) = (leaking.Best(shared: true), leaking.Best(shared: false));
        bool shared = leaking.Error(one) <= Math.Max(3 * guess.Error, 1e-13);
        var leak = Leak.Choose(
            parts.Without(guess.Equation.From), moves.StateSize, shared ? one : own, shared, leaking.Error);
        bool isPlain = leak.IsShared && leak.Values[0].item<double>() == 1;
        var equation = guess.Equation with { Leak = isPlain ? null : leak };
        return new(equation.Layer(moves.InputSize, moves.StateSize), equation.ToString(), leaking.Error(leak.Values));
    }

    /// <summary>The steps that an equation predicts, whatever its leak.</summary>
    private sealed class Leaking
    {
        private readonly Moves moves;
        private readonly RateEquation equation;
        private readonly Tensor drive;

        public Leaking(Moves moves, RateEquation equation, Tensor unbiased)
        {
            (this.moves, this.equation) = (moves, equation);
            var sum = equation.Bias is { } bias ? unbiased.Plus(bias.Values) : unbiased;
            drive = equation.Convention == RateConvention.Rates ? equation.F.Of(sum) : sum;
        }

        /// <summary>What units and inputs drive each unit with, W f(x + c) + B u or W r + B u.</summary>
        public static Tensor Unbiased(Moves moves, RateEquation equation)
        {
            var x = moves.Before;
            var sum = equation.W.Times(
                equation.IsRates ? x : equation.F.Of(equation.Inner is { } c ? x.Plus(c.Values) : x));
            return equation.B is { } b ? sum.Plus(moves.Inputs.mm(b.Values.t())) : sum;
        }

        /// <summary>How far off steps are with a leak [N] or [1].</summary>
        public double Error(Tensor leak) => moves.Error(equation.Convention switch
        {
            RateConvention.CurrentsUnscaled => drive.Plus(moves.Before * Scalars.OneMinus(leak)),
            RateConvention.RatesLeakInside => equation.F.Of(lerp(moves.Before, drive, leak)),
            _ => lerp(moves.Before, drive, leak),
        });

        /// <summary>The leak that fits best [N], by least squares: each unit's own, or one for all.</summary>
        public Tensor Best(bool shared)
        {
            shared |= moves.Count < 4;
            // The steps say (1 - a) x = x' - drive, or a (drive - x) = x' - x.
            var way = drive - moves.Before;
            if (equation.Convention == RateConvention.CurrentsUnscaled)
                return Share(Scalars.OneMinus(Solved(moves.Before, moves.After - drive, shared)));
            if (equation.Convention != RateConvention.RatesLeakInside)
                return Share(Solved(way, moves.After - moves.Before, shared));
            // What stands in f is x + a (drive - x): Gauss and Newton's steps from a = 1, first of one leak for all.
            var leak = ones(1, dtype: ScalarType.Float64);
            for (int i = 0; i < 8; i++)
            {
                var argument = lerp(moves.Before, drive, leak);
                var factor = equation.F.Slope(argument) * way;
                var product = (moves.After - equation.F.Of(argument)).Plus(factor * leak);
                leak = Share(Solved(factor, product, shared || i < 3));
            }
            return leak;

            static Tensor Share(Tensor leak) => leak.nan_to_num(1).AtMost(1).AtLeast(1e-9);
        }

        /// <summary>The numbers [N] that times factors [P, N] come nearest to products.</summary>
        private static Tensor Solved(Tensor factor, Tensor product, bool shared)
        {
            var (above, below) = ((factor * product).sum(dim: 0), factor.Squared().sum(dim: 0));
            var one = above.sum().div(below.sum()).expand_as(above);
            return shared ? one : where(below.Above(1e-24), above.div(below), one);
        }
    }
}
