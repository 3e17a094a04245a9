using static TorchSharp.torch;

namespace Neurodynamics.Models.Bounds;

/// <summary>
/// What the weights of a cell made of gates say about rounding and about how fast its Jacobian turns: the part of the
/// bounds that is the same for every such cell.
/// </summary>
internal sealed class GateBounds(RecurrentCell cell)
{
    private KnownNorms? known;

    private int Units => cell.Units;

    private int Gates => cell.GateCount;

    /// <summary>The arguments of the gates as functionals of the state they read.</summary>
    public Functional[] Arguments()
    {
        var (rows, norms) = (cell.WeightHh.norm(1).split(Units, 0), SpectralNorms());
        return [.. rows.Select((row, gate) => new Functional(row, tensor(norms[gate])))];
    }

    /// <summary>Each state variable's own value as a functional.</summary>
    public Functional Own() => new(ones(Units, dtype: ScalarType.Float64), tensor(1.0));

    /// <summary>
    /// What products and sums can round in the argument of every gate at most [B, G N]: n roundings of
    /// |W_ih| |u| + |W_hh| |x| + |b_ih| + |b_hh|, in whatever order.
    /// </summary>
    public Tensor ArgumentRounding(Tensor input, Tensor state)
    {
        var biases = cell.BiasIh.abs().Plus(cell.BiasHh.abs());
        return nn.functional.linear(input.abs(), cell.WeightIh.abs(), biases)
            .Plus(cell.Product(state.abs(), cell.WeightHh.abs()))
            .Times((Units + cell.InputSize + 16) * Float64.UnitRoundoff);
    }

    /// <summary>
    /// Rounding of each unit's rows of the Jacobian at most [B, N], generously. A scale is a product of at most five
    /// factors, of which one can exceed 1 (a state variable or the GRU's recurrent candidate, at most a), and each
    /// moves by at most a times what its gates' arguments move.
    /// </summary>
    public Tensor JacobianRounding(Tensor state, Tensor errors) =>
        ScaleRounding(state, errors) * cell.WeightHh.norm(1).view(-1, Units).sum(0).Plus(1);

    /// <summary>Rounding of each unit's scales at most [B, N].</summary>
    /// <param name="state">[B, S].</param>
    /// <param name="errors">Rounding of each gate's argument at most [B, G N].</param>
    public Tensor ScaleRounding(Tensor state, Tensor errors)
    {
        var recurrent = cell.Recur(cell.Hidden(state)).abs().view(-1, Gates, Units).amax(1);
        var largest = state.abs().view(-1, cell.StateSize / Units, Units).sum(1).Plus(recurrent).Plus(1);
        return largest.Squared().Times(32) * errors.view(-1, Gates, Units).sum(1).Plus(8 * Float64.UnitRoundoff);
    }

    /// <summary>
    /// What the update gate adds to a GRU's rounding: its own, and that of mixing the candidate and the state.
    /// </summary>
    public static Tensor MixRounding(Tensor z, Tensor candidate, Tensor state, Tensor error) =>
        ((state - candidate).abs() * (RecurrentCell.Slope(z) * error).Plus(4 * Float64.UnitRoundoff))
            .Plus(state.abs().Plus(1).Times(8 * Float64.UnitRoundoff));

    /// <summary>||W_hh||_2 of every gate, a little outwards; kept until the weights change.</summary>
    private double[] SpectralNorms()
    {
        if (known is not { } norms || !norms.Weights.eq(cell.WeightHh).all().item<bool>())
            known = norms = new(
                cell.WeightHh.detach().clone().DetachFromDisposeScope(),
                [.. cell.WeightHh.split(Units, 0).Select(Norm)]);
        return norms.Norms;

        static double Norm(Tensor gate) => gate.isfinite().all().item<bool>()
            ? linalg.svdvals(gate).max().item<double>() * (1 + 1e-10)
            : double.NaN;
    }

    private sealed record KnownNorms(Tensor Weights, double[] Norms);
}
