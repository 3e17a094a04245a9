using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Long short-term memory as PyTorch's nn.LSTM, on the state [h, c] (S = 2N): c' = f c + i g, h' = o tanh(c'), with
/// i, f, o = s(...) and g = tanh(...) of W_ih u + b_ih + W_hh h + b_hh.
/// </summary>
public class Lstm : RecurrentCell
{
    private readonly bool outputReadsMemory;

    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public Lstm(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : this(Architecture.Lstm, inputSize, units, precision, outputReadsMemory: false) { }

    private protected Lstm(Architecture architecture, int inputSize, int units, ScalarType precision, bool outputReadsMemory)
        : base(architecture, 4, inputSize, units, 2 * units, precision) => this.outputReadsMemory = outputReadsMemory;

    /// <summary>Both biases at once, so that a step adds its drive in the recurrent product: an operation less at each of them.</summary>
    private protected override Tensor Drive(Tensor input) => nn.functional.linear(input, WeightIh, BiasIh.Plus(BiasHh));

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (h, c) = Next(drive, Hidden(state), Memory(state));
        return cat([h, c], 1);
    }

    /// <summary>Carries h and c apart from step to step: joined and parted at each of them, training would take half as long again.</summary>
    private protected override Tensor Unroll(IReadOnlyList<Tensor> drives, Tensor start)
    {
        var (h, c) = (Hidden(start), Memory(start));
        var (hs, cs) = (new Tensor[drives.Count], new Tensor[drives.Count]);
        for (int t = 0; t < hs.Length; t++)
        {
            using var scope = NewDisposeScope();
            (h, c) = Next(drives[t], h, c);
            (hs[t], cs[t]) = (h.MoveToOuterDisposeScope(), c.MoveToOuterDisposeScope());
        }
        return cat([stack(hs, 1), stack(cs, 1)], 2);
    }

    private (Tensor H, Tensor C) Next(Tensor drive, Tensor h, Tensor c)
    {
        var (i, f, g, o) = Gates(drive, h, c);
        var next = addcmul(f * c, i, g, Scalars.One);
        return (o * tanh(next), next);
    }

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state)
    {
        var (i, f, g, o) = Gates(drive, Hidden(state), Memory(state));
        var (t, pass) = Output(i, f, g, o, state);
        var cByH = Scaled(WeightHh, MemoryScales(i, f, g, state));
        var (hByH, hByC) = (pass.unsqueeze(-1) * cByH, (pass * f).diag_embed());
        (outputReadsMemory ? hByC : hByH).add_(Scaled(WeightHh, null, null, null, t * Slope(o)), Scalars.One);
        return cat([cat([hByH, hByC], 2), cat([cByH, f.diag_embed()], 2)], 1);
    }

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state)
    {
        var (i, f, g, o) = Gates(drive, Hidden(state), Memory(state));
        var (t, pass) = Output(i, f, g, o, state);
        var c = Scaled(WeightIh, MemoryScales(i, f, g, state));
        var h = (pass.unsqueeze(-1) * c).add_(Scaled(WeightIh, null, null, null, t * Slope(o)), Scalars.One);
        return cat([h, c], 1);
    }

    /// <summary>
    /// At a fixed point c = i g / (1 - f), unit by unit: the correction of c follows from that of h, and N unknowns are left of 2N. The same
    /// Newton step on [h, c], at an eighth of the work.
    /// </summary>
    public override Tensor Correction(Tensor input, Tensor state, Tensor residual)
    {
        if (outputReadsMemory) return base.Correction(input, state, residual);
        Require(input, state);
        using var scope = NewDisposeScope();
        var (i, f, g, o) = Gates(Drive(input), Hidden(state), Memory(state));
        var (t, pass) = Output(i, f, g, o, state);
        var (open, own, scales) = (Scalars.OneMinus(f).reciprocal_(), Memory(residual), MemoryScales(i, f, g, state));
        // d_c = (r_c + C d_h) / (1 - f) with C = dc'/dh, and dh'/dh = pass C + (output gate), dh'/dc = pass f.
        var carried = pass * f * open;
        var through = pass.Plus(carried);
        var a = Scaled(WeightHh, [.. scales.Select(scale => through * scale), t * Slope(o)]).FromIdentity_();
        var h = Solve(a, Hidden(residual).Plus(carried * own));
        var gates = h.mm(WeightHh.t()).split([Units, Units, Units, Units], 1);
        var c = open * own.Plus(scales[0] * gates[0]).Plus(scales[1] * gates[1]).Plus(scales[2] * gates[2]);
        return cat([h, c], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Scales of the gates i, f and g in the change of c'.</summary>
    private Tensor[] MemoryScales(Tensor i, Tensor f, Tensor g, Tensor state) => [g * Slope(i), Memory(state) * Slope(f), i * TanhSlope(g)];

    /// <summary>tanh(c') and the slope of h' with c'.</summary>
    private (Tensor Tanh, Tensor Pass) Output(Tensor i, Tensor f, Tensor g, Tensor o, Tensor state)
    {
        var t = tanh((f * Memory(state)).Plus(i * g));
        return (t, o * TanhSlope(t));
    }

    private Tensor Memory(Tensor state) => state.narrow(1, Units, Units);

    private (Tensor I, Tensor F, Tensor G, Tensor O) Gates(Tensor drive, Tensor h, Tensor c)
    {
        var recurrent = WeightHh.t();
        var sums = outputReadsMemory
            ? drive.Plus(cat([h.mm(recurrent.narrow(1, 0, 3 * Units)), c.mm(recurrent.narrow(1, 3 * Units, Units))], 1))
            : addmm(drive, h, recurrent, 1, 1);
        var gates = sums.split([2 * Units, Units, Units], 1);
        var memory = sigmoid(gates[0]).chunk(2, 1);
        return (memory[0], memory[1], tanh(gates[1]), sigmoid(gates[2]));
    }
}

/// <summary>The LSTM as the report prints it (2.2): the output gate reads the memory c of the step before, where its prose says h.</summary>
public sealed class LstmAsPrinted : Lstm
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public LstmAsPrinted(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.LstmAsPrinted, inputSize, units, precision, outputReadsMemory: true) { }
}
