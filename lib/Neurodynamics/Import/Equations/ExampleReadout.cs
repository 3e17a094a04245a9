using System.Text.RegularExpressions;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>The readout that arrays and a source's outputs show, or its names where there are no outputs.</summary>
/// <param name="Readout">Weights, bias and what follows them.</param>
/// <param name="Text">What it is made of.</param>
/// <param name="Error">How far outputs are off at most; null where there are none.</param>
/// <param name="Reads">The cell's options that say what it reads, where they are not those of the cell.</param>
internal sealed record ExampleReadout(FoundReadout Readout, string Text, double? Error, Currents? Reads)
{
    private static readonly Regex Names = new(
        "(^|[./_])(w_?out|wo|fc[0-9]*|read_?out|output|out|decoder|h2o|linear|dense)([./_]|$)",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase);

    private static readonly Regex ScaleNames = new(@"(^|[./_])(so|w?_?out_scale)$", RegexOptions.NonBacktracking);

    /// <summary>The one that comes nearest to the source's outputs; null where no array fits.</summary>
    /// <param name="parts">The arrays that the layer left.</param>
    /// <param name="cell">The layer.</param>
    /// <param name="states">The source's states [B T, S].</param>
    /// <param name="outputs">The source's outputs [B T, K].</param>
    public static ExampleReadout? Checked(Parts parts, Cell cell, Tensor states, Tensor outputs)
    {
        int channels = (int)outputs.shape[1];
        ExampleReadout? best = null;
        foreach (var (hidden, name, reads) in Seen(cell, states))
            foreach (var (weights, activation) in Likely(parts, hidden, channels, outputs))
                foreach (var bias in (Part?[])[null, .. parts.Without(weights.From).Vectors(channels, "d")])
                {
                    using var scope = NewDisposeScope();
                    var logits = hidden.mm(weights.Values.t());
                    if (bias is not null) logits = logits.Plus(bias.Values);
                    double error = Moves.Distance(activation.Of(logits), outputs);
                    if (best is null || error < best.Error) best = Made(weights, bias, activation, error, name, reads);
                }
        return best;
    }

    /// <summary>The weights and activations with which outputs are off by nearly the same everywhere, a bias.</summary>
    private static IEnumerable<(Part Weights, Activation Activation)> Likely(
        Parts parts, Tensor hidden, int channels, Tensor outputs)
    {
        var found = new List<(Part Weights, Activation Activation, double Spread)>();
        foreach (var weights in Candidates(parts, (int)hidden.shape[1], channels))
        {
            using var scope = NewDisposeScope();
            var logits = hidden.mm(weights.Values.t());
            foreach (var activation in Enum.GetValues<Activation>())
            {
                var off = activation switch
                {
                    Activation.Sigmoid => outputs.logit(),
                    Activation.Tanh => outputs.atanh(),
                    Activation.Softmax => outputs.log(),
                    _ => outputs,
                } - logits;
                // Softmax leaves open what is added to all channels.
                if (activation == Activation.Softmax) off -= off.mean([1], keepdim: true);
                double spread = (off.amax(0) - off.amin(0)).max().item<double>();
                if (!double.IsNaN(spread)) found.Add((weights, activation, spread));
            }
        }
        return found.OrderBy(one => one.Spread).Take(8).Select(one => (one.Weights, one.Activation));
    }

