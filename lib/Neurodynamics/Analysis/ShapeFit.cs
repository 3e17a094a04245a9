using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>How well one recipe explains a cloud of points in three dimensions whose spread along each is 1.</summary>
/// <param name="Shape">What it is a recipe for.</param>
/// <param name="Likelihoods">Log-likelihood of each point.</param>
/// <param name="Penalty">Half the number of fitted numbers times log M (Schwarz 1978).</param>
/// <param name="Frame">Where the template lies, where there is one.</param>
internal sealed record ShapeFit(ShapeKind Shape, double[] Likelihoods, double Penalty, ShapeFrame? Frame)
{
    /// <summary>
    /// Smallest width of the normal distributions, against a cloud of spread 1: finer structure does not count.
    /// </summary>
    public const double LeastWidth = 0.1;

    /// <summary>Log-density of the normal distribution in three dimensions at its middle, for a width of 1.</summary>
    public static readonly double Unit = -1.5 * Math.Log(2 * Math.PI);

    public double Criterion { get; } = Likelihoods.Sum() - Penalty;

    /// <summary>Every recipe fitted to a cloud [M, 3].</summary>
    public static ShapeFit[] All(Tensor cloud, CancellationToken cancellation) =>
    [
        Blob(cloud), .. ShapeTemplate.All.Select(template => template.FitTo(cloud, cancellation)),
        Surface(cloud, cancellation),
    ];

    public static double PenaltyOf(int numbers, Tensor cloud) => 0.5 * numbers * Math.Log(cloud.shape[0]);

    /// <summary>No shape: the normal distribution with the cloud's own mean and spread.</summary>
    private static ShapeFit Blob(Tensor cloud) =>
        new(ShapeKind.None, cloud.Squared().sum(1).Times(-0.5).Plus(Unit).ToVector(), 0, null);

    /// <summary>
    /// A quadratic surface over the plane at right angles to the direction in which it leaves the least; across the
    /// plane the cloud is a normal blob.
    /// </summary>
    private static ShapeFit Surface(Tensor cloud, CancellationToken cancellation)
    {
        const int Tried = 400;
        // Half a sphere of directions, then ever closer to the best so far.
        var (least, likelihoods) = Best(EvenTurns.Sphere(2 * Tried)[..Tried].ToMatrix(3).ToTensor());
        var around = EvenTurns.Sphere(Tried / 8).ToMatrix(3).ToTensor();
        for (double reach = 0.1; reach > 0.005; reach /= 2)
        {
            cancellation.ThrowIfCancellationRequested();
            var near = nn.functional.normalize(least.Plus(around.Times(reach)), dim: 1);
            (least, likelihoods) = Best(cat([least.unsqueeze(0), near]));
        }
        // Two numbers for the direction, six for the surface and one for the width.
        return new(ShapeKind.Sheet, likelihoods.ToVector(), PenaltyOf(9, cloud), null);

        (Tensor Direction, Tensor Likelihoods) Best(Tensor normals)
        {
            // An orthonormal pair beside each normal [D, 3, 2].
            var helper = nn.functional.one_hot(normals.abs().argmin(1), 3).to(ScalarType.Float64);
            var first = nn.functional.normalize(linalg.cross(normals, helper), dim: 1);
            var second = linalg.cross(normals, first);
            Tensor Along(Tensor axis) => cloud.mm(axis.t()).t();
            var (x, y, z) = (Along(first), Along(second), Along(normals));
            var terms = stack([ones_like(x), x, y, x * x, x * y, y * y], 2);
            var left = z - terms.matmul(linalg.lstsq(terms, z.unsqueeze(2)).Solution).squeeze(2);
            var width = left.Squared().mean([1], keepdim: true).sqrt().AtLeast(LeastWidth);
            var all = (x.Squared().Plus(y.Squared()).Plus((left / width).Squared()).Times(-0.5) - width.log())
                .Plus(Unit);
            long winner = all.sum(1).argmax().item<long>();
            return (normals[winner], all[winner]);
        }
    }
}

/// <summary>
/// Template point c lies at Centre + Scale Turn c; what share of the cloud each kind of them has.
/// </summary>
internal sealed record ShapeFrame(Tensor Centre, Tensor Turn, double Scale, double[] Shares);
