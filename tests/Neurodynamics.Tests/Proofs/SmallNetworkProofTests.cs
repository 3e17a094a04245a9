using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Tests.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Proofs;

public sealed class SmallNetworkProofTests
{
    private static readonly Prover Prover = new() { MaxBoxes = 200_000 };

    public static TheoryData<Architecture> Architectures => Gated.Architectures;

    /// <summary>
    /// The networks that Katz and Reggia publish their counts of (h' = tanh(h W), row i of W turned by -i): 3, 3 and 9.
    /// </summary>
    [Theory, InlineData(2, 3), InlineData(3, 3), InlineData(4, 9)]
    public void The_networks_of_Katz_and_Reggia_have_as_many_points_as_published(int units, int points)
    {
        var proof = Prover.Run(KnownAnswer.OfThePeer(units));
        Assert.Equal((ProofVerdict.ProvenComplete, points), (proof.Verdict, proof.Points.Count));
    }

    /// <summary>Weights that make columns of V fixed points: V, -V and 0 are among what is proven.</summary>
    [Theory, InlineData(2), InlineData(3), InlineData(4)]
    public void Points_that_were_put_into_the_weights_are_proven(int units)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            // On the diagonal at least 1/2, so that V has an inverse of ordinary size.
            var v = 0.5 * eye(units, dtype: ScalarType.Float64)
                + 0.49 * (2 * rand(units, units, ScalarType.Float64, generator: generator) - 1);
            double[,] weights = atanh(v).mm(linalg.inv(v)).ToMatrix(), put = v.ToMatrix();
            var proof = Prover.Run(Nets.Tanh(weights));
            Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
            Assert.True(proof.Points.Count >= 2 * units + 1, $"{proof.Points.Count}");
            foreach (int column in Enumerable.Range(0, units))
                foreach (int sign in new[] { -1, 1 })
                    Assert.Single(proof.Points, point => point.Near().Distance(
                        [.. Enumerable.Range(0, units).Select(i => sign * put[i, column])]) < 1e-8);
        }
    }

    /// <summary>
    /// The same with V anywhere in (-1, 1), and ten units: by cutting and enclosing alone, 100,000 boxes leave a tenth
    /// of the space.
    /// </summary>
    [Fact]
    public void Networks_of_ten_units_are_proven_with_few_boxes()
    {
        const int Units = 10;
        for (int seed = 0; seed < 2; seed++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var v = 2 * rand(Units, Units, ScalarType.Float64, generator: generator) - 1;
            double[,] put = v.ToMatrix();
            var proof = (Prover with { MaxBoxes = 5_000 }).Run(Nets.Tanh(atanh(v).mm(linalg.inv(v)).ToMatrix()));
            Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
            foreach (int column in Enumerable.Range(0, Units))
                foreach (int sign in new[] { -1, 1 })
                    Assert.Single(proof.Points, point => point.Near().Distance(
                        [.. Enumerable.Range(0, Units).Select(i => sign * put[i, column])]) < 1e-8);
        }
    }

    /// <summary>
    /// Random networks of two and three units: what 300 Newton searches find is proven, what is proven is a fixed
    /// point, and the signs sum to 1 where a box is known.
    /// </summary>
    [Theory, MemberData(nameof(Architectures))]
    public void No_search_finds_a_point_that_a_proof_does_not_have(Architecture architecture) => Gen.Select(
        Gen.Int[1, 3], Gen.Double[0.5, 4], Gen.Long[0, 1 << 30]).Sample((units, gain, seed) =>
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        var cell = architecture.Create(1, units, ScalarType.Float64);
        foreach (var parameter in cell.parameters()) parameter.uniform_(-gain, gain, generator);
        double[] input = [0.3];
        var proof = (Prover with { MaxBoxes = 20_000 }).Run(cell, input);
        var solution = new NewtonSolver().Solve(new(cell, input, Nets.Cloud(300, cell.StateSize, gain, seed)));
        double[][] found = [.. solution.Distinct(1e-7).Select(point => point.State)];
        // What a few networks leave open, such as beside a fold, may hold it too.
        var open = proof.Boxes.Where(box => box.End is BoxEnd.Open or BoxEnd.Undecided).ToArray();
        Assert.All(found.Where(state => state.Take(units).All(h => Math.Abs(h) <= 1)), state =>
            Assert.True(proof.Points.Count(point => point.Near().Distance(state) < 1e-6) == 1 || open.Any(box =>
                box.Sides.Zip(state).All(pair => pair.First.Low - 1e-6 <= pair.Second
                    && pair.Second <= pair.First.High + 1e-6))));
        Assert.All(proof.Points, point =>
        {
            double[] near = point.Near();
            Assert.True(cell.Next(input, near).Distance(near) < 1e-9 * (1 + near.Max(Math.Abs)));
        });
        if (proof.Verdict != ProofVerdict.ProvenComplete) return;
        FixedPoint[] points = [.. proof.Points.Select(point => new FixedPoint(point.Near(), input, 0, 1))];
        Assert.NotEqual(CompletenessVerdict.Missing, Completeness.Of(cell, points).Verdict);
    }, iter: 15);

    /// <summary>Proven in a box in which slopes change much, and still enclosed to the last digits.</summary>
    [Fact]
    public void A_point_of_a_wide_neighbourhood_is_enclosed_as_narrowly_as_others()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator(731718714);
        const double gain = 2.5753792006027907;
        var cell = Architecture.Lstm.Create(1, 2, ScalarType.Float64);
        foreach (var parameter in cell.parameters()) parameter.uniform_(-gain, gain, generator);
        var proof = Prover.Run(cell, [0.3]);
        Assert.Equal(3, proof.Points.Count);
        Assert.All(proof.Points, point => Assert.All(point.Unknowns, side => Assert.InRange(side.Radius, 0, 1e-13)));
    }

    /// <summary>Cells of every kind, of two and three units, with weights that are not too large.</summary>
    [Theory, MemberData(nameof(Architectures))]
    public void Small_cells_of_every_kind_are_proven_complete(Architecture architecture)
    {
        foreach (int units in new[] { 2, 3 })
        {
            var cell = (RecurrentCell)architecture.Create(1, units, ScalarType.Float64);
            using (no_grad())
            using (var generator = new Generator((ulong)units))
                foreach (var parameter in cell.parameters()) parameter.uniform_(-2, 2, generator);
            var proof = Prover.Run(cell);
            Assert.Equal((ProofVerdict.ProvenComplete, units), (proof.Verdict, proof.Box!.Count));
            Assert.NotEmpty(proof.Points);
        }
    }

    /// <summary>Two layers of a unit each, and two steps in one, by what they say of their own state.</summary>
    [Fact]
    public void Cells_that_are_made_of_cells_are_proven_by_their_state()
    {
        var two = new Gru(1, 2, ScalarType.Float64);
        using (no_grad())
        {
            two.WeightHh.copy_(tensor(Nets.Cloud(6, 2, 3, seed: 2)));
            two.WeightIh.copy_(tensor(Nets.Cloud(6, 1, 1, seed: 3)));
        }
        using var iterated = new IteratedCell(two, 2);
        // The box of an iterated cell is the cell's own.
        var (once, twice) = (Prover.Run(two), Prover.Run(iterated));
        Assert.Equal(ProofVerdict.ProvenComplete, twice.Verdict);
        Assert.All(once.Points, point => Assert.Single(
            twice.Points, other => other.Near().Distance(point.Near()) < 1e-9));

        var layers = new Stacked { Layer = Architecture.Gru }.Create(1, 1, ScalarType.Float64);
        using (no_grad())
            foreach (var (i, parameter) in layers.parameters().Index())
                parameter.copy_(tensor(Nets.Cloud((int)parameter.numel(), 1, 3, seed: i)).view(parameter.shape));
        var proof = Prover.Run(layers);
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        var found = new NewtonSolver().Solve(new(layers, [0], Nets.Cloud(200, 2, 1, seed: 1))).Distinct(1e-7);
        Assert.All(found.Where(point => point.State.All(h => Math.Abs(h) <= 1)), listed => Assert.Single(
            proof.Points, point => point.Near().Distance(listed.State) < 1e-6));
    }
}