    /// <summary>The one matrix that is named like a readout and reads the units; null where there is none.</summary>
    /// <param name="parts">The arrays that the layer left.</param>
    /// <param name="cell">The layer.</param>
    /// <param name="dividesByUnits">Whether weights are over N.</param>
    public static ExampleReadout? ByName(Parts parts, Cell cell, bool dividesByUnits)
    {
        var named = parts.Of([.. parts.Arrays.Where(array => Names.IsMatch(array.Name) && array.Shape.Count == 2
            && (array.Shape[0] == cell.Units) != (array.Shape[1] == cell.Units))]);
        if (named.Arrays is not [var array]) return null;
        int channels = array.Shape[0] == cell.Units ? array.Shape[1] : array.Shape[0];
        // In code of rate networks wo so, or w_out w_out_scale.
        var scale = cell is not LeakyCell ? null
            : parts.Vectors(channels).FirstOrDefault(part => ScaleNames.IsMatch(part.Text));
        var weights = named.Matrices(channels, cell.Units)[0];
        if (scale is not null || dividesByUnits) weights = Scaled(weights, scale, dividesByUnits ? cell.Units : 1);
        var biases = parts.Vectors(channels);
        var bias = biases.FirstOrDefault(part => part.Text == array.Name.Replace("weight", "bias"))
            ?? biases.FirstOrDefault(part => Names.IsMatch(part.Text) && part.Text.Contains('b'));
        // In code of low rank a readout does not see the bias inside f.
        var plain = cell is LeakyCell { Connectivity: Connectivity.LowRank }
            && cell.Architecture is Currents { InnerBias: true } currents
            ? currents with { ReadsPlainRates = true } : null;
        return Made(weights, bias, Activation.Linear, null, Rates(cell, plain is null), plain);
    }

    /// <summary>What a readout may see of the states: the hidden units, or of currents f(x) without c, or x.</summary>
    private static IEnumerable<(Tensor Hidden, string Name, Currents? Reads)> Seen(Cell cell, Tensor states)
    {
        yield return (cell.Hidden(states), Rates(cell, inner: true), null);
        if (cell is not CurrentsCell { Architecture: Currents currents }) yield break;
        if (currents.InnerBias)
            yield return (currents.Nonlinearity.Of(states), Rates(cell, inner: false),
                currents with { ReadsPlainRates = true });
        yield return (states, "x", currents with { ReadsRates = false });
    }

    private static string Rates(Cell cell, bool inner) => cell.Architecture switch
    {
        Currents currents => $"{currents.Nonlinearity}({(currents.InnerBias && inner ? "x + c" : "x")})",
        LeakyArchitecture => "r",
        _ => "h",
    };

    /// <summary>[K, N] as it is, over N, and with a scale for every channel.</summary>
    private static IEnumerable<Part> Candidates(Parts parts, int units, int channels)
    {
        Part[] scales = [.. parts.Vectors(channels).Where(scale => !Parts.IsOne(scale.From[0]))];
        // So many are the biases of heads.
        if (scales.Length > 8) scales = [];
        foreach (var plain in parts.Matrices(channels, units, "C"))
            foreach (var scale in (Part?[])[null, .. scales.Where(scale => !scale.Shares(plain))])
                foreach (bool mean in new[] { false, true })
                    yield return mean || scale is not null ? Scaled(plain, scale, mean ? units : 1) : plain;
    }

    private static Part Scaled(Part weights, Part? scale, int by)
    {
        var values = weights.Values.Over(by);
        string text = by == 1 ? "" : " / N";
        return scale is null ? weights with { Text = weights.Text + text, Values = values }
            : new($"diag({scale.Text}) {weights.Text}{text}", values * scale.Values.unsqueeze(1),
                [.. weights.From, .. scale.From]);
    }

    private static ExampleReadout Made(
        Part weights, Part? bias, Activation activation, double? error, string hidden, Currents? reads)
    {
        string sum = $"C {hidden}{(bias is null ? "" : " + d")}";
        string text = (activation == Activation.Linear ? sum : $"{activation.ToString().ToLowerInvariant()}({sum})")
            + $", where C = {weights.Text}" + (bias is null ? "" : $", d = {bias.Text}");
        int channels = (int)weights.Values.shape[0];
        return new(new(weights.Values.flatten().ToVector(), bias?.Values.ToVector() ?? new double[channels], activation,
            [.. weights.From, .. bias?.From ?? []]), text, error, reads);
    }
}
