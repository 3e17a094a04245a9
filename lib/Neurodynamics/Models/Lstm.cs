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

    private protected override IReadOnlyList<(string Name, Tensor Values)> GatesAt(Tensor drive, Tensor state)
    {
        var (i, f, _, o) = Gates(drive, Hidden(state), Memory(state));
        return [("input i", i), ("forget f", f), ("output o", o)];
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
        var a = Scaled(WeightHh, [.. scales.Select(scale => through * scale), t * Slope(o)]).FromIdentity();
        var h = Solve(a, Hidden(residual).Plus(carried * own));
        var gates = h.mm(WeightHh.t()).split([Units, Units, Units, Units], 1);
        var c = open * own.Plus(scales[0] * gates[0]).Plus(scales[1] * gates[1]).Plus(scales[2] * gates[2]);
        return cat([h, c], 1).MoveToOuterDisposeScope();
    }


    /// <summary>|h| at most 1, and |c'| at most f |c| + i |g| with the gates at their extremes over |h| at most 1: often loose, and null where the forget gate rounds to 1.</summary>
    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input)
    {
        Require(input);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        if (WeightHh.dtype != ScalarType.Float64) return InDouble().InvariantBox(input);
        var reach = WeightHh.abs().sum(1).split(Units, 0);
        var drive = Drive(tensor(input).unsqueeze(0)).squeeze(0).split(Units, 0);
        var forgotten = sigmoid(-drive[1] - reach[1]);
        var memory = (sigmoid(drive[0].Plus(reach[0])) * tanh(drive[2].abs().Plus(reach[2])) / forgotten).Times(1 + 1e-9);
        // From half a rounding of 1 on, the forget gate that the step computes is 1, and nothing bounds what it keeps.
        if (!(forgotten.min().item<double>() > UnitRoundoff && memory.isfinite().all().item<bool>())) return null;
        return [.. Enumerable.Repeat(1.0, Units), .. memory.ToVector()];
    }

    /// <summary>|h| at most 1, and |c| at most the number of steps: each adds at most 1 and forgets the rest in part.</summary>
    /// <inheritdoc/>
    public override double[]? BoxAfter(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        return [.. Enumerable.Repeat(Math.Min(1.0, steps), Units), .. Enumerable.Repeat((double)steps, Units)];
    }

    private protected override Tensor JacobianLipschitzAt(Tensor drive, Tensor state, Tensor radius, Tensor error)
    {
        var (sums, own, at) = (Sums(drive, Hidden(state), Memory(state)).chunk(4, 1), Own(), Arguments());
        var (input, forget, update, output) = (Around(0), Around(1), Around(2), Around(3));
        var memory = Interval.Around(Memory(state), radius);
        var (i, f, g, o) = (input.Sigmoid(), forget.Sigmoid(), update.Tanh(), output.Sigmoid().High);
        var next = f * memory + i * g;
        // c' by each of its functionals, and twice by two of them.
        (Functional J, Tensor First)[] first =
        [
            (at[0], input.SigmoidSlope * g.LargestModulus), (at[1], forget.SigmoidSlope * memory.LargestModulus),
            (at[2], i.High * update.TanhSlope), (own, f.High),
        ];
        (Functional J, Functional K, Tensor Second)[] second =
        [
            (at[0], at[0], input.SigmoidCurvature * g.LargestModulus), (at[0], at[2], input.SigmoidSlope * update.TanhSlope),
            (at[2], at[2], i.High * update.TanhCurvature), (at[1], at[1], forget.SigmoidCurvature * memory.LargestModulus),
            (at[1], own, forget.SigmoidSlope),
        ];
        // h' = o tanh(c') by the same, and by the output gate's argument.
        var (pass, bend) = (o * next.TanhSlope, o * next.TanhCurvature);
        var hidden = Curvature.Bound([
            .. first.SelectMany((a, n) => first.Skip(n).Select(b => (a.J, b.J, bend * a.First * b.First))),
            .. second.Select(part => (part.J, part.K, pass * part.Second)),
            .. first.Select(part => (at[3], part.J, output.SigmoidSlope * next.TanhSlope * part.First)),
            (at[3], at[3], output.SigmoidCurvature * next.Tanh().LargestModulus)]);
        return hidden.Squared().Plus(Curvature.Bound(second).Squared()).sqrt();

        Interval Around(int gate) => Interval.Around(sums[gate], (radius * at[gate].Rows).Plus(error));
    }

    private protected override Tensor StepRoundingAt(Tensor drive, Tensor state, Tensor[] errors)
    {
        var (i, f, g, o) = Gates(drive, Hidden(state), Memory(state));
        var (t, pass) = Output(i, f, g, o, state);
        var memory = (g.abs() * Slope(i) * errors[0]).Plus(Memory(state).abs() * Slope(f) * errors[1]).Plus(i * TanhSlope(g) * errors[2])
            .Plus(Memory(state).abs().Plus(1).Times(8 * UnitRoundoff));
        return cat([(pass * memory).Plus(t.abs() * Slope(o) * errors[3]).Plus(8 * UnitRoundoff), memory], 1);
    }

    private protected override Tensor Moduli(Tensor state, Tensor weights) => Product(Hidden(state), Memory(state), weights);

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
        var gates = Sums(drive, h, c).split([2 * Units, Units, Units], 1);
        var memory = sigmoid(gates[0]).chunk(2, 1);
        return (memory[0], memory[1], tanh(gates[1]), sigmoid(gates[2]));
    }

    private Tensor Sums(Tensor drive, Tensor h, Tensor c) =>
        outputReadsMemory ? drive.Plus(Product(h, c, WeightHh)) : addmm(drive, h, WeightHh.t(), 1, 1);

    private Tensor Product(Tensor h, Tensor c, Tensor weights)
    {
        var columns = weights.t();
        return outputReadsMemory ? cat([h.mm(columns.narrow(1, 0, 3 * Units)), c.mm(columns.narrow(1, 3 * Units, Units))], 1) : h.mm(columns);
    }
}

/// <summary>The LSTM as the report prints it (2.2): the output gate reads the memory c of the step before, where its prose says h.</summary>
public sealed class LstmAsPrinted : Lstm
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public LstmAsPrinted(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.LstmAsPrinted, inputSize, units, precision, outputReadsMemory: true) { }
}
