using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>The fixed points of a network under a constant input, with the name that a table gives them.</summary>
/// <param name="Name">The network's name.</param>
/// <param name="Network">The network.</param>
/// <param name="Set">What a search found.</param>
public sealed record NamedSet(string Name, Network Network, FixedPointSet Set) : Described;

public static partial class Tables
{
    /// <summary>
    /// A row per fixed point: number (as in the figure's hover), kind, readout (a character per channel: + for class 1,
    /// - for class 0, 0 where 0.1 &lt; p &lt; 0.9), probability of class 1 per channel, or the value y of a network
    /// whose outputs are values, unstable modes, modes so near |lambda| = 1 that small differences decide the kind,
    /// time constant of the slowest mode that decays, speed q, and the candidates that ended there in all rounds of a
    /// search. Points from a search also have the radius within which a true fixed point is certified, the radius
    /// within which it is the only one (both NaN where nothing is proven), the radius within which one was only
    /// verified numerically, where there is such a point, and the distance to the nearest of the search's candidates.
    /// Points under several inputs also have their input. Of a network without a readout nothing is read out.
    /// </summary>
    /// <param name="points">The points; none gives a table without rows.</param>
    /// <param name="network">Their network; without it nothing is read out.</param>
    public static DataFrame FixedPoints(IReadOnlyList<Linearisation> points, Network? network = null)
    {
        var facts = PointFacts.Of(points, network);
        return Table.Of(facts).Assuming(network is null ? points.Select(point => point.Unchecked)
                : [network.Cell.Unchecked])
            .Column("point", point => point.Number)
            .When(facts.Any(point => point.Input is not null), table => table.Column("input", point => point.Input))
            .Column("kind", point => point.Linearisation.Kind)
            .When(network?.Readout is not null, table => table.Column("readout", point => point.Readout))
            .Each(Enumerable.Range(0, network?.Channels ?? 0), (table, channel) => table
                .Column($"{Wording.Answer(network!.Outputs)}{channel + 1}", point => point.Answers[channel]))
            .Column("unstable modes", point => point.Linearisation.UnstableModes)
            .Column("marginal modes", point => point.Linearisation.MarginalModes)
            .Column("slowest decay, steps", point => point.Linearisation.SlowestTimeConstant)
            .Column("speed q", point => point.Linearisation.Point.Speed)
            // The points of a proof have none.
            .When(points.Any(point => point.Point.Candidates > 0), table => table
                .Column("candidates, all rounds", point => point.Linearisation.Point.Candidates))
            .When(points.Any(point => point.Point.Certificate is not null), table => table
                .Column("certified within", point =>
                    point.Linearisation.Point.Certificate?.Proof?.ExistenceRadius ?? double.NaN)
                .Column("alone within", point =>
                    point.Linearisation.Point.Certificate?.Proof?.UniquenessRadius ?? double.NaN)
                .When(points.Any(point => IsMeasured(point.Point)), all => all
                    .Column("verified numerically within", point => IsMeasured(point.Linearisation.Point)
                        ? point.Linearisation.Point.Certificate!.ExistenceRadius : double.NaN))
                .Column("nearest candidate", point =>
                    point.Linearisation.Point.Reachability?.NearestVisited ?? double.NaN));
    }

    /// <summary>
    /// A row per state that a search found: number, what it is (fixed point, slow point, ghost), whether it is
    /// certified and within which radius, the radius within which no other is (both NaN where nothing was tested or
    /// the test failed), speed q, and how many candidates ended there.
    /// </summary>
    /// <param name="points">
    /// The states, such as <see cref="FixedPointSet.Points"/>; none gives a table without rows.
    /// </param>
    public static DataFrame Found(IReadOnlyList<StatePoint> points) => Table.Of(points.Index())
        .Assuming(points.Select(point => point.Certificate?.Unchecked))
        .Column("point", row => row.Index + 1)
        .Column("what", row => InWords.Spaced(row.Item.GetType().Name))
        .Column("certainty", row => row.Item.Certificate is { } tested ? Wording.Of(tested.Certainty) : "not tested")
        .Column("within", row => row.Item.Certificate?.ExistenceRadius ?? double.NaN)
        .Column("alone within", row => row.Item.Certificate?.UniquenessRadius ?? double.NaN)
        .Column("speed q", row => row.Item.Speed)
        .Column("candidates", row => row.Item.Candidates);

    /// <summary>
    /// A row per continuum of fixed points: its dimension, how many of its states were sampled and how far apart they
    /// are at most, and what it is in words.
    /// </summary>
    /// <param name="set">What a search found; without a continuum the table has no rows.</param>
    public static DataFrame Continua(FixedPointSet set) => Table.Of(set.Continua ?? []).Assuming(set.Unchecked)
        .Column("dimension", continuum => continuum.Dimension)
        .Column("states sampled", continuum => continuum.States.Count)
        .Column("largest distance", continuum => continuum.Extent)
        .Column("in words", continuum => continuum.ToString());

