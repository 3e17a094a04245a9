using System.Globalization;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Recurrent weights of a rate network as arrays may hold them: W, or m and n of W = m n' / N.</summary>
/// <param name="Text">What W is made of.</param>
/// <param name="From">The arrays.</param>
/// <param name="Weights">W [N, N], or m and n [N, R].</param>
internal sealed record Connection(string Text, IReadOnlyList<SourceArray> From, params IReadOnlyList<Tensor> Weights)
{
    private const int MostOfOneShape = 8;

    /// <summary>The norm of W below which what a unit gets from the others is lost within a step.</summary>
    private const double Faint = 0.2;

    /// <summary>The input weights, where one array holds both.</summary>
    public Part? Inputs { get; init; }

    /// <summary>Whether W of low rank is m n' / N, as it is unless someone says otherwise.</summary>
    public bool DividesByUnits { get; private init; } = true;

    /// <summary>Whether the file left the scale of low rank open.</summary>
    public bool IsScaleOpen { get; init; }

    /// <summary>What of its scale was assumed, in a sentence and in a few words; null where it was said.</summary>
    public (string Sentence, string Words)? Assumed { get; private init; }

    /// <summary>W of low rank, m n' / N or m n'.</summary>
    /// <param name="m">[N, R].</param>
    /// <param name="n">[N, R].</param>
    /// <param name="divides">Which it is; null lets the norm of W tell, and says so.</param>
    public static Connection OfLowRank(Part m, Part n, bool? divides)
    {
        long units = m.Values.shape[0];
        // The norm of m n' from two matrices of R by R.
        double norm = Math.Sqrt(m.Values.t().mm(m.Values).mul(n.Values.t().mm(n.Values)).sum().item<double>());
        bool isFaint = norm / units < Faint && norm >= Faint, over = divides ?? !isFaint;
        string option = ImportOptions.NameOf(nameof(ImportOptions.DividesByUnits));
        string text = $"{m.Text} {Transposed(n)}", sentence = over
            ? $"W is taken to be {text} / N, as most code of low rank has it: where it is without 1 / N, set {option} "
                + "to false."
            : string.Create(CultureInfo.InvariantCulture,
                $"W is taken to be {text} without 1 / N: with it the norm of W would be {norm / units:g2}, and units ")
                + $"would hardly hear each other. Where it is with 1 / N, set {option} to true.";
        return new(over ? $"{text} / N" : text, [.. m.From, .. n.From], over ? m.Values : m.Values.Times(units),
            n.Values)
        {
            DividesByUnits = over,
            IsScaleOpen = true,
            Assumed = divides is null ? (sentence, over ? "1 / N" : "without 1 / N") : null,
        };
    }

    private static string Transposed(Part n) => n.Text.EndsWith('\'') ? n.Text[..^1] : n.Text + "'";

    /// <summary>W z for every row of z [P, N].</summary>
    public Tensor Times(Tensor z) => Weights is [var w] ? z.mm(w.t())
        : z.mm(Weights[1]).mm(Weights[0].t()).Over(z.shape[1]);

    /// <summary>W [N, N].</summary>
    public Tensor Matrix() => Weights is [var w] ? w : Weights[0].mm(Weights[1].t()).Over(Weights[0].shape[0]);

    /// <summary>All that shapes allow, the plainest first.</summary>
    public static IEnumerable<Connection> In(Parts parts, int units, int inputs) =>
        [.. Full(parts, units), .. Kernels(parts, units, inputs), .. LowRank(parts, units)];

    /// <summary>A matrix [N, N], with the masks and signs that lie beside it.</summary>
    private static IEnumerable<Connection> Full(Parts parts, int units)
    {
        var all = parts.Matrices(units, units, "W");
        // A mask is as good turned as not; what a sign is, is not asked of its place in the list.
        Part[] masks = [.. parts.Matrices(units, units).Where(part => OnlyOf(part, 0, 1) || OnlyOf(part, -1, 0, 1))];
        Part[] signs = [.. parts.Vectors(units).Where(part => OnlyOf(part, -1, 1))
            .Select(part => part with { Text = $"diag({part.Text})", Values = part.Values.diag() })];
        foreach (var made in all.SelectMany(Moduli).SelectMany(part => Masked(part, masks))
            .SelectMany(part => Signed(part, [.. masks, .. signs])).DistinctBy(part => Key(part.Values)))
            yield return new(made.Text, made.From, made.Values);
    }

