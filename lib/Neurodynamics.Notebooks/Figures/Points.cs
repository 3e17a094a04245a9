using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>What decides the colour of a fixed point.</summary>
public enum ColourBy
{
    /// <summary>The number of unstable modes, which the symbol shows as well.</summary>
    UnstableModes,

    /// <summary>
    /// The readout: a colour per sign pattern, or a scale of probability, or of the value, where there is one channel.
    /// The number of unstable modes where the network has no readout.
    /// </summary>
    Readout,
}

public static partial class Figures
{
    /// <summary>
    /// Rank in the legend of what has no unstable modes; plotly.js's own for all else. The rest follow by their number.
    /// </summary>
    private const int FirstRank = 1000;

    // By pattern, all channels low first, in the order of binary numbers.
    private static readonly Paint[] ByPattern =
        [Paint.Yellow, Paint.SkyBlue, Paint.Green, Paint.Blue, Paint.Purple, Paint.Orange, Paint.Vermillion,
            Paint.Black];

    /// <summary>
    /// Fixed points in the space of the first three principal components. Symbols show the number of unstable modes.
    /// Attractors carry their readout, if there is one, as a label: + for class 1, - for class 0, 0 where the network
    /// is undecided (<see cref="Network.Decision"/>). Where there are points of several inputs, each carries its input.
    /// The hover has all that is known of a point.
    /// </summary>
    /// <param name="points">The points; none gives a figure that says so.</param>
    /// <param name="network">The network that they are the points of.</param>
    /// <param name="pca">The components to draw in, 3 or more; with fewer the missing coordinates are 0.</param>
    /// <param name="trajectories">States of trials [B, T, S] to draw as lines; default none.</param>
    /// <param name="colourBy">What decides the colour; default the number of unstable modes.</param>
    /// <param name="title">Default: how many points, at which input.</param>
    /// <param name="mostTrajectories">Trials to draw at most, the first ones; default 12.</param>
    public static GenericChart FixedPoints(
        IReadOnlyList<Linearisation> points, Network network, Pca pca, double[,,]? trajectories = null,
        ColourBy colourBy = ColourBy.UnstableModes, string? title = null, int mostTrajectories = 12) =>
        PointsIn(Space(title ?? Title(points), pca, out var scene), scene, points, network, pca, trajectories, colourBy,
            mostTrajectories).Chart(network.Cell.Unchecked);

    /// <summary>
    /// What a search found, by certainty, in the space of the first three principal components: for a first look, since
    /// a set does not hold its network. At most 100 states of a kind are drawn.
    /// </summary>
    /// <param name="set">What was found; without a state a figure that says so.</param>
    /// <param name="pca">The components to draw in, such as those of the points; fewer than 3 will do.</param>
    public static GenericChart Found(FixedPointSet set, Pca pca)
    {
        const int most = 100;
        var space = Space($"What was found at input ({Wording.Of(set.Input)})", pca, out var scene, bare: true);
        bool Certified(FixedPoint point) => point.Certificate?.Certainty == Certainty.Certified;
        Draw("certified", set.Points.Where(Certified), Look(0));
        Draw("fixed point, not certified", set.Points.Where(point => !Certified(point)), Look(1));
        Draw("on a continuum", (set.Continua ?? []).SelectMany(continuum => continuum.States)
            .Select(state => new FixedPoint(state, set.Input, 0, 0)), Look(2));
        Draw("slow point", set.SlowPoints, Look(3));
        if (set.Points.Count + set.SlowPoints.Count + (set.Continua?.Count ?? 0) == 0)
            space.Says("No fixed points to show.");
        return space.Chart(set.Unchecked);

        void Draw(string name, IEnumerable<StatePoint> points, (MarkShape Symbol, Paint Paint, double Size) look)
        {
            double[][] places = pca.Project(points.Select(point => point.State).ToMatrix(pca.Mean.Length)).Split();
            if (places.Length == 0) return;
            string shown = places.Length > most ? $"{most} of {places.Length}" : $"{places.Length}";
            scene.Markers($"{name} ({shown})", places[..Math.Min(most, places.Length)], look.Paint, look.Symbol,
                look.Size).Hover(name);
        }
    }

