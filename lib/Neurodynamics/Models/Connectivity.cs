using Neurodynamics.Enclosures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>How the units of a leaky cell are connected: what is stored of W [N, N], and how it multiplies.</summary>
internal abstract class Connectivity
{
    /// <summary>The parameters of W, by name.</summary>
    public abstract IReadOnlyList<(string Name, Parameter Values)> Parameters { get; }

    /// <summary>W [N, N].</summary>
    public abstract Tensor Matrix();

    /// <summary>A function that maps z [B, N] to W z; what does not depend on z is computed once.</summary>
    public abstract Func<Tensor, Tensor> Product();

    /// <summary>
    /// The same over enclosures in two parts, W z = onto(from(z)), with as few values between them as there are: of low
    /// rank k = n' z / N and m k, of full rank z itself and W z.
    /// </summary>
    public abstract (Func<EnclosedVector, EnclosedVector> From, Func<EnclosedVector, EnclosedVector> Onto) Enclosed(
        WeightsAre weights);

    /// <summary>The equation of the values between them at a fixed point, as for a reader.</summary>
    public virtual string Equation => "r = f(W r + d)";

    /// <summary>The same of low rank.</summary>
    public const string LowRankEquation = "k = n' f(m k + d) / N";

    /// <summary>|W| |z| [B, N] at least, where z is not negative.</summary>
    public abstract Tensor ModuliTimes(Tensor z);

    /// <summary>Takes W, or m and n.</summary>
    public virtual void Set(double[][,] weights)
    {
        foreach (var (parameter, values) in Parameters.Zip(weights)) parameter.Values.copy_(values.ToTensor());
    }

    /// <summary>Lets some units act on no other.</summary>
    public abstract void Silence(IEnumerable<int> units);

    /// <summary>Draws initial weights.</summary>
    public abstract void Initialise(Generator generator);

    /// <summary>
    /// Solves (I - diag(left) W diag(right)) d = s for each of a batch without building a matrix of N by N; null where
    /// W has to be built.
    /// </summary>
    /// <param name="left">[B, N]; null for ones.</param>
    /// <param name="right">[B, N]; null for ones.</param>
    /// <param name="s">[B, N].</param>
    public virtual Tensor? Solve(Tensor? left, Tensor? right, Tensor s) => null;

    /// <summary>Every weight by itself.</summary>
    internal class Full(int units, ScalarType precision) : Connectivity
    {
        protected Parameter Weights { get; } = new(zeros(units, units, dtype: precision));

        public override IReadOnlyList<(string Name, Parameter Values)> Parameters => [("weight_hh", Weights)];

        public override Tensor Matrix() => Weights.alias();

        public override Func<Tensor, Tensor> Product()
        {
            var columns = Matrix().t();
            return z => z.mm(columns);
        }

        public override (Func<EnclosedVector, EnclosedVector> From, Func<EnclosedVector, EnclosedVector> Onto)
            Enclosed(WeightsAre weights)
        {
            var matrix = Matrix().Enclosed(weights);
            return (z => z, z => matrix * z);
        }

        public override Tensor ModuliTimes(Tensor z) => z.mm(Weights.abs().t());

        public override void Silence(IEnumerable<int> units)
        {
            foreach (int unit in units) Weights.select(1, unit).zero_();
        }

        public override void Initialise(Generator generator) => Glorot.Fill(Weights, generator);
    }

    /// <summary>
    /// Dale's law: all weights of a unit onto others have its sign. The weights are moduli, W = |weights| diag(sign).
    /// </summary>
    internal sealed class Dale(int units, double inhibitory, ScalarType precision) : Full(units, precision)
    {
        /// <summary>1 for an excitatory unit, -1 for an inhibitory one [N]: the last units are inhibitory.</summary>
        public Tensor Sign { get; } = tensor(Enumerable.Range(0, units)
            .Select(i => i < units - Inhibitory(units, inhibitory) ? 1.0 : -1.0).ToArray()).to(precision);

        public override Tensor Matrix() => Weights.abs() * Sign;

        public override void Set(double[][,] weights)
        {
            double[,] w = weights[0];
            for (int j = 0; j < w.GetLength(1); j++)
            {
                double[] column = [.. Enumerable.Range(0, w.GetLength(0)).Select(i => w[i, j])];
                if (column.Any(value => value > 0) && column.Any(value => value < 0))
                    throw new ArgumentException(
                        $"Under Dale's law all weights of a unit have one sign, but column {j} of W has both.",
                        nameof(weights));
                Sign[j] = tensor(column.Any(value => value < 0) ? -1.0 : 1.0);
            }
            Weights.copy_(w.ToTensor().abs());
        }

        /// <summary>
        /// Moduli of Glorot's distribution, of the inhibitory units as much larger as they are fewer: then excitation
        /// and inhibition cancel in the mean.
        /// </summary>
        public override void Initialise(Generator generator)
        {
            base.Initialise(generator);
            Weights.abs_();
            int few = Inhibitory(Weights.shape[0], inhibitory);
            if (few > 0 && few < Weights.shape[0])
                Weights.narrow(1, Weights.shape[0] - few, few).mul_(Scalars.Held((double)Weights.shape[0] / few - 1));
        }

        private static int Inhibitory(long units, double share) => (int)Math.Round(share * units);
    }

    /// <summary>Low rank: W = m n' / N. Nothing of N by N is built but where a matrix is asked for.</summary>
    internal sealed class LowRank(int units, int rank, ScalarType precision, double overlap = 0) : Connectivity
    {
        private readonly Parameter m = new(zeros(units, rank, dtype: precision)),
            n = new(zeros(units, rank, dtype: precision));

        public override IReadOnlyList<(string Name, Parameter Values)> Parameters => [("m", m), ("n", n)];

        public override Tensor Matrix() => m.mm(n.t()).Over(units);

        public override Func<Tensor, Tensor> Product()
        {
            var onto = m.t().Over(units);
            return z => z.mm(n).mm(onto);
        }

        public override (Func<EnclosedVector, EnclosedVector> From, Func<EnclosedVector, EnclosedVector> Onto)
            Enclosed(WeightsAre weights)
        {
            var (onto, from) = (m.Enclosed(weights), n.t().Enclosed(weights));
            var share = (Enclosure)1 / units;
            return (z => (from * z).Map(k => (k / units, share)), k => onto * k);
        }

        public override string Equation => LowRankEquation;

        public override Tensor ModuliTimes(Tensor z) => z.mm(n.abs()).mm(m.abs().t()).Over(units);

        public override void Silence(IEnumerable<int> units)
        {
            foreach (int unit in units) n.select(0, unit).zero_();
        }

        public override void Initialise(Generator generator)
        {
            m.normal_(0, 1, generator);
            n.normal_(0, 1, generator);
            if (overlap != 0) n.add_(m.Times(overlap), Scalars.One);
        }

        /// <summary>d = s + L m k with k = n'R d / N, which R unknowns decide (Woodbury).</summary>
        public override Tensor? Solve(Tensor? left, Tensor? right, Tensor s)
        {
            var (onto, from) = (Scaled(left, m), Scaled(right, n.Over(units)));
            var k = linalg.solve_ex(from.mT.matmul(onto).FromIdentity(), from.mT.matmul(s.unsqueeze(-1))).result;
            return s.Plus(onto.matmul(k).squeeze(-1));

            Tensor Scaled(Tensor? scale, Tensor vectors) => scale is null
                ? vectors.expand(s.shape[0], units, rank) : scale.unsqueeze(-1) * vectors;
        }
    }
}