    private static IEnumerable<Part> Moduli(Part part)
    {
        yield return part;
        if (part.Values.diagonal(0, 0, 1).abs().Above(0).any().item<bool>())
            yield return part with
            {
                Text = $"{part.Text} without its diagonal",
                Values = part.Values - part.Values.diagonal(0, 0, 1).diag(),
            };
        if (!part.Values.Below(0).any().item<bool>()) yield break;
        yield return part with { Text = $"|{part.Text}|", Values = part.Values.abs() };
        yield return part with { Text = $"relu({part.Text})", Values = part.Values.AtLeast(0) };
    }

    private static IEnumerable<Part> Masked(Part part, Part[] masks)
    {
        yield return part;
        foreach (var mask in masks.Where(mask => !mask.Shares(part)))
            yield return part.Masked(mask);
    }

    /// <summary>With a diagonal matrix of signs on the right, where rows are targets, or on the left.</summary>
    private static IEnumerable<Part> Signed(Part part, Part[] signs)
    {
        yield return part;
        foreach (var sign in signs.Where(sign => !sign.Shares(part) && IsDiagonal(sign.Values)))
        {
            IReadOnlyList<SourceArray> from = [.. part.From, .. sign.From];
            yield return new($"{part.Text} {sign.Text}", part.Values.mm(sign.Values), from);
            yield return new($"{sign.Text} {part.Text}", sign.Values.mm(part.Values), from);
        }
    }

    /// <summary>One kernel for inputs and units, [I + N, N], in either order.</summary>
    private static IEnumerable<Connection> Kernels(Parts parts, int units, int inputs)
    {
        foreach (var kernel in parts.Matrices(units, inputs + units, "W").DistinctBy(part => part.From[0]))
        {
            yield return Split(kernel, $"[u, x] {kernel.Text}", 0, inputs);
            yield return Split(kernel, $"[x, u] {kernel.Text}", units, 0);
        }

        Connection Split(Part kernel, string text, int byInputs, int byUnits) =>
            new(text, kernel.From, kernel.Values.narrow(1, byUnits, units).contiguous())
            {
                Inputs = new(text, kernel.Values.narrow(1, byInputs, inputs).contiguous(), kernel.From),
            };
    }

    /// <summary>m and n [N, R] from two arrays, with 1/N as usual or without.</summary>
    private static IEnumerable<Connection> LowRank(Parts parts, int units)
    {
        var ranks = parts.Arrays.Where(array => array.Shape.Count == 2 && array.Shape.Contains(units))
            .Select(array => array.Shape[0] == units ? array.Shape[1] : array.Shape[0])
            .Where(rank => rank > 0 && rank < units).Distinct();
        foreach (int rank in ranks)
        {
            var all = parts.Matrices(units, rank, "m");
            // So many of one shape are the heads of a readout.
            if (all.Count > MostOfOneShape) continue;
            foreach (var m in all)
                foreach (var n in parts.Matrices(units, rank, "n").Where(n => !n.Shares(m)))
                {
                    yield return OfLowRank(m, n, divides: true);
                    yield return OfLowRank(m, n, divides: false);
                }
        }
    }

    private static bool OnlyOf(Part part, params double[] values)
    {
        double[] all = [.. part.Values.flatten().ToVector().Distinct()];
        return all.Length <= values.Length && all.All(values.Contains);
    }

    public static bool IsDiagonal(Tensor matrix) =>
        (matrix - matrix.diagonal(0, 0, 1).diag()).abs().max().item<double>() == 0;

    /// <summary>Equal for equal matrices.</summary>
    private static string Key(Tensor matrix) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(matrix.contiguous().bytes));
}