    /// <summary>
    /// Fixed points and trajectories as <see cref="FixedPoints"/> draws them, with a cloud of other states among them,
    /// such as the ends of Algorithm 1.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="network">The network that they are the points of.</param>
    /// <param name="pca">The components to draw in.</param>
    /// <param name="trajectories">States of trials [B, T, S].</param>
    /// <param name="name">What the cloud is.</param>
    /// <param name="cloud">Its states.</param>
    /// <param name="value">The value of a state of the cloud to colour it by; default none.</param>
    /// <param name="scale">What the value is, for the colour bar.</param>
    /// <param name="title">Default that of the points.</param>
    /// <param name="mostTrajectories">Trials to draw at most; default 12.</param>
    public static GenericChart Among(
        IReadOnlyList<Linearisation> points, Network network, Pca pca, double[,,] trajectories, string name,
            IReadOnlyList<StatePoint> cloud,
        Func<StatePoint, double>? value = null, string? scale = null, string? title = null, int mostTrajectories = 12)
    {
        var space = Space(title ?? Title(points), pca, out var scene);
        double[][] places = pca.Project(cloud.Select(point => point.State).ToMatrix(pca.Mean.Length)).Split();
        var dots = scene.Markers($"{name} ({cloud.Count})", places, Paint.Green, MarkShape.Circle, 4).Opacity(0.85)
            .Hover(name);
        if (value is not null)
            dots.Coloured(cloud.Select(value), new(scale ?? "")
            {
                Colours = Scale.Map.Viridis,
                Every = cloud.All(point => double.IsInteger(value(point))) ? 1 : null,
            }).Hover($"{name}<br>{scale}: {Hover.ColourAs(".3g")}");
        return PointsIn(space, scene, points, network, pca, trajectories, ColourBy.UnstableModes, mostTrajectories)
            .Chart(network.Cell.Unchecked);
    }

    private static Space PointsIn(
        Space space, Scene scene, IReadOnlyList<Linearisation> points, Network network, Pca pca,
        double[,,]? trajectories = null, ColourBy colourBy = ColourBy.UnstableModes, int mostTrajectories = 12)
    {
        if (trajectories is not null) Trajectories(scene, trajectories, pca, mostTrajectories);
        if (points.Count == 0) space.Says("No fixed points to show.");
        var (facts, places) = (PointFacts.Of(points, network), Places(points, pca));
        if (network.Readout is null) colourBy = ColourBy.UnstableModes;
        var scale = colourBy != ColourBy.Readout || network.Channels > 1 ? null
            : network.Outputs == OutputMeaning.Logits ? new Scale("p(class 1)", 0, 1) : new Scale("readout", -1, 1);
        bool patterns = colourBy == ColourBy.Readout && scale is null;
        foreach (var group in facts
            .GroupBy(point => (point.Linearisation.UnstableModes, point.Linearisation.Kind,
                Readout: patterns && !point.Readout.Contains('0') ? point.Readout : ""))
            .OrderBy(group => group.Key.UnstableModes).ThenBy(group => group.Key.Readout, StringComparer.Ordinal))
        {
            var (unstable, kind, readout) = group.Key;
            var (symbol, paint, size) = Look(unstable);
            var markers = Markers(scene, Name(
                unstable, kind, readout.Length > 0 ? group.First().ReadoutLabel : "", group.Count()), group, places,
                colourBy == ColourBy.UnstableModes ? paint : readout.Length > 0
                    ? PatternColour(readout)
                    : Paint.Grey, symbol, size);
            markers.Outlined(Paint.Ink, 1).Rank(FirstRank + unstable);
            if (scale is not null) markers.Coloured(group.Select(point => point.Answers[0]), scale);
        }
        return space;
    }

    /// <summary>Points of one kind; a few of them carry a label.</summary>
    private static Series Markers(
        Scene scene, string name, IEnumerable<PointFacts> members, double[][] places, Paint paint, MarkShape symbol,
            double size, double label = 15)
    {
        var markers = scene.Markers(name, [.. members.Select(point => places[point.Number - 1])], paint, symbol, size)
            .Hovers(members.Select(point => point.Hover));
        var labelled = members.Where(point => point.Label.Length > 0).ToList();
        if (labelled.Count is > 0 and <= 16)
        {
            double[] heights = [.. places.Select(scene.Eye.Height)];
            scene.Words(name, [.. labelled.Select(point => places[point.Number - 1])],
                labelled.Select(point => point.Label), label, (heights.Min() + heights.Max()) / 2);
        }
        return markers;
    }

