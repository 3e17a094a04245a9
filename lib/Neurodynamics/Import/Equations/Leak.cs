using System.Globalization;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>A leak that fits, and where it comes from.</summary>
/// <param name="Text">An array's name, an expression of arrays, or a number.</param>
/// <param name="Values">a [N] or [1].</param>
/// <param name="From">The arrays.</param>
internal sealed record Leak(string Text, Tensor Values, IReadOnlyList<SourceArray> From)
{
    /// <summary>Whether all units have one leak.</summary>
    public bool IsShared { get; init; } = true;

    /// <summary>
    /// The most telling that predicts as well as the estimate: an array's, a simple fraction, or the estimate itself.
    /// </summary>
    /// <param name="parts">The arrays that are left.</param>
    /// <param name="units">N.</param>
    /// <param name="estimate">What fits best [N].</param>
    /// <param name="shared">Whether one for all fits as well as each unit's own.</param>
    /// <param name="errorOf">How far off steps are with a leak.</param>
    public static Leak Choose(
        Parts parts, int units, Tensor estimate, bool shared, Func<Tensor, double> errorOf)
    {
        double most = Math.Max(2 * errorOf(estimate), 1e-13);
        if (errorOf(Value(1)) <= most) return new("1", Value(1), []);
        // Of several that fit as well, the one that uses more of the file.
        var known = Known(parts, units, estimate).Where(source => errorOf(source.Values) <= Math.Max(most, 1e-7))
            .OrderBy(source => Math.Max(errorOf(source.Values), most)).ThenByDescending(source => source.From.Count)
            .FirstOrDefault();
        if (known is not null && errorOf(known.Values) <= most) return known;
        if (!shared)
            return known ?? new Leak(
                $"{Number(estimate.min().item<double>())} to {Number(estimate.max().item<double>())}, each unit's own "
                + "(estimated)", estimate.clone(), [])
            { IsShared = false };
        double a = Simple(estimate[0].item<double>()).First(simple => errorOf(Value(simple)) <= most);
        // An array may hold it in float32 where the source ran in float64.
        return known is null ? new($"{Number(a)} (estimated)", Value(a), [])
            : new($"{known.Text}, in float64 {Number(a)}", Value(a), known.From);
    }

    private static Tensor Value(double a) => new[] { a }.ToTensor();

    /// <summary>What arrays make of it within a ten-thousandth of the estimate.</summary>
    private static IEnumerable<Leak> Known(Parts parts, int units, Tensor estimate)
    {
        // A number by another name may be the leak by chance, unless a reader says that it is no chance.
        Part[] single =
            [.. parts.Vectors(1, "a").Where(part => parts.IsGiven("a") || Belongings.IsLeak(part.From[0]))];
        Part[] all =
        [
            .. single, .. units == 1 ? [] : parts.Vectors(units, "a"),
            .. parts.Matrices(units, units, "a").Where(part => Connection.IsDiagonal(part.Values))
                .Select(part => new Part($"diag({part.Text})", part.Values.diagonal(0, 0, 1), part.From)),
        ];
        var made = all.SelectMany(v => new (string, Tensor, IReadOnlyList<SourceArray>)[]
        {
            (v.Text, v.Values, v.From),
            ($"1 - {v.Text}", Scalars.OneMinus(v.Values), v.From),
            ($"1 / {v.Text}", v.Values.reciprocal(), v.From),
            ($"1 / max({v.Text}, 1)", v.Values.AtLeast(1).reciprocal(), v.From),
            ($"sigmoid({v.Text})", sigmoid(v.Values), v.From),
            ($"1 - exp(-1 / {v.Text})", Scalars.OneMinus(v.Values.reciprocal().neg().exp()), v.From),
        });
        var ratios = single
            .SelectMany(dt => all.Where(tau => !tau.Shares(dt)), (dt, tau) => new Part(
                $"{dt.Text} / {tau.Text}", dt.Values.div(tau.Values), [.. dt.From, .. tau.From]))
            .SelectMany(ratio => new (string, Tensor, IReadOnlyList<SourceArray>)[]
            {
                (ratio.Text, ratio.Values, ratio.From),
                ($"1 - exp(-{ratio.Text})", Scalars.OneMinus(ratio.Values.neg().exp()), ratio.From),
            });
        foreach (var (text, values, from) in made.Concat(ratios))
            if ((values - estimate).abs().div(estimate).max().item<double>() < 1e-4)
                yield return new(text, values.clone(), from) { IsShared = values.numel() == 1 };
    }

    /// <summary>Short decimals and simple fractions near a number, shortest first, and then itself.</summary>
    private static IEnumerable<double> Simple(double a)
    {
        for (int digits = 0; digits <= 5; digits++)
        {
            double rounded = Math.Round(a, digits);
            if (rounded is > 0 and <= 1) yield return rounded;
        }
        for (int q = 3; q <= 200; q++)
        {
            double p = Math.Round(a * q);
            if (p >= 1 && Math.Abs(p / q - a) < 1e-6) yield return p / q;
        }
        yield return a;
    }

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
