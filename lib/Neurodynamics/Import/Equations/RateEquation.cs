using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>What the state of a rate network is, and what its leak multiplies.</summary>
internal enum RateConvention
{
    /// <summary>x' = (1 - a) x + a (W f(x + c) + B u + b).</summary>
    Currents,

    /// <summary>x' = (1 - a) x + W f(x + c) + B u + b.</summary>
    CurrentsUnscaled,

    /// <summary>r' = (1 - a) r + a f(W r + B u + b).</summary>
    Rates,

    /// <summary>r' = f((1 - a) r + a (W r + B u + b)).</summary>
    RatesLeakInside,
}

/// <summary>The equation of a rate network, and what each letter of it is made of.</summary>
/// <param name="Convention">Currents or rates.</param>
/// <param name="F">f.</param>
/// <param name="W">Recurrent weights.</param>
/// <param name="B">Input weights [N, I]; null for zeros.</param>
/// <param name="Bias">b [N]; null for zeros.</param>
/// <param name="Inner">c [N]; null for zeros.</param>
/// <param name="Leak">a; null for 1, a plain RNN.</param>
internal sealed record RateEquation(
    RateConvention Convention, Nonlinearity F, Connection W, Part? B, Part? Bias, Part? Inner, Leak? Leak)
{
    /// <summary>Whether the state is the units' rates, and f is outside the sum.</summary>
    public bool IsRates => Convention is RateConvention.Rates or RateConvention.RatesLeakInside;

    /// <summary>The arrays.</summary>
    public IReadOnlyList<SourceArray> From => [.. W.From.Concat(new[] { B, Bias, Inner }.OfType<Part>()
        .SelectMany(part => part.From)).Concat(Leak?.From ?? []).Distinct()];

    /// <summary>The layer with I inputs and N units.</summary>
    /// <exception cref="ArgumentException">A part has another shape.</exception>
    public FoundLayer Layer(int inputs, int units)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var leak = Leak?.Values.expand(units) ?? ones(units, dtype: ScalarType.Float64);
        var (w, b) = (W.Weights[0], B?.Values ?? zeros(units, inputs, dtype: ScalarType.Float64));
        var bias = Bias?.Values ?? zeros(units, dtype: ScalarType.Float64);
        Demand.Shape(b, [units, inputs]);
        Demand.Shape(bias, [units]);
        if (Inner is not null) Demand.Shape(Inner.Values, [units], "c");
        Demand.Shape(w, [units, W.Weights.Count == 1 ? units : -1]);
        if (W.Weights.Count > 1) Demand.Shape(W.Weights[1], [units, (int)w.shape[1]], "n");
        // The library's equations multiply all weights by the leak, and have it outside f.
        if (Convention == RateConvention.CurrentsUnscaled)
            (w, b, bias) = (w.div(leak.unsqueeze(1)), b.div(leak.unsqueeze(1)), bias.div(leak));
        if (Convention == RateConvention.RatesLeakInside)
        {
            (w, b, bias) = (W.Matrix() * leak.unsqueeze(1), b * leak.unsqueeze(1), bias * leak);
            w = w.Plus(Scalars.OneMinus(leak).diag());
            leak = ones_like(leak);
        }
        double[] leaks = leak.ToVector();
        bool isFull = W.Weights.Count == 1 || Convention == RateConvention.RatesLeakInside;
        bool isShared = Leak?.IsShared ?? true;
        if (IsRates && isFull && F == Nonlinearity.Tanh && Array.TrueForAll(leaks, a => a == 1))
            return new(Architecture.Vanilla, inputs, units, new Dictionary<string, double[]>
            {
                ["weight_ih_l0"] = Flat(b),
                ["weight_hh_l0"] = Flat(w),
                ["bias_ih_l0"] = Flat(bias),
                ["bias_hh_l0"] = new double[units],
            }, From);
        var values = new Dictionary<string, double[]>
        {
            ["weight_ih"] = Flat(b),
            ["bias"] = Flat(bias),
            ["leak"] = leaks,
            [isFull ? "weight_hh" : "m"] = Flat(w),
        };
        if (!isFull) values["n"] = Flat(W.Weights[1]);
        if (Inner is not null) values["bias_inner"] = Flat(Inner.Values);
        int? rank = isFull ? null : (int)W.Weights[0].shape[1];
        double shared = isShared ? leaks[0] : 1;
        LeakyArchitecture kind = IsRates ? new Rates { Nonlinearity = F, Leak = shared, Rank = rank }
            : new Currents { Nonlinearity = F, Leak = shared, Rank = rank, InnerBias = Inner is not null };
        return new(kind, inputs, units, values, From)
        {
            Assumptions = W.Assumed is { Sentence: var sentence } ? [sentence] : [],
            Unchecked = W.Assumed?.Words,
            DividesByUnits = !isFull && W.DividesByUnits,
            IsScaleOpen = W.IsScaleOpen,
        };
    }

    /// <summary>The equation, with the arrays that each letter is made of.</summary>
    public override string ToString()
    {
        string input = (B is null ? "" : " + B u") + (Bias is null ? "" : " + b");
        string drive = IsRates ? $"W r{input}" : $"W {F}({(Inner is null ? "x" : "x + c")}){input}";
        string equation = (Convention, Leak) switch
        {
            (RateConvention.Rates or RateConvention.RatesLeakInside, null) => $"r' = {F}({drive})",
            (RateConvention.Rates, _) => $"r' = (1 - a) r + a {F}({drive})",
            (RateConvention.RatesLeakInside, _) => $"r' = {F}((1 - a) r + a ({drive}))",
            (_, null) => $"x' = {drive}",
            (RateConvention.CurrentsUnscaled, _) => $"x' = (1 - a) x + {drive}",
            _ => $"x' = (1 - a) x + a ({drive})",
        };
        string[] made =
        [
            W.Inputs is null ? $"W = {W.Text}" : $"W and B = {W.Text}",
            B is null || W.Inputs is not null ? "" : $"B = {B.Text}",
            Bias is null ? "" : $"b = {Bias.Text}",
            Inner is null ? "" : $"c = {Inner.Text}",
            Leak is null ? "" : $"a = {Leak.Text}",
        ];
        return $"{equation}, where {string.Join(", ", made.Where(text => text.Length > 0))}";
    }

    private static double[] Flat(Tensor values) => values.flatten().ToVector();
}
