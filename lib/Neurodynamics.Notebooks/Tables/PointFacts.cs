using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>
/// What a figure's hover and a table's row say about a fixed point; its number is its place in the list, from 1.
/// </summary>
internal sealed record PointFacts(
    int Number, Linearisation Linearisation, double[] Answers, string Readout, OutputMeaning Outputs)
{
    /// <summary>How many channels are undecided (0.1 &lt; p &lt; 0.9, or -0.5 &lt; y &lt; 0.5).</summary>
    public int Undecided => Readout.Count(sign => sign == '0');

    /// <summary>The point's input in words, where the list has points of several inputs; otherwise null.</summary>
    public string? Input { get; private init; }

    /// <summary>The readout for the eye: a true minus sign, and signs that do not run into each other.</summary>
    public string ReadoutLabel => string.Join(' ', Readout.Replace('-', '\u2212').ToCharArray());

    /// <summary>
    /// What stands beside it in a figure, as HTML: an attractor's readout, and the input where the list has several, as
    /// long as that is short. Often nothing.
    /// </summary>
    public string Label
    {
        get
        {
            string input = Input is { Length: <= 12 } ? $"({Input})" : "";
            // In one weight: plotly.js cuts a label in space that changes it. The readout last: near a wall of the
            // scene plotly.js hides how a label begins.
            return Linearisation.IsAttractor && Readout.Length > 0
                ? $"<b>{$"{input} {ReadoutLabel}".Trim()}</b>" : input;
        }
    }

    /// <summary>All of it in lines of HTML.</summary>
    public string Hover => string.Join("<br>", new string?[]
    {
        $"<b>point {Number}: {Linearisation.Kind}</b>",
        Answers.Length == 0 ? null : $"readout {ReadoutLabel} ({Wording.Answer(Outputs)} = "
            + $"{string.Join(", ", Answers.Select(answer => Wording.Of(answer, "0.000")))})",
        $"unstable modes: {Linearisation.UnstableModes}",
        $"slowest time constant: {Wording.Of(Linearisation.SlowestTimeConstant, "G4")} steps",
        $"speed q = {Wording.Of(Linearisation.Point.Speed, "0.0e+0")}",
        $"candidates that ended here: {Linearisation.Point.Candidates}",
        Input is null ? null : $"input ({Input})",
        Judged,
    }.OfType<string>());

    private string? Judged => Linearisation.Point.Certificate switch
    {
        null => null,
        { Certainty: Certainty.Certified } proof => "certified: one true point within "
            + $"{Wording.Of(proof.ExistenceRadius, "0.0e+0")}, no other within "
            + $"{Wording.Of(proof.UniquenessRadius, "0.0e+0")}",
        { Certainty: Certainty.NotCertified } => "not certified",
        { Certainty: Certainty.VerifiedNumerically } measured => "verified numerically, not certified: one true point "
            + $"within {Wording.Of(measured.ExistenceRadius, "0.0e+0")}, as measured",
        _ => "no bound known, and not verified numerically: nothing can be certified",
    };

    public static IReadOnlyList<PointFacts> Of(IReadOnlyList<Linearisation> points, Network? network)
    {
        if (points.Count == 0) return [];
        double[,] answers = network is null ? new double[points.Count, 0]
            : network.AnswersIfAny(points.Select(point => point.Point.State).ToMatrix(network.Cell.StateSize));
        var outputs = network?.Outputs ?? OutputMeaning.Logits;
        bool one = OneInput(points);
        return [.. points.Select((point, i) => new PointFacts(
            i + 1, point, answers.Row(i), Network.Decide(answers.Row(i), outputs), outputs)
        {
            Input = one ? null : InputOf(point),
        })];
    }

    public static bool OneInput(IReadOnlyList<Linearisation> points) =>
        points.All(point => point.Point.Input.SequenceEqual(points[0].Point.Input));

    public static string InputOf(Linearisation point) =>
        string.Join(", ", point.Point.Input.Select(value => Wording.Of(value, "G4")));
}