    /// <summary>
    /// A row per kind and number of unstable modes: how many fixed points have it, the largest time constant of their
    /// decaying modes in steps, the largest speed q, and the candidates that ended there in all rounds of a search.
    /// </summary>
    /// <param name="points">The points; none gives a table without rows.</param>
    public static DataFrame Summary(IReadOnlyList<Linearisation> points) =>
        Table.Of(points.GroupBy(point => (point.UnstableModes, point.Kind)).OrderBy(group => group.Key.UnstableModes))
            .Assuming(points.Select(point => point.Unchecked))
            .Column("unstable modes", group => group.Key.UnstableModes)
            .Column("kind", group => group.Key.Kind)
            .Column("points", group => group.Count())
            .Column("slowest decay, steps", group => group.Max(point => point.SlowestTimeConstant))
            .Column("largest q", group => group.Max(point => point.Point.Speed))
            .Column("candidates, all rounds", group => group.Sum(point => point.Point.Candidates));

    /// <summary>
    /// A row per number of unstable modes: in how many channels the points are undecided (0.1 &lt; p &lt; 0.9). In a
    /// cube of memories the two numbers are the same: the saddle on an edge is undecided in one channel.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="network">Their network.</param>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static DataFrame Undecided(IReadOnlyList<Linearisation> points, Network network)
    {
        network.RequireReadout();
        return Table.Of(PointFacts.Of(points, network).GroupBy(point => point.Linearisation.UnstableModes)
            .OrderBy(group => group.Key)).Assuming(network.Cell.Unchecked)
            .Column("unstable modes", group => group.Key)
            .Column("points", group => group.Count())
            .Each(Enumerable.Range(0, network.Channels + 1), (table, number) => table
                .Column($"undecided in {number}", group => group.Count(point => point.Undecided == number)))
            .Column("readouts that differ", group => group.Select(point => point.Readout).Distinct().Count());
    }

    /// <summary>
    /// A row per network: how many of its fixed points have 0, 1, ... K channels that are not decided (0.1 &lt; p &lt;
    /// 0.9). The corners of a cube have none, its edges one, its faces two, and its centre three. Points on three axes
    /// through the centre would have two, and the centre three.
    /// </summary>
    /// <param name="networks">The networks, all with the same number of channels.</param>
    /// <exception cref="InvalidOperationException">A network has no readout.</exception>
    public static DataFrame Decided(IReadOnlyList<Portrait> networks)
    {
        foreach (var entry in networks) entry.Network.RequireReadout();
        return Table.Of(networks.Select(entry => (entry.Name, Points: PointFacts.Of(entry.Points, entry.Network))))
            .Assuming(networks.Select(entry => entry.Network.Cell.Unchecked))
            .Column("network", entry => entry.Name)
            .Column("points", entry => entry.Points.Count)
            .Each(Enumerable.Range(0, networks.Max(entry => (int?)entry.Network.Channels + 1) ?? 1), (table, number) =>
                table
                .Column(number == 0 ? "none undecided" : $"{number} undecided",
                    entry => entry.Points.Count(point => point.Undecided == number)))
            .Column("sign patterns of attractors", entry => entry.Points
                .Where(point => point.Linearisation.IsAttractor && point.Undecided == 0).Select(point => point.Readout)
                    .Distinct().Count());
    }

    /// <summary>
    /// A row per network: fixed points by the numbers of unstable modes that occur, how many have a mode near
    /// |lambda| = 1, how many such modes a point has on average, slow points, and the completeness check's verdict.
    /// </summary>
    public static DataFrame Found(IReadOnlyList<Portrait> networks)
    {
        int[] numbers = [.. networks.SelectMany(entry => entry.Points).Select(point => point.UnstableModes).Append(0)
            .Distinct().Order()];
        return Table.Of(networks).Assuming(networks.Select(entry => entry.Network.Cell.Unchecked))
            .Column("network", entry => entry.Name)
            .Column("points", entry => entry.Points.Count)
            .Each(numbers, (table, number) => table.Column(
                number == 0 ? "attractors" : $"{number} unstable", entry =>
                    entry.Points.Count(point => point.UnstableModes == number)))
            .Column("certified", entry =>
                entry.Set.Points.Count(point => point.Certificate?.Certainty == Certainty.Certified))
            .When(networks.Any(entry => entry.Set.Points.Any(IsMeasured)), table => table
                .Column("verified numerically", entry => entry.Set.Points.Count(IsMeasured)))
            .Column("with marginal modes", entry => entry.Points.Count(point => point.MarginalModes > 0))
            .Column("marginal modes of a point, mean",
                entry => entry.Points.Select(point => (double)point.MarginalModes).DefaultIfEmpty(double.NaN).Average())
            // A point without a decaying mode has no time constant.
            .Column("median slowest decay, steps",
                entry => entry.Points.Select(point => point.SlowestTimeConstant).Where(double.IsFinite).Median())
            .When(networks.Any(entry => entry.Set.SlowPointsSought), table => table.Column(
                "slow points", entry => entry.Set.SlowPointsSought ? entry.Set.SlowPoints.Count : null))
            .When(networks.Any(entry => entry.Set.Completeness.KnownSum is not null), table => table
                .Column("sum of signs", entry => entry.Set.Completeness.KnownSum))
            .Column("completeness", entry => Wording.Of(entry.Set.Completeness.Verdict));
    }

