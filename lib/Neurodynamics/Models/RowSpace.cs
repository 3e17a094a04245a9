using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A quicker way to the Jacobians of a step that only autograd can differentiate. Where every unit is a function of a
/// few weighted sums, as in nearly all recurrent cells, row i of the Jacobian is a mixture of the same few vectors at
/// every state. These are learned from some whole Jacobians; from then on a few products of the Jacobian with known
/// vectors give the mixture, and one more shows whether it is right.
/// </summary>
internal sealed class RowSpace
{
    /// <summary>Whole Jacobians to learn from, and so more than the vectors that a row may mix.</summary>
    private const int Samples = 12;

    /// <summary>Vectors of a row at most; with more, nothing is gained.</summary>
    private const int MostVectors = 8;

    /// <summary>Share of the largest below which a singular value is rounding.</summary>
    private const double Rounding = 1e-14;

    /// <summary>
    /// How far a product with the Jacobian may be from that with the mixture, relative to the largest: what rounding
    /// leaves.
    /// </summary>
    private const double Tolerance = 2e-15;

    private readonly Tensor vectors, probes, decode;

    private RowSpace(Tensor vectors, Tensor probes, Tensor decode)
    {
        this.vectors = vectors.DetachFromDisposeScope();
        this.probes = probes.DetachFromDisposeScope();
        this.decode = decode.DetachFromDisposeScope();
    }

    /// <summary>Learns the vectors; null where rows keep to none.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="jacobian">The Jacobians at inputs and states, by autograd.</param>
    /// <remarks>
    /// At the same states whenever it is asked, so that results repeat to the bit: around zero, from far to near.
    /// </remarks>
    public static RowSpace? Learn(Cell cell, Func<Tensor, Tensor, Tensor> jacobian)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator(1);
        var spread = tensor(Enumerable.Range(0, Samples).Select(i => 2 * Math.Pow(0.6, i)).ToArray()).unsqueeze(1);
        var rows = jacobian(Around(cell.InputSize), Around(cell.StateSize)).transpose(0, 1);
        var (_, sizes, right) = linalg.svd(rows, fullMatrices: false);
        var largest = sizes.amax([1], keepdim: true).AtLeast(double.Epsilon);
        long count = (sizes / largest).Above(Rounding * cell.StateSize).sum(1).max().item<long>();
        if (count > MostVectors || !rows.isfinite().all().item<bool>()) return null;
        var vectors = right.narrow(1, 0, count).contiguous();
        var probes = randn([count + 5, cell.StateSize], dtype: ScalarType.Float64, generator: generator);
        var seen = vectors.matmul(probes.narrow(0, 0, count + 4).t());
        return new(vectors, probes, linalg.pinv(seen));

        Tensor Around(int size) => randn([Samples, size], dtype: ScalarType.Float64, generator: generator) * spread;
    }

    /// <summary>The Jacobians [B, S, S]; null where some row is no mixture of the vectors.</summary>
    public Tensor? Jacobian(Cell cell, Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        long count = probes.shape[0], batch = state.shape[0];
        var products = Products(cell, input.repeat_interleave(count, 0), state.repeat_interleave(count, 0),
            probes.repeat(batch, 1)).view(batch, count, -1);
        using var frozen = no_grad();
        // [S, B, r] times [S, r, p] is how much of each vector each row has.
        var mixture = products.narrow(1, 0, count - 1).permute(2, 0, 1).bmm(decode).transpose(0, 1);
        var expected = products.select(1, count - 1);
        var apart = ((mixture * vectors.matmul(probes[count - 1])).sum([2]) - expected).abs();
        var allowed = expected.abs().amax([1], keepdim: true).Plus(1).Times(Tolerance * cell.StateSize);
        if (!(apart <= allowed).all().item<bool>()) return null;
        var jacobian = mixture.select(2, 0).unsqueeze(2) * vectors.select(1, 0);
        for (int i = 1; i < vectors.shape[1]; i++)
            jacobian.addcmul_(mixture.select(2, i).unsqueeze(2), vectors.select(1, i), Scalars.One);
        return Still(jacobian).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Rows that are those of the identity to rounding, made exactly so. Where a gate is saturated its unit stands
    /// still, and that row of I - J is zero; a mixture leaves rounding there, of which Newton would make a correction
    /// that means nothing, and fixed points anywhere.
    /// </summary>
    private static Tensor Still(Tensor jacobian)
    {
        long size = jacobian.shape[1];
        double rounding = Tolerance * Math.Sqrt(size);
        // Few states have such a row, and the diagonal alone tells of most.
        if (!jacobian.diagonal(0, 1, 2).Plus(-1).abs().Below(rounding).any().item<bool>()) return jacobian;
        var identity = eye(size, dtype: ScalarType.Float64);
        var still = (jacobian - identity).abs().amax([2], keepdim: true).Below(rounding);
        return where(still, identity, jacobian);
    }

    /// <summary>
    /// J v for a state and a vector each: the derivative of a gradient, which is linear in what it is of.
    /// </summary>
    private static Tensor Products(Cell cell, Tensor input, Tensor state, Tensor along)
    {
        using var scope = NewDisposeScope();
        using var enabled = enable_grad();
        var x = state.requires_grad_();
        var next = cell.Step(input, x);
        var weights = zeros_like(next).requires_grad_();
        // With the variables themselves, times 0: libtorch ends the process where nothing depends on one.
        var sum = (next * weights).sum().Plus(x.sum().Times(0));
        var gradient = autograd.grad([sum], [x], create_graph: true)[0];
        var product = (gradient * along).sum().Plus(weights.sum().Times(0));
        return autograd.grad([product], [weights])[0].detach().MoveToOuterDisposeScope();
    }
}