    /// <summary>
    /// A figure of one scene whose axes are principal components; a bare one has no axes, and their shares of the
    /// variance are said below its title.
    /// </summary>
    private static Space Space(string title, Pca pca, out Scene scene, Eye? eye = null, bool bare = false)
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(i => Component(pca, i, of: bare ? "" : " of variance"))];
        var space = new Space(bare ? Style.Below(title, Axes(names)) : title, bare ? 620 : 680)
        {
            Legend = Legend.Below,
        };
        scene = space.Add();
        scene.Eye = eye ?? Eye.Usual;
        if (bare) scene.Bare();
        for (int i = 0; i < 3; i++) scene.Axes[i].Titled(names[i]);
        return space;
    }

    private static string Axes(IEnumerable<string> names) =>
        $"The axes, not drawn: {string.Join(", ", names)} of variance";

    private static void Trajectories(Scene scene, double[,,] states, Pca pca, int most)
    {
        int count = Math.Min(most, states.GetLength(0)), steps = states.GetLength(1), size = states.GetLength(2);
        if (size != pca.Mean.Length)
            throw new ArgumentException(
                $"The components are of states with {pca.Mean.Length} values, but the trajectories are "
                + $"[{states.GetLength(0)}, {steps}, {size}].",
                nameof(states));
        var places = pca.Project(states.Rows()).Split().Take(count * steps).Chunk(steps);
        // One line for all trials, broken between them: one entry in the legend, and quick to turn.
        scene.Line(Number.Of(count, "trial"), [.. places.SelectMany(trial => trial.Append(null))], Paint.Grey, 2)
            .Opacity(0.35);
    }

    private static string Title(IReadOnlyList<Linearisation> points)
    {
        string count = points.Count == 0 ? "No fixed points" : Number.Of(points.Count, "fixed point");
        return points.Count > 0 && PointFacts.OneInput(points)
            ? $"{count} at input ({PointFacts.InputOf(points[0])})"
            : count;
    }

    private static string Name(int unstable, string kind, string readout, int count) =>
        (readout.Length > 0 ? readout + ": " : "") + kind + (unstable == 0 ? "" : $", {unstable} unstable")
            + (count > 1 ? $" ({count})" : "");

    private static Paint PatternColour(string readout)
    {
        int pattern = readout.Aggregate(0, (bits, sign) => bits * 2 + (sign == '+' ? 1 : 0));
        // With one or two channels the colours that differ most; with more than three, colours repeat and only labels
        // differ.
        return ByPattern[readout.Length switch
        {
            1 => new[] { 5, 3 }[pattern],
            2 => new[] { 1, 5, 2, 3 }[pattern],
            _ => pattern % ByPattern.Length
        }];
    }

    /// <summary>
    /// An eye that looks along the channels' own directions, a little from the side and from above: a cube then looks
    /// like one. Null where the points do not determine three that lie in no plane.
    /// </summary>
    private static Eye? AlongChannels(IReadOnlyList<Linearisation> points, Network network, Pca pca)
    {
        if (DecisionGrid.Fit(points, network, Places(points, pca)
            .ToMatrix(pca.ExplainedVariance.Length))?.Frame() is not [var first, var second, var third])
            return null;
        return Eye.Onto([first, second, third]);
    }

    /// <summary>
    /// Ranges of a scene's axes with room for symbols, which plotly.js cuts off at its walls; a unit is as long on
    /// each.
    /// </summary>
    private static void Fit(Scene scene, IReadOnlyList<double[]> places)
    {
        if (places.Count == 0) return;
        (double Low, double High)[] spans = [.. Enumerable.Range(0, Math.Min(3, places[0].Length))
            .Select(k => (places.Min(place => place[k]), places.Max(place => place[k])))];
        double room = Math.Max(0.1 * spans.Max(span => span.High - span.Low), 1e-3);
        foreach (var (k, (low, high)) in spans.Index()) scene.Axes[k].From(low - room, high + room);
        // Where points lie in a plane plotly.js's own proportions have no thickness.
        double[] lengths = [.. Enumerable.Range(0, 3)
            .Select(k => k < spans.Length ? spans[k].High - spans[k].Low + 2 * room : 2 * room)];
        double longest = lengths.Max();
        scene.Proportions(lengths[0] / longest, lengths[1] / longest, lengths[2] / longest);
    }
}
