using System.Globalization;
using Neurodynamics.Models;

namespace Neurodynamics.Runs;

/// <summary>
/// The form of a rate network in the words in which an assumption is told, such as "currents, relu, leak 0.1, without
/// 1 / N", in any order. What is not said is tanh, no leak, and of the scale of W what its size tells.
/// </summary>
static class FormWords
{
    /// <summary>The cell, and whether W of low rank is over N; null for what is not said.</summary>
    /// <exception cref="ArgumentException">A word is none of them.</exception>
    public static (LeakyArchitecture? Kind, bool? DividesByUnits) Of(string? text)
    {
        LeakyArchitecture? kind = null;
        bool? divides = null;
        foreach (string word in (text?.Split(',', StringSplitOptions.TrimEntries) ?? [])
            .OrderByDescending(word => word is "currents" or "rates"))
        {
            if (word.Replace(" ", "") is "1/N" or "without1/N")
                divides = word[0] == '1';
            else
                kind = With(kind, word) ?? throw new ArgumentException(
                    $"--form \"{text}\" says \"{word}\", but expected is currents or rates, and of them "
                    + $"{string.Join(", ", Nonlinearity.All.Select(f => f.Name))}, leak 0.1, no leak, reads x, 1 / N "
                    + "or without 1 / N, with commas between.");
        }
        return (kind, divides);
    }

    static LeakyArchitecture? With(LeakyArchitecture? kind, string word) => (word, kind) switch
    {
        ("currents", null) => new Currents(),
        ("rates", null) => new Rates(),
        (_, null) => null,
        ("no leak", _) => kind,
        ("reads x", Currents currents) => currents with { ReadsRates = false },
        _ when word.StartsWith("leak ", StringComparison.Ordinal) => !double.TryParse(
            word[5..], NumberStyles.Float, CultureInfo.InvariantCulture, out double leak) ? null
            : kind with { Leak = leak },
        _ => Nonlinearity.All.FirstOrDefault(f => f.Name == word) is { } f ? kind with { Nonlinearity = f } : null,
    };
}
