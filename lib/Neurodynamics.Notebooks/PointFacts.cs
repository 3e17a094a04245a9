using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>What a figure's hover and a table's row tell of a fixed point; the number is its place in the list, from 1.</summary>
internal sealed record PointFacts(int Number, Linearisation Linearisation, double[] Probabilities, string Readout)
{
    /// <summary>The point's input in words, where there are points of several inputs in the list; otherwise null.</summary>
    public string? Input { get; private init; }

    /// <summary>The same for the eye: a true minus sign, and signs that do not run into each other.</summary>
    public string ReadoutLabel => string.Join(' ', Readout.Replace('-', '\u2212').ToCharArray());

    /// <summary>All of it in lines of HTML.</summary>
    public string Hover => string.Create(CultureInfo.InvariantCulture, $"""
        <b>point {Number}: {Linearisation.Kind}</b><br>readout {ReadoutLabel} (p = {string.Join(", ", Probabilities.Select(p => p.ToString("0.000", CultureInfo.InvariantCulture)))})<br>unstable modes: {Linearisation.UnstableModes}<br>slowest time constant: {Linearisation.SlowestTimeConstant:G4} steps<br>speed q = {Linearisation.Point.Speed:0.0e+0}<br>candidates that ended here: {Linearisation.Point.Candidates}{(Input is null ? "" : $"<br>input ({Input})")}{Judged}
        """);

    private string Judged => Linearisation.Point.Certificate is not { } certificate ? "" : certificate.Certainty switch
    {
        Certainty.Certified => string.Create(CultureInfo.InvariantCulture, $"<br>certified: one true point within {certificate.ExistenceRadius:0.0e+0}, no other within {certificate.UniquenessRadius:0.0e+0}"),
        Certainty.NotCertified => "<br>not certified",
        _ => "<br>no bound known: nothing can be certified",
    };

    public static IReadOnlyList<PointFacts> Of(IReadOnlyList<Linearisation> points, Network network)
    {
        if (points.Count == 0) return [];
        var states = points.Select(point => point.Point.State).ToMatrix(network.Cell.StateSize);
        var probabilities = network.Probabilities(states);
        bool one = OneInput(points);
        return [.. points.Select((point, i) =>
        {
            double[] own = [.. Enumerable.Range(0, network.Channels).Select(channel => probabilities[i, channel])];
            return new PointFacts(i + 1, point, own, Network.Decide(own)) { Input = one ? null : Words(point.Point.Input) };
        })];
    }

    public static bool OneInput(IReadOnlyList<Linearisation> points) => points.All(point => point.Point.Input.SequenceEqual(points[0].Point.Input));

    public static string Words(double[] input) => string.Join(", ", input.Select(value => value.ToString("G4", CultureInfo.InvariantCulture)));
}
