using System.Globalization;
using System.Numerics;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>Values as words and numbers for readers, the same in every culture.</summary>
internal static class Wording
{
    /// <summary>A named value as it is said, such as "not certified".</summary>
    public static string Of(Enum value) => string.Concat(value.ToString().Select((letter, i) =>
        (i > 0 && char.IsUpper(letter) ? " " : "") + char.ToLowerInvariant(letter)));

    /// <summary>A constant input with signs, such as "+1, 0, −0.5".</summary>
    public static string Of(IEnumerable<double> input) =>
        string.Join(", ", input.Select(value => Of(value, "+0.###;\u22120.###;0")));

    /// <summary>A number in a format; what is rounded to 0 has no sign.</summary>
    public static string Of(double value, string format = "0")
    {
        string text = value.ToString(format, CultureInfo.InvariantCulture);
        bool isZero = double.IsFinite(value) && !text.Split('e', 'E')[0].Any(letter => letter is >= '1' and <= '9');
        return isZero && text.StartsWith('-') ? text[1..] : text;
    }

    /// <summary>A complex number to three decimals, or a real one.</summary>
    public static string Of(Complex value) => value.Imaginary == 0
        ? Of(value.Real, "0.000")
        : $"{Of(value.Real, "0.000")} {(value.Imaginary < 0 ? "-" : "+")} {Of(Math.Abs(value.Imaginary), "0.000")}i";

    /// <summary>What is drawn of an output: its logit, or otherwise the value that is read out.</summary>
    public static string Output(OutputMeaning outputs) => outputs == OutputMeaning.Logits ? "logit" : "readout";

    /// <summary>The letter for an answer: p, a probability of class 1, or y, a value.</summary>
    public static string Answer(OutputMeaning outputs) => outputs == OutputMeaning.Logits ? "p" : "y";

    /// <summary>A share, such as "95 %".</summary>
    public static string Percent(double share) => Of(100 * share, "0.##") + " %";
}
