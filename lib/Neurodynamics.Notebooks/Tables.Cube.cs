using System.Globalization;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per network: how many of its fixed points have 0, 1, ... K channels that are not decided (0.1 &lt; p &lt; 0.9). Corners of a cube have none, its edges one, its faces two, and
    /// its centre three; points on three axes through the centre would have two, and the centre three.
    /// </summary>
    /// <param name="networks">The networks, all with the same number of channels.</param>
    public static DataFrame Decided(IReadOnlyList<Portrait> networks)
    {
        var open = networks.Select(entry => PointFacts.Of(entry.Points, entry.Network).Select(point => point.Readout.Count(sign => sign == '0')).ToArray()).ToArray();
        int channels = networks.Select(entry => entry.Network.Channels).DefaultIfEmpty(0).Max();
        return new(
        [
            new StringDataFrameColumn("network", networks.Select(entry => entry.Name)),
            new PrimitiveDataFrameColumn<int>("points", open.Select(counts => counts.Length)),
            .. Enumerable.Range(0, channels + 1).Select(number => new PrimitiveDataFrameColumn<int>(number == 0 ? "none undecided" : $"{number} undecided", open.Select(counts => counts.Count(count => count == number)))),
            new PrimitiveDataFrameColumn<int>("sign patterns of attractors", networks.Select(entry => Patterns(entry.Points, entry.Network))),
        ]);
    }

    /// <summary>A row per network: fixed points by number of unstable modes, how many of all have a mode near |lambda| = 1 and how many such modes a point has on average, slow points, and the completeness check's verdict.</summary>
    /// <param name="networks">The networks.</param>
    public static DataFrame Found(IReadOnlyList<Portrait> networks)
    {
        int most = networks.SelectMany(entry => entry.Points).Select(point => point.UnstableModes).DefaultIfEmpty(0).Max();
        return new(
        [
            new StringDataFrameColumn("network", networks.Select(entry => entry.Name)),
            new PrimitiveDataFrameColumn<int>("points", networks.Select(entry => entry.Points.Count)),
            .. Enumerable.Range(0, most + 1).Select(number => new PrimitiveDataFrameColumn<int>(number == 0 ? "attractors" : $"{number} unstable", networks.Select(entry => entry.Points.Count(point => point.UnstableModes == number)))),
            new PrimitiveDataFrameColumn<int>("with marginal modes", networks.Select(entry => entry.Points.Count(point => point.MarginalModes > 0))),
            new PrimitiveDataFrameColumn<double>("marginal modes of a point, mean", networks.Select(entry => entry.Points.Select(point => (double)point.MarginalModes).DefaultIfEmpty(double.NaN).Average())),
            new PrimitiveDataFrameColumn<double>("median slowest decay, steps", networks.Select(entry => MedianOfFinite(entry.Points.Select(point => point.SlowestTimeConstant)))),
            new PrimitiveDataFrameColumn<int>("slow points", networks.Select(entry => entry.Set.SlowPoints.Count)),
            new PrimitiveDataFrameColumn<int>("sum of signs", networks.Select(entry => entry.Set.Completeness.Sum)),
            new StringDataFrameColumn("completeness", networks.Select(entry => entry.Set.Completeness.Verdict.ToString().ToLowerInvariant())),
        ]);
    }

    /// <summary>A row per network and set of states that principal components are fitted to: the share of that set's variance along each of the first three, and their sum.</summary>
    /// <param name="networks">The networks.</param>
    public static DataFrame ExplainedVariance(IReadOnlyList<Portrait> networks)
    {
        var rows = networks.SelectMany(_ => new[] { PcaOf.Points, PcaOf.Trajectories }, (network, of) => (network.Name, Of: of == PcaOf.Points ? "fixed points" : "trajectories", network.Pca(of).ExplainedVariance)).ToArray();
        return new(
        [
            new StringDataFrameColumn("network", rows.Select(row => row.Name)),
            new StringDataFrameColumn("fitted to", rows.Select(row => row.Of)),
            .. Enumerable.Range(0, 3).Select(k => new PrimitiveDataFrameColumn<double>($"PC{k + 1} %", rows.Select(row => 100 * row.ExplainedVariance.ElementAtOrDefault(k)))),
            new PrimitiveDataFrameColumn<double>("together %", rows.Select(row => 100 * row.ExplainedVariance.Sum())),
        ]);
    }

    /// <summary>A row per network: share of the fixed points' variance that lies on the grid of the channels' decisions, and the angles between the grid's directions, in degrees.</summary>
    /// <param name="networks">The networks.</param>
    public static DataFrame Grid(IReadOnlyList<Portrait> networks) => new(
    [
        new StringDataFrameColumn("network", networks.Select(network => network.Name)),
        new PrimitiveDataFrameColumn<double>("on the grid %", networks.Select(network => 100 * network.OnGrid)),
        .. new[] { "channels 1 and 2", "channels 1 and 3", "channels 2 and 3" }.Select((name, k) => new PrimitiveDataFrameColumn<double>($"angle, {name}", networks.Select(network => network.ChannelAngles[k]))),
    ]);

    /// <summary>A row per connection between two attractors: their readouts, the channels in which these differ, and the readout of the saddle between them.</summary>
    /// <param name="graph">The points, and where the network goes from the saddles.</param>
    /// <param name="network">The network that they are the points of.</param>
    public static DataFrame Connections(TransitionGraph graph, Network network)
    {
        var facts = PointFacts.Of(graph.Points, network);
        var edges = graph.Edges();
        return new(
            new StringDataFrameColumn("from", edges.Select(edge => facts[edge.First].Readout)),
            new StringDataFrameColumn("to", edges.Select(edge => facts[edge.Second].Readout)),
            new StringDataFrameColumn("channels that differ", edges.Select(edge => string.Join(", ", Differing(facts[edge.First].Readout, facts[edge.Second].Readout)))),
            new StringDataFrameColumn("saddle between", edges.Select(edge => string.Join(", ", edge.Saddles.Select(saddle => facts[saddle].Readout)))),
            new PrimitiveDataFrameColumn<double>("unstable eigenvalue", edges.Select(edge => graph.Points[edge.Saddles[0]].Eigenvalues[0].Real)));
    }

    /// <summary>A row per attractor and a column per pulse: the readout of the attractor where the network comes to rest after it.</summary>
    /// <param name="responses">What the pulses did.</param>
    /// <param name="network">The network that was pulsed.</param>
    public static DataFrame Pulses(PulseResponses responses, Network network)
    {
        var facts = PointFacts.Of(responses.Points, network);
        var rows = responses.Responses.GroupBy(response => response.From).ToArray();
        var pulses = rows.Length == 0 ? [] : rows[0].Select(response => response.Input).ToArray();
        return new(
        [
            new StringDataFrameColumn("resting in", rows.Select(row => facts[row.Key].Readout)),
            .. pulses.Select((pulse, i) => new StringDataFrameColumn($"after {Words(pulse)}",
                rows.Select(row => row.ElementAt(i).To is { } to ? facts[to].Readout : "none"))),
        ]);
    }

    /// <summary>A row per duration: in how many of the responses every channel that the pulse speaks on has its sign afterwards, and in how many every other channel has kept its own.</summary>
    /// <param name="byDuration">Responses to pulses of each duration.</param>
    /// <param name="network">The network that was pulsed.</param>
    public static DataFrame HeldPulses(IReadOnlyList<PulseResponses> byDuration, Network network)
    {
        var counts = byDuration.Select(responses =>
        {
            var facts = PointFacts.Of(responses.Points, network);
            return responses.Responses.Select(response => (
                Held: response.Held,
                Set: response.To is { } to && response.Input.Select((value, k) => value == 0 || facts[to].Readout[k] == (value > 0 ? '+' : '-')).All(fits => fits),
                Kept: response.To is { } end && response.Input.Select((value, k) => value != 0 || facts[end].Readout[k] == facts[response.From].Readout[k]).All(fits => fits))).ToArray();
        }).ToArray();
        return new(
            new PrimitiveDataFrameColumn<int>("steps held", counts.Select(group => group.Select(count => count.Held).FirstOrDefault())),
            new PrimitiveDataFrameColumn<int>("pulses", counts.Select(group => group.Length)),
            new PrimitiveDataFrameColumn<int>("bit set", counts.Select(group => group.Count(count => count.Set))),
            new PrimitiveDataFrameColumn<int>("other bits kept", counts.Select(group => group.Count(count => count.Kept))));
    }

    /// <summary>
    /// A row per branch that folds, by where it first does: that position on the path, the readouts under the first input of the two fixed points at its ends, which meet there if it is the only fold,
    /// their unstable modes (nothing where the continuation was told not to count them), and how many folds there are.
    /// </summary>
    /// <param name="branches">The branches, all along the same path.</param>
    /// <param name="network">The network.</param>
    public static DataFrame Folds(IReadOnlyList<Branch> branches, Network network)
    {
        var rows = branches.Where(branch => branch.Folds.Count > 0).OrderBy(branch => branch.Folds[0].Position).ToArray();
        return new(
            new PrimitiveDataFrameColumn<double>("position", rows.Select(branch => branch.Folds[0].Position)),
            new StringDataFrameColumn("one point", rows.Select(branch => network.Decision(branch.Points[0].Point.State))),
            new StringDataFrameColumn("the other", rows.Select(branch => branch.Ending == BranchEnding.CameBack ? network.Decision(branch.Points[^1].Point.State) : "")),
            new StringDataFrameColumn("unstable modes", rows.Select(branch => branch.Points[0].UnstableModes is null ? "" : $"{branch.Points[0].UnstableModes} and {branch.Points[^1].UnstableModes}")),
            new PrimitiveDataFrameColumn<int>("folds", rows.Select(branch => branch.Folds.Count)));
    }

    /// <summary>A row per constant input: fixed points, attractors among them, what the attractors read out, the sum of signs and the completeness check's verdict.</summary>
    /// <param name="sets">What the searches found.</param>
    /// <param name="network">The network.</param>
    public static DataFrame ByInput(IReadOnlyList<FixedPointSet> sets, Network network)
    {
        var facts = sets.Select(set => PointFacts.Of(Linearisation.Of(network.Cell, set.Points), network)).ToArray();
        return new(
            new StringDataFrameColumn("input", sets.Select(set => Words(set.Input))),
            new PrimitiveDataFrameColumn<int>("points", facts.Select(points => points.Count)),
            new PrimitiveDataFrameColumn<int>("attractors", facts.Select(points => points.Count(point => point.Linearisation.IsAttractor))),
            new StringDataFrameColumn("attractors read out", facts.Select(points => string.Join("  ", points.Where(point => point.Linearisation.IsAttractor).Select(point => point.Readout).Order(StringComparer.Ordinal)))),
            new PrimitiveDataFrameColumn<int>("sum of signs", sets.Select(set => set.Completeness.Sum)),
            new StringDataFrameColumn("completeness", sets.Select(set => set.Completeness.Verdict.ToString().ToLowerInvariant())));
    }

    /// <summary>
    /// A row per descent: its input, steps, the mean and median speed where it ended, how many ends are near (within 0.1 of) a fixed point of the list, how many lie outside the box that states from
    /// zero never leave, how many read out the same signs as the candidate at its start, how well distances between ends correlate with those between candidates, and how many patterns of signs there are; then how many distinct fixed points Newton's method finds when it goes on from the ends.
    /// </summary>
    /// <param name="descents">What gradient descent returned.</param>
    /// <param name="points">The fixed points under the input of each, in the same order.</param>
    /// <param name="network">The network.</param>
    public static DataFrame Descents(IReadOnlyList<FixedPointSolution> descents, IReadOnlyList<FixedPointSet> points, Network network)
    {
        var ends = descents.Select(descent => new DescentEnds(descent, network)).ToArray();
        var polished = descents.Select(descent => new NewtonSolver { MaxDampedSteps = 0 }.Solve(new(descent.Problem.Cell, descent.Problem.Inputs, descent.States), cancellation: Workbook.Stop)).ToArray();
        return new(
            new StringDataFrameColumn("input", descents.Select(descent => Words(descent.Problem.InputOf(0)))),
            new PrimitiveDataFrameColumn<int>("candidates", descents.Select(descent => descent.Speeds.Length)),
            new PrimitiveDataFrameColumn<int>("steps", descents.Select(descent => descent.Steps[0])),
            new PrimitiveDataFrameColumn<double>("mean q", descents.Select(descent => descent.Speeds.Average())),
            new PrimitiveDataFrameColumn<double>("median q", descents.Select(descent => Median(descent.Speeds))),
            new PrimitiveDataFrameColumn<int>("ends near a fixed point", ends.Zip(points, (end, set) => end.Near(set.Points, 0.1))),
            new PrimitiveDataFrameColumn<int>("ends outside the box", ends.Select(end => end.Outside.Count(outside => outside))),
            new PrimitiveDataFrameColumn<int>("readout as at the start", descents.Zip(ends, (descent, end) => end.Readouts.Zip(DescentEnds.ReadoutsOf(descent.Problem.Candidates, network)).Count(pair => pair.First == pair.Second))),
            new PrimitiveDataFrameColumn<double>("distances as at the start", descents.Zip(ends, (descent, end) => end.DistancesKept(descent.Problem.Candidates))),
            new PrimitiveDataFrameColumn<int>("patterns read out", ends.Select(end => end.Readouts.Distinct().Count())),
            new PrimitiveDataFrameColumn<int>("fixed points after Newton", polished.Select(solution => solution.Distinct().Count)));
    }

    /// <summary>A row per set of states: the mean of its coordinates in the components and their standard deviation.</summary>
    /// <param name="sets">Name and states [M, S] of each.</param>
    /// <param name="pca">The components.</param>
    public static DataFrame Centres(IReadOnlyList<(string Name, double[,] States)> sets, Pca pca)
    {
        var places = sets.Select(set => pca.Project(set.States)).ToArray();
        return new(
        [
            new StringDataFrameColumn("states", sets.Select(set => set.Name)),
            .. Enumerable.Range(0, pca.ExplainedVariance.Length).SelectMany(k => new[]
            {
                new PrimitiveDataFrameColumn<double>($"PC{k + 1}", places.Select(place => Along(place, k).Average())),
                new PrimitiveDataFrameColumn<double>($"\u00b1 PC{k + 1}", places.Select(place => Spread(Along(place, k)))),
            }),
        ]);

        static double[] Along(double[,] place, int k) => [.. Enumerable.Range(0, place.GetLength(0)).Select(i => place[i, k])];

        static double Spread(double[] values)
        {
            double mean = values.Average();
            return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        }
    }

    internal static string Words(IEnumerable<double> input) => $"({string.Join(", ", input.Select(value => value.ToString("+0.###;\u22120.###;0", CultureInfo.InvariantCulture)))})";

    /// <summary>Channels, from 1, in which two readouts differ.</summary>
    internal static IEnumerable<int> Differing(string a, string b) => Enumerable.Range(0, a.Length).Where(k => a[k] != b[k]).Select(k => k + 1);

    private static int Patterns(IReadOnlyList<Linearisation> points, Network network) =>
        PointFacts.Of(points, network).Where(point => point.Linearisation.IsAttractor && !point.Readout.Contains('0')).Select(point => point.Readout).Distinct().Count();

    /// <summary>The median of those that are there: a point without a decaying mode has no time constant.</summary>
    private static double MedianOfFinite(IEnumerable<double> values) => Median(values.Where(double.IsFinite));
}
