using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Long short-term memory as PyTorch's nn.LSTM, on the state [h, c] (S = 2N): c' = f c + i g, h' = o tanh(c'), with
/// i, f, o = s(...) and g = tanh(...) of W_ih u + b_ih + W_hh h + b_hh.
/// </summary>
public sealed class Lstm : RecurrentCell
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public Lstm(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.Lstm, 4, inputSize, units, 2 * units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (i, f, g, o) = Gates(drive, state);
        var c = addcmul(f * Memory(state), i, g, 1);
        return cat([o * tanh(c), c], 1);
    }

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state)
    {
        var (i, f, g, o) = Gates(drive, state);
        var (cell, t, pass) = Memory(i, f, g, o, state);
        var cByH = Scaled(WeightHh, g * Slope(i), cell * Slope(f), i * TanhSlope(g));
        var hByH = (pass.unsqueeze(-1) * cByH).add_(Scaled(WeightHh, null, null, null, t * Slope(o)));
        return cat([cat([hByH, (pass * f).diag_embed()], 2), cat([cByH, f.diag_embed()], 2)], 1);
    }

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state)
    {
        var (i, f, g, o) = Gates(drive, state);
        var (cell, t, pass) = Memory(i, f, g, o, state);
        var c = Scaled(WeightIh, g * Slope(i), cell * Slope(f), i * TanhSlope(g));
        var h = (pass.unsqueeze(-1) * c).add_(Scaled(WeightIh, null, null, null, t * Slope(o)));
        return cat([h, c], 1);
    }

    /// <summary>c, tanh(c') and the slope of h' with c'.</summary>
    private (Tensor Cell, Tensor Tanh, Tensor Pass) Memory(Tensor i, Tensor f, Tensor g, Tensor o, Tensor state)
    {
        var cell = Memory(state);
        var t = tanh(f * cell + i * g);
        return (cell, t, o * TanhSlope(t));
    }

    private Tensor Memory(Tensor state) => state.narrow(1, Units, Units);

    private (Tensor I, Tensor F, Tensor G, Tensor O) Gates(Tensor drive, Tensor state)
    {
        var gates = (drive + Recur(Hidden(state))).chunk(4, 1);
        return (sigmoid(gates[0]), sigmoid(gates[1]), tanh(gates[2]), sigmoid(gates[3]));
    }
}
