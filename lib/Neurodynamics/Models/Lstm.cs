using Neurodynamics.Enclosures;
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

    private protected Lstm(
        Architecture architecture, int inputSize, int units, ScalarType precision, bool outputReadsMemory)
        : base(architecture, gates: "ifgo", inputSize, units, 2 * units, precision) =>
        this.outputReadsMemory = outputReadsMemory;

    /// <summary>
    /// Both biases at once, so that a step adds its drive in the recurrent product: one operation less per step.
    /// </summary>
    private protected override Tensor Drive(Tensor input) =>
        nn.functional.linear(input, WeightIh, BiasIh.Plus(BiasHh));

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (h, c) = Next(drive, Hidden(state), Memory(state));
        return cat([h, c], 1);
    }

    /// <summary>
    /// Carries h and c separately from step to step. Joining and splitting them at every step would make training take
    /// half as long again.
    /// </summary>
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

    /// <summary>
    /// At a fixed point c = i g / (1 - f) = i g (1 + e^a) with a the forget gate's argument, so that h alone is
    /// unknown.
    /// </summary>
    private protected override EnclosedStep EnclosedBy(EnclosedGates gates)
    {
        return new((u, x) =>
        {
            var (h, memory) = (x.Part(0, Units), x.Part(Units, Units));
            var c = gates.Argument(1, u, h).Logistic() * memory + Added(u, h);
            return EnclosedVector.Join(Output(u, h, memory) * c.Tanh(), c);
        }, u => gates.Balance("h = o tanh(c), c = i g (1 + exp(a_f))",
            h => Memory(u, h) is var c ? Output(u, h, c) * c.Tanh() : null!,
            h => EnclosedVector.Join(h, Memory(u, h))));

        EnclosedVector Added(EnclosedVector u, EnclosedVector h) =>
            gates.Argument(0, u, h).Logistic() * gates.Argument(2, u, h).Tanh();

        EnclosedVector Memory(EnclosedVector u, EnclosedVector h) =>
            Added(u, h) * (1 + gates.Argument(1, u, h).Exp());

        EnclosedVector Output(EnclosedVector u, EnclosedVector h, EnclosedVector c) =>
            gates.Argument(3, u, outputReadsMemory ? c : h).Logistic();
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
    /// At a fixed point c = i g / (1 - f), unit by unit. So the correction of c follows from that of h, and only N of
    /// the 2N unknowns remain. It is the same Newton step on [h, c], at an eighth of the work.
    /// </summary>
    public override Tensor Correction(Tensor input, Tensor state, Tensor residual)
    {
        if (outputReadsMemory) return base.Correction(input, state, residual);
        Require(input, state);
        RequireLike(residual, state);
        using var scope = NewDisposeScope();
        var (i, f, g, o) = Gates(Drive(input), Hidden(state), Memory(state));
        var (t, pass) = Output(i, f, g, o, state);
        var (open, own) = (Scalars.OneMinus(f).reciprocal_(), Memory(residual));
        var scales = MemoryScales(i, f, g, state);
        // d_c = (r_c + C d_h) / (1 - f) with C = dc'/dh, and dh'/dh = pass C + (output gate), dh'/dc = pass f.
        var carried = pass * f * open;
        var through = pass.Plus(carried);
        var a = Scaled(WeightHh, [.. scales.Select(scale => through * scale), t * Slope(o)]).FromIdentity();
        var h = Solve(a, Hidden(residual).Plus(carried * own));
        var gates = h.mm(WeightHh.t()).split([Units, Units, Units, Units], 1);
        var c = open * own.Plus(scales[0] * gates[0]).Plus(scales[1] * gates[1]).Plus(scales[2] * gates[2]);
        return cat([h, c], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// |h| at most 1, and |c'| at most f |c| + i |g| with the gates at their extremes over |h| at most 1. Often loose;
    /// null if the forget gate rounds to 1.
    /// </summary>
    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input)
    {
        Require(input);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        if (WeightHh.dtype != ScalarType.Float64) return InDouble().InvariantBox(input);
        return BoxUnder(Drive(input.ToTensor().unsqueeze(0)).squeeze(0), null);
    }

    /// <inheritdoc/>
    internal override double[]? BoxUnder(double[] reach)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return BoxUnder(BiasIh.Plus(BiasHh), WeightIh.abs().mv(reach.ToTensor()));
    }

    /// <param name="centre">The drive of every gate.</param>
    /// <param name="around">How far it may be from there; null for nowhere.</param>
    private double[]? BoxUnder(Tensor centre, Tensor? around)
    {
        // Gates are bounded for |h| at most 1: from beyond, nothing is known.
        if (GivenStart is { } start && start[..Units].Any(h => Math.Abs(h) > 1)) return null;
        var all = WeightHh.abs().sum(1);
        var reach = (around is null ? all : all.Plus(around)).split(Units, 0);
        var drive = centre.split(Units, 0);
        var forgotten = sigmoid(-drive[1] - reach[1]);
        var added = sigmoid(drive[0].Plus(reach[0])) * tanh(drive[2].abs().Plus(reach[2]));
        var memory = (added / forgotten).Times(1 + 1e-9);
        // Within half a rounding of 1 the computed forget gate is 1, and nothing bounds what it keeps.
        bool forgets = forgotten.min().item<double>() > Float64.UnitRoundoff;
        if (!(forgets && memory.isfinite().all().item<bool>())) return null;
        return WithStart([.. Enumerable.Repeat(1.0, Units), .. memory.ToVector()]);
    }

    /// <summary>
    /// |h| at most 1, and |c| at most the number of steps, or larger by a given start: each step adds at most 1 and
    /// partly forgets the rest.
    /// </summary>
    /// <inheritdoc/>
    public override double[]? BoxAfter(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        double[] start = GivenStart ?? new double[StateSize];
        return
        [
            .. start[..Units].Select(h => Math.Max(Math.Min(1.0, steps), Math.Abs(h))),
            .. start[Units..].Select(c => Math.Abs(c) + steps),
        ];
    }

    /// <summary>Scales of the gates i, f and g in the change of c'.</summary>
    private Tensor[] MemoryScales(Tensor i, Tensor f, Tensor g, Tensor state) =>
        [g * Slope(i), Memory(state) * Slope(f), i * TanhSlope(g)];

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
        return outputReadsMemory
            ? cat([h.mm(columns.narrow(1, 0, 3 * Units)), c.mm(columns.narrow(1, 3 * Units, Units))], 1)
            : h.mm(columns);
    }

    /// <summary>The drawing of an LSTM; in the printed form the differences are vermillion.</summary>
    internal static Diagram Drawing(bool printed)
    {
        string title = printed
            ? "LSTM as the report prints it: the output gate reads the memory"
            : "LSTM: a memory c beside the state h, three gates";
        string output = printed
            ? "o = σ(W<sub>o</sub> [c, u] + b<sub>o</sub>): the memory, not the state"
            : "o = σ(W<sub>o</sub> [h, u] + b<sub>o</sub>), between 0 and 1";
        var drawing = new Diagram(title, 66)
            .Frame(11, 6, 92, 62)
            .Arrow((5, 55), (23.7, 55)).Arrow((28.3, 55), (51.2, 55)).Arrow((55.8, 55), (96, 55))
            .Operation(26, 55, "×", "f c<sub>t−1</sub>: what is kept of the memory")
            .Operation(53.5, 55, "+", "c<sub>t</sub> = f c<sub>t−1</sub> + i g")
            .Arrow((5, 12), (13.2, 12)).Fork(14, 12).Arrow((14, 1), (14, 11.2))
            .Wire((14, 12), (printed ? 53.5 : 70, 12))
            .Arrow((26, 12), (26, 19.8)).Fork(26, 12).Arrow((40, 12), (40, 19.8)).Fork(40, 12)
            .Arrow((53.5, 12), (53.5, 19.8))
            .Box(
                26, 24, "σ  forget", Hue.Vermillion,
                "f = σ(W<sub>f</sub> [h, u] + b<sub>f</sub>), between 0 and 1", 11)
            .Box(40, 24, "σ  input", Hue.Blue, "i = σ(W<sub>i</sub> [h, u] + b<sub>i</sub>), between 0 and 1", 11)
            .Box(53.5, 24, "tanh", Hue.Green, "g = tanh(W<sub>g</sub> [h, u] + b<sub>g</sub>)", 11)
            .Box(70, 24, "σ  output", Hue.Purple, output, 11)
            .Arrow(Hue.Vermillion, (26, 28), (26, 52.7)).Label(27, 40, "f", DiagramAnchor.Left, Hue.Vermillion)
            .Operation(53.5, 40, "×", "i g: what is new")
            .Arrow(Hue.Blue, (40, 28), (40, 40), (51.2, 40)).Label(41, 42.2, "i", DiagramAnchor.Left, Hue.Blue)
            .Arrow(Hue.Green, (53.5, 28), (53.5, 37.7)).Label(54.5, 32.5, "g", DiagramAnchor.Left, Hue.Green)
            .Arrow((53.5, 42.3), (53.5, 52.7))
            .Fork(82, 55).Arrow((82, 55), (82, 49)).Box(82, 45, "tanh", Hue.Green, "tanh(c<sub>t</sub>)", 9)
            .Arrow((82, 41), (82, 36.3)).Operation(82, 34, "×", "h<sub>t</sub> = o tanh(c<sub>t</sub>)")
            .Arrow(Hue.Purple, (70, 28), (70, 34), (79.7, 34)).Label(71, 36.2, "o", DiagramAnchor.Left, Hue.Purple)
            .Arrow((82, 31.7), (82, 12), (96, 12))
            .Label(4, 55, "c<sub>t−1</sub>", DiagramAnchor.Right).Label(97, 55, "c<sub>t</sub>", DiagramAnchor.Left)
            .Label(4, 12, "h<sub>t−1</sub>", DiagramAnchor.Right).Label(97, 12, "h<sub>t</sub>", DiagramAnchor.Left)
            .Label(12.8, 2.4, "u<sub>t</sub>", DiagramAnchor.Right)
            .Label(15, 14.6, "h<sub>t−1</sub> and u<sub>t</sub>", DiagramAnchor.Left, Hue.Grey, 12);
        return printed
            ? drawing.Arrow(Hue.Vermillion, (17, 55), (17, 47), (63, 47), (63, 12), (70, 12), (70, 19.8))
                .Label(62, 9.4, "c<sub>t−1</sub> and u<sub>t</sub>", DiagramAnchor.Left, Hue.Vermillion, 12)
            : drawing.Fork(53.5, 12).Arrow((70, 12), (70, 19.8));
    }

    internal sealed record Kind() : Architecture("lstm")
    {
        public override string Title => "LSTM";

        public override string Equation =>
            "c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c'), with i, f, g, o = W [h, u] + b";

        public override Mark Mark => new(Hue.Vermillion, MarkShape.Square);

        public override Diagram Diagram => Drawing(printed: false);

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            new Lstm(inputSize, units, precision);
    }
}

public abstract partial record Architecture
{
    /// <summary>Long short-term memory (PyTorch's nn.LSTM).</summary>
    public static Architecture Lstm { get; } = new Models.Lstm.Kind();
}
