using System.Numerics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Neurodynamics.Training;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class BifurcationTests
{
    [Fact]
    public void A_growing_gain_ends_in_a_branch_point_at_1()
    {
        // x = u tanh(x): the point 0 has the eigenvalue u.
        var it = Single(Cell.From((u, x) => u * x.tanh(), 1, 1), [0]);
        Assert.Equal(BifurcationKind.BranchPoint, it.Kind);
        Assert.Equal(1, it.Eigenvalue.Real, 1e-8);
        Assert.Equal(double.PositiveInfinity, it.Period);
    }

    [Fact]
    public void A_growing_negative_gain_ends_in_a_flip_at_1()
    {
        var it = Single(Cell.From((u, x) => u.neg() * x.tanh(), 1, 1), [0]);
        Assert.Equal((BifurcationKind.Flip, 2.0), (it.Kind, it.Period));
        Assert.Equal(-1, it.Eigenvalue.Real, 1e-8);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1.0)]
    [InlineData(3.1)]
    public void A_growing_turn_ends_in_a_Neimark_Sacker_at_1(double angle)
    {
        double[,] turn = { { Math.Cos(angle), -Math.Sin(angle) }, { Math.Sin(angle), Math.Cos(angle) } };
        var it = Single(Cell.From((u, x) => u * x.tanh().mm(tensor(turn).t()), 1, 2), [0, 0]);
        Assert.Equal(BifurcationKind.NeimarkSacker, it.Kind);
        Assert.Equal(2 * Math.PI / angle, it.Period, 1e-6 * it.Period);
    }

    /// <summary>
    /// Random networks against Newton on the bordered equations of each kind, by hand: F(x) = x, J v = lambda v with
    /// lambda = 1, -1 or exp(i theta), and two equations for the length and phase of v.
    /// </summary>
    [Fact]
    public void Every_kind_is_where_bordered_equations_have_it()
    {
        const int Units = 5;
        var seen = new Dictionary<BifurcationKind, int>();
        for (int seed = 1; seed <= 7; seed++)
        {
            var random = new Random(seed);
            double[,] w = Drawn(random, Units, Units, 1.3 + 0.1 * seed), b = Drawn(random, Units, 1, 2);
            var cell = Nets.Tanh(w);
            using (no_grad()) cell.WeightIh.copy_(tensor(b));
            var starts = new FixedPointSearch().Run(cell, Candidates.Random(cell, 60, 1, seed), [-1.5]).Points
                .OfType<FixedPoint>().ToList();
            foreach (var branch in new Continuation().FollowAll(cell, starts, [1.5]))
                foreach (var it in branch.Bifurcations)
                {
                    seen[it.Kind] = seen.GetValueOrDefault(it.Kind) + 1;
                    double[] exact = Bordered(it, it.Point.State, (x, u) => Next(w, b, x, u), (x, _) => Jacobian(w, x));
                    Assert.Equal(exact[Units], it.Point.Input[0], 1e-8);
                    Assert.Equal(exact[Units], -1.5 + 3 * it.Position, 1e-8);
                    for (int i = 0; i < Units; i++) Assert.Equal(exact[i], it.Point.State[i], 1e-6);
                    if (it.Kind == BifurcationKind.NeimarkSacker)
                        Assert.Equal(exact[Units + 1], it.Eigenvalue.Phase, 1e-7);
                    Assert.InRange(it.Position, branch.Points[it.After].Position - 0.02,
                        branch.Points[it.After].Position + 0.02);
                }
        }
        foreach (var kind in new[] { BifurcationKind.Fold, BifurcationKind.Flip, BifurcationKind.NeimarkSacker })
            Assert.True(seen.GetValueOrDefault(kind) >= 3, $"{kind}: {seen.GetValueOrDefault(kind)}");
    }

    [Fact]
    public void Without_counting_only_folds_are_located()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        var start = Assert.Single(new FixedPointSearch().Run(cell, new[,] { { -1.0 } }, [-1.5]).Points);
        var branch = new Continuation { CountUnstable = false }.Follow(cell, Assert.IsType<FixedPoint>(start), [1.5]);
        Assert.Equal([BifurcationKind.Fold, BifurcationKind.Fold], branch.Bifurcations.Select(it => it.Kind));
    }

    private static Bifurcation Single(Cell cell, double[] state)
    {
        var branch = new Continuation().Follow(cell, new(state, [0.5], 0, 1), [1.7]);
        var it = Assert.Single(branch.Bifurcations);
        Assert.Equal((1 - 0.5) / 1.2, it.Position, 1e-8);
        Assert.Equal(1, it.Eigenvalue.Magnitude, 1e-8);
        return it;
    }

    /// <summary>
    /// Shipped networks of low rank, followed in all their 128 units as in notebooks 15 to 17, against the bordered
    /// equations of their one or two dimensions: k' = (1 - a) k + a n' tanh(m k + B u + b) / N, in plain numbers.
    /// </summary>
    [Theory]
    [InlineData("context-rank1-1", new[] { 0, 0, 1, 0.0 }, -2, BifurcationKind.Fold)]
    [InlineData("match-rank2-1", new[] { 0, 0.0 }, 5, BifurcationKind.Fold)]
    [InlineData("sine-rank2-1", new[] { 1.25 }, 3, BifurcationKind.NeimarkSacker)]
    public void Those_of_shipped_networks_are_where_bordered_equations_in_few_dimensions_have_them(
        string name, double[] input, double last, BifurcationKind kind)
    {
        var network = new NetworkStore(Path.Combine(Reference.Root, "data", "networks")).Load(name).Network;
        var cell = (LeakyCell)network.Cell;
        var reduced = cell.Reduced();
        double[][,] factors = [.. cell.Connectivity.Parameters.Select(parameter => parameter.Values.ToMatrix())];
        var (m, n, b, bias) = (factors[0], factors[1], cell.InputWeights.ToMatrix(), cell.Bias.ToVector());
        int[] units = [.. Enumerable.Range(0, cell.Units)], dimensions = [.. Enumerable.Range(0, m.GetLength(1))];
        double[] to = [last, .. input[1..]];
        var start = new Prover().Run(cell, input).FixedPoints(cell);
        var found = new Continuation { MaxSteps = 3000 }.FollowAll(cell, start, to)
            .SelectMany(branch => branch.Bifurcations).ToList();
        Assert.Contains(found, it => it.Kind == kind);
        Assert.All(found, it =>
        {
            double[] k = reduced.FromUnits(new[] { it.Point.State }.ToMatrix(cell.Units)).Row(0);
            double[] exact = Bordered(it, k, Next, Slope);
            Assert.Equal(exact[k.Length], it.Point.Input[0], 1e-8);
            for (int r = 0; r < k.Length; r++) Assert.Equal(exact[r], k[r], 1e-6);
            if (it.Kind == BifurcationKind.NeimarkSacker)
                Assert.Equal(exact[k.Length + 1], it.Eigenvalue.Phase, 1e-7);
        });

        double[] Rates(double[] k, double u) => [.. units.Select(i => Math.Tanh(bias[i] + b[i, 0] * u
            + Enumerable.Range(1, input.Length - 1).Sum(j => b[i, j] * input[j])
            + dimensions.Sum(r => m[i, r] * k[r])))];

        double[] Next(double[] k, double u)
        {
            double[] rates = Rates(k, u);
            return [.. dimensions.Select(r => (1 - reduced.Leak) * k[r]
                + reduced.Leak * units.Sum(i => n[i, r] * rates[i]) / cell.Units)];
        }

        double[,] Slope(double[] k, double u)
        {
            double[] rates = Rates(k, u);
            double[,] slope = new double[k.Length, k.Length];
            foreach (int r in dimensions)
                foreach (int q in dimensions)
                    slope[r, q] = (r == q ? 1 - reduced.Leak : 0) + reduced.Leak
                        * units.Sum(i => n[i, r] * (1 - rates[i] * rates[i]) * m[i, q]) / cell.Units;
            return slope;
        }
    }

    /// <summary>Newton, with differences in place of derivatives: x, u, and the angle, then the vector.</summary>
    private static double[] Bordered(Bifurcation near, double[] state, Func<double[], double, double[]> next,
        Func<double[], double, double[,]> slope)
    {
        int n = state.Length;
        bool turns = near.Kind == BifurcationKind.NeimarkSacker;
        double fixedPhase = near.Kind == BifurcationKind.Flip ? Math.PI : 0;
        // The vector to start from: that of the eigenvalue nearest to the circle's.
        var jacobian = tensor(slope(state, near.Point.Input[0]));
        var (values, vectors) = linalg.eig(jacobian);
        var lambdas = values.data<Complex>().ToArray();
        int which = Enumerable.Range(0, n).MinBy(i => (lambdas[i] - near.Eigenvalue).Magnitude);
        var start = vectors.select(1, which).contiguous().data<Complex>().ToArray();
        double[] unknowns = [.. state, near.Point.Input[0],
            .. turns ? [near.Eigenvalue.Phase] : Array.Empty<double>(),
            .. start.Select(v => v.Real), .. turns ? start.Select(v => v.Imaginary) : []];
        for (int round = 0; round < 12; round++)
        {
            double[] at = Equations(unknowns);
            double[,] slopes = new double[at.Length, unknowns.Length];
            for (int j = 0; j < unknowns.Length; j++)
            {
                double h = 1e-6, kept = unknowns[j];
                unknowns[j] = kept + h;
                double[] up = Equations(unknowns);
                unknowns[j] = kept - h;
                double[] down = Equations(unknowns);
                unknowns[j] = kept;
                for (int i = 0; i < at.Length; i++) slopes[i, j] = (up[i] - down[i]) / (2 * h);
            }
            double[] step = linalg.solve(tensor(slopes), tensor(at)).data<double>().ToArray();
            for (int j = 0; j < unknowns.Length; j++) unknowns[j] -= step[j];
        }
        Assert.InRange(Equations(unknowns).Max(Math.Abs), 0, 1e-12);
        return unknowns;

        double[] Equations(double[] all)
        {
            double[] x = all[..n];
            int first = turns ? n + 2 : n + 1;
            double angle = turns ? all[n + 1] : fixedPhase;
            double[] re = all[first..(first + n)], im = turns ? all[(first + n)..] : new double[n];
            double[,] j = slope(x, all[n]);
            var equations = next(x, all[n]).Zip(x, (after, before) => after - before).ToList();
            for (int i = 0; i < n; i++)
                equations.Add(Enumerable.Range(0, n).Sum(k => j[i, k] * re[k])
                    - Math.Cos(angle) * re[i] + Math.Sin(angle) * im[i]);
            if (turns)
                for (int i = 0; i < n; i++)
                    equations.Add(Enumerable.Range(0, n).Sum(k => j[i, k] * im[k])
                        - Math.Cos(angle) * im[i] - Math.Sin(angle) * re[i]);
            // <start, v> = 1, with the start's complex conjugate.
            var product = Enumerable.Range(0, n)
                .Aggregate(Complex.Zero, (sum, i) => sum + Complex.Conjugate(start[i]) * new Complex(re[i], im[i]));
            equations.Add(product.Real - 1);
            if (turns) equations.Add(product.Imaginary);
            return [.. equations];
        }
    }

    /// <summary>tanh(W x + B u).</summary>
    private static double[] Next(double[,] w, double[,] b, double[] x, double u) => [.. Enumerable.Range(0, x.Length)
        .Select(i => Math.Tanh(b[i, 0] * u + Enumerable.Range(0, x.Length).Sum(k => w[i, k] * x[k])))];

    /// <summary>Of tanh(W x + B u) at a fixed point, where the rates are the state.</summary>
    private static double[,] Jacobian(double[,] w, double[] x)
    {
        double[,] jacobian = (double[,])w.Clone();
        for (int i = 0; i < x.Length; i++)
            for (int j = 0; j < x.Length; j++) jacobian[i, j] *= 1 - x[i] * x[i];
        return jacobian;
    }

    private static double[,] Drawn(Random random, int rows, int columns, double gain)
    {
        double[,] matrix = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = gain * (2 * random.NextDouble() - 1) * Math.Sqrt(3.0 / columns);
        return matrix;
    }
}
