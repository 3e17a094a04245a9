using static TorchSharp.torch;

namespace Neurodynamics.Models.Bounds;

/// <summary>
/// Bounds on rounding, and on how fast the Jacobian changes, that follow from the weights of a cell made of gates. This
/// part is the same for every such cell.
/// </summary>
internal sealed class GateBounds(RecurrentCell cell)
{
    private readonly SpectralNorms norms = new(), jointNorms = new(), inputNorms = new();

    private int Units => cell.Units;

    private int Gates => cell.GateCount;

    /// <summary>The arguments of the gates as functionals of the state they read.</summary>
    /// <param name="ofInput">Whether as functionals of input and state together.</param>
    public Functional[] Arguments(bool ofInput) => ofInput
        ? Of(cat([cell.WeightIh, cell.WeightHh], 1), jointNorms)
        : Of(cell.WeightHh, norms);

    /// <summary>The input's part of a gate's argument as a functional of the input.</summary>
    public Functional Inputs(int gate) => Of(cell.WeightIh, inputNorms)[gate];

    private Functional[] Of(Tensor weights, SpectralNorms known)
    {
        double[] each = known.Of(weights, Units);
        return [.. weights.norm(1).split(Units, 0).Select((row, gate) => new Functional(row, tensor(each[gate])))];
    }

    /// <summary>Each state variable's own value as a functional.</summary>
    public Functional Own() => new(ones(Units, dtype: ScalarType.Float64), tensor(1.0));

    /// <summary>
    /// Upper bound on the rounding by products and sums in every gate's argument [B, G N]: n roundings of |W_ih| |u| +
    /// |W_hh| |x| + |b_ih| + |b_hh|, in any order.
    /// </summary>
    public Tensor ArgumentRounding(Tensor input, Tensor state)
    {
        var biases = cell.BiasIh.abs().Plus(cell.BiasHh.abs());
        return nn.functional.linear(input.abs(), cell.WeightIh.abs(), biases)
            .Plus(cell.Product(state.abs(), cell.WeightHh.abs()))
            .Times((Units + cell.InputSize + 16) * Float64.UnitRoundoff);
    }

    /// <summary>
    /// Generous upper bound on the rounding of each unit's rows of the Jacobian [B, N]: of its scales, times weights.
    /// </summary>
    /// <param name="weights">Of the state or of the input [G N, columns].</param>
    /// <param name="state">[B, S].</param>
    /// <param name="errors">Upper bound on the rounding of each gate's argument [B, G N].</param>
    public Tensor JacobianRounding(Tensor weights, Tensor state, Tensor errors) =>
        // By name: the 0 of sum(0) is a ScalarType, and the sum one of bytes.
        ScaleRounding(state, errors) * weights.norm(1).view(-1, Units).sum(dim: 0).Plus(1);

    /// <summary>
    /// Upper bound on the rounding of each unit's scales [B, N]. A scale is a product of at most five factors. One of
    /// them can exceed 1 (a state variable or the GRU's recurrent candidate, at most a). Each moves by at most a times
    /// as much as its gates' arguments.
    /// </summary>
    /// <param name="state">[B, S].</param>
    /// <param name="errors">Upper bound on the rounding of each gate's argument [B, G N].</param>
    public Tensor ScaleRounding(Tensor state, Tensor errors)
    {
        var recurrent = cell.Recur(cell.Hidden(state)).abs().view(-1, Gates, Units).amax(1);
        var largest = state.abs().view(-1, cell.StateSize / Units, Units).sum(1).Plus(recurrent).Plus(1);
        return largest.Squared().Times(32) * errors.view(-1, Gates, Units).sum(1).Plus(8 * Float64.UnitRoundoff);
    }

    /// <summary>
    /// The rounding that the update gate adds to a GRU's: its own, and that of mixing the candidate and the state.
    /// </summary>
    public static Tensor MixRounding(Tensor z, Tensor candidate, Tensor state, Tensor error) =>
        ((state - candidate).abs() * (RecurrentCell.Slope(z) * error).Plus(4 * Float64.UnitRoundoff))
            .Plus(state.abs().Plus(1).Times(8 * Float64.UnitRoundoff));
}