    /// <summary>
    /// A row per set: the network's name, the input, fixed points, attractors among them, and what the first attractor
    /// reads out (its probability of class 1 in the first channel, or its value y where all networks' outputs are
    /// values; left out where none has a readout), its largest |lambda|, the time constant of that mode in steps, and
    /// its modes near |lambda| = 1. The last column says whether the sum of signs allows these points to be all.
    /// </summary>
    public static DataFrame BySet(IReadOnlyList<NamedSet> sets)
    {
        Network[] read = [.. sets.Select(set => set.Network).Where(network => network.Readout is not null)];
        bool values = read.Length > 0 && read.All(network => network.Outputs != OutputMeaning.Logits);
        return Table.Of(sets
                .Select(set => (set, Points:
                    Linearisation.Of(set.Network.Cell, set.Set.Points, cancellation: Workbook.Stop)))
                .Select(row => (row.set.Name, row.set.Set, row.set.Network, row.Points,
                    First: PointFacts.Of(row.Points, row.set.Network)
                        .FirstOrDefault(point => point.Linearisation.IsAttractor))))
            .Assuming(sets.Select(set => set.Network.Cell.Unchecked))
            .Column("network", row => row.Name)
            .Column("input", row => Wording.Of(row.Set.Input))
            .Column("fixed points", row => row.Points.Count)
            .Column("attractors", row => row.Points.Count(point => point.IsAttractor))
            .When(read.Length > 0, table => table
                .Column(values ? "y at attractor" : "p at attractor", row => Read(row.Network, row.First)))
            .Column("largest |\u03bb|", row => row.First?.Linearisation.Eigenvalues[0].Magnitude ?? double.NaN)
            .Column("time constant", row => row.First?.Linearisation.Modes[0].TimeConstant ?? double.NaN)
            .Column("modes near 1", row => row.First?.Linearisation.MarginalModes ?? 0)
            .Column("complete?", row => Wording.Of(row.Set.Completeness.Verdict));

        double Read(Network network, PointFacts? point) =>
            point is not { Answers.Length: > 0 } ? double.NaN
            : values ? point.Answers[0]
            : network.Probabilities(point.Linearisation.Point.State.AsRow())[0, 0];
    }

    /// <summary>
    /// A row per constant input: fixed points, attractors among them, what the attractors read out, the sum of signs
    /// and the completeness check's verdict.
    /// </summary>
    /// <param name="sets">What the searches found.</param>
    /// <param name="network">The network.</param>
    public static DataFrame ByInput(IReadOnlyList<FixedPointSet> sets, Network network) =>
        Table.Of(sets.Select(
            set => (Set: set, Attractors: PointFacts
                .Of(Linearisation.Of(network.Cell, set.Points, cancellation: Workbook.Stop), network)
                .Where(point => point.Linearisation.IsAttractor).ToArray()))).Assuming(network.Cell.Unchecked)
            .Column("input", row => $"({Wording.Of(row.Set.Input)})")
            .Column("points", row => row.Set.Points.Count)
            .Column("attractors", row => row.Attractors.Length)
            .When(network.Readout is not null, table => table.Column("attractors read out",
                row => string.Join("  ", row.Attractors.Select(point => point.Readout).Order(StringComparer.Ordinal))))
            .Column("sum of signs", row => row.Set.Completeness.KnownSum)
            .Column("completeness", row => Wording.Of(row.Set.Completeness.Verdict));

    /// <summary>
    /// A row per fixed point of a network with two state variables: place, kind, unstable and marginal modes, both
    /// eigenvalues, speed q.
    /// </summary>
    public static DataFrame PlanePoints(IReadOnlyList<Linearisation> points) => Table.Of(points)
        .Assuming(points.Select(point => point.Unchecked))
        .Column("x1", point => point.Point.State[0])
        .Column("x2", point => point.Point.State[1])
        .Column("kind", point => point.Kind)
        .Column("unstable modes", point => point.UnstableModes)
        .Column("marginal modes", point => point.MarginalModes)
        .Column("eigenvalues", point => string.Join(", ", point.Eigenvalues.Select(Wording.Of)))
        .Column("speed q", point => point.Point.Speed);

    /// <summary>
    /// A row per point and mode: its eigenvalue, and from which to which distance both of the report's inequalities
    /// hold along it (3.1).
    /// </summary>
    /// <param name="points">A name and the radii of each point.</param>
    public static DataFrame Radii(IReadOnlyList<(string Name, IReadOnlyList<TaylorRadii> Radii)> points) =>
        Table.Of(points.SelectMany(point => point.Radii, (point, radius) => (point.Name, Radius: radius)))
            .Column("point", row => row.Name)
            .Column("eigenvalue", row => Wording.Of(row.Radius.Mode.Eigenvalue))
            .Column("from", row => row.Radius.Lower)
            .Column("to", row => row.Radius.Upper)
            .Column("holds somewhere", row => row.Radius.Holds ? "yes" : "no");

    private static bool IsMeasured(StatePoint point) =>
        point.Certificate?.Certainty == Certainty.VerifiedNumerically;
}
