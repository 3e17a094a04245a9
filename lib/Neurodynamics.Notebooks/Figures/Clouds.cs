using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>States to draw as one cloud.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="States">[M, S].</param>
/// <param name="Shape">Circles, diamonds or squares, full or open; default circles.</param>
/// <param name="Size">Size of the symbol; default 4.</param>
public sealed record Cloud(string Name, double[,] States, MarkShape Shape = MarkShape.Circle, double Size = 4)
    : Described;

public static partial class Figures
{
    /// <summary>
    /// Clouds of states in the space of the first three principal components, coloured by one channel's readout. The
    /// colour is the logit, cut off at ± <paramref name="range"/>: the probability itself is 0 or 1 nearly everywhere.
    /// Of a network whose outputs are values it is the value, and without a readout there is one grey per cloud.
    /// </summary>
    /// <param name="clouds">The clouds.</param>
    /// <param name="network">The network that reads them out.</param>
    /// <param name="pca">The components to draw in.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="range">
    /// The largest logit, or value, that the colours tell apart; default 8, p = 0.9997, and 1 for values.
    /// </param>
    /// <param name="channel">Whose readout, from 0; with null all are drawn in one grey per cloud.</param>
    public static GenericChart Clouds(
        IReadOnlyList<Cloud> clouds, Network network, Pca pca, string title, double? range = null, int? channel = 0)
    {
        if (network.Readout is null) channel = null;
        var space = Space(title, pca, out var scene);
        var scale = channel is { } chosen ? Colours(network, chosen, range) : null;
        for (int i = 0; i < clouds.Count; i++)
        {
            var markers = Dots(scene, clouds[i], network, pca.Project(clouds[i].States).Split(), i);
            if (scale is not null)
                markers.Coloured(Drawn(network, clouds[i].States).Column(channel!.Value), scale).Opacity(1);
        }
        return space.Chart(network.Cell.Unchecked);
    }

    /// <summary>
    /// Clouds of states in the plane of the first two principal components. Clouds of one symbol belong together and
    /// have one colour, such as what was found under one input.
    /// </summary>
    /// <param name="clouds">The clouds; the large symbols of one have a dark rim.</param>
    /// <param name="network">The network that reads them out.</param>
    /// <param name="pca">The components to draw in, 2 or more.</param>
    /// <param name="title">The figure's title.</param>
    public static GenericChart InPlane(IReadOnlyList<Cloud> clouds, Network network, Pca pca, string title)
    {
        RequirePlane(pca);
        var panels = new Panels(title, 560) { Legend = Legend.Below };
        var panel = panels[0];
        var shapes = clouds.Select(cloud => cloud.Shape).Distinct().ToList();
        foreach (var cloud in clouds)
        {
            bool large = cloud.Size > 6;
            var markers = panel.Markers($"{cloud.Name} ({cloud.States.GetLength(0)})",
                pca.Project(cloud.States).Split(), Nth(shapes.IndexOf(cloud.Shape)).Paint,
                cloud.Name, cloud.Shape, large ? cloud.Size + 5 : cloud.Size + 2)
                .Outlined(large ? Paint.Ink : Paint.White, large ? 2 : 0.5);
            if (!large) markers.Opacity(0.7);
            if (network.Readout is not null) markers.Hovers(Said(cloud, network));
        }
        panel.X.Titled(Component(pca, 0));
        panel.Y.Titled(Component(pca, 1));
        return panels.Chart(network.Cell.Unchecked);
    }

    private static Scale Colours(Network network, int channel, double? range)
    {
        bool one = network.Channels == 1, values = network.Outputs != OutputMeaning.Logits;
        double most = range ?? (values ? 1 : 8);
        if (values) return new(one ? "readout" : $"readout of channel {channel + 1}", -most, most);
        return new(one ? "p(sum > 0)" : $"p of channel {channel + 1}", -most, most)
        {
            Ticks = new[] { -most, -most / 2, 0, most / 2, most }.ToDictionary(logit => logit, Probability),
        };
    }

    /// <summary>What figures draw of states' outputs [M, K]: logits, or otherwise values.</summary>
    private static double[,] Drawn(Network network, double[,] states) =>
        network.Outputs == OutputMeaning.Logits ? network.Logits(states) : network.Answers(states);

    /// <summary>
    /// The same clouds with the three readouts as axes: where states are decided, and where not. Only for networks of
    /// three channels.
    /// </summary>
    /// <param name="clouds">The clouds.</param>
    /// <param name="network">The network that reads them out.</param>
    /// <param name="title">The figure's title.</param>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static GenericChart InReadouts(IReadOnlyList<Cloud> clouds, Network network, string title)
    {
        network.RequireReadout();
        if (network.Channels != 3)
            throw new ArgumentException(
                $"Readouts make three axes where there are three channels, but the network has {network.Channels}.",
                    nameof(network));
        var space = new Space(title, 620) { Legend = Legend.Below };
        var scene = space.Add();
        scene.AsCube();
        scene.Eye = new([1.5, 1.2, 0.75]);
        for (int channel = 0; channel < 3; channel++) scene.Axes[channel]
            .Titled($"{Wording.Output(network.Outputs)} of channel {channel + 1}").ZeroLine(Paint.MiddleGrey);
        for (int i = 0; i < clouds.Count; i++) Dots(
            scene, clouds[i], network, Drawn(network, clouds[i].States).Split(), i);
        return space.Chart(network.Cell.Unchecked);
    }

    /// <summary>
    /// A cloud in one colour, by its place among others; a large first one lets the others be seen through it.
    /// </summary>
    private static Series Dots(Scene scene, Cloud cloud, Network network, double[][] places, int index)
    {
        Paint[] paints = [Paint.Grey, Paint.Blue, Paint.Orange, Paint.Purple, Paint.Vermillion];
        string name = places.Length == 1 ? cloud.Name : $"{cloud.Name} ({places.Length})";
        var dots = scene.Markers(name, places, paints[index % 5], cloud.Shape, cloud.Size)
            .Outlined(Paint.Ink, cloud.Size > 6 ? 1.5 : 0).Opacity(index == 0 && places.Length > 100 ? 0.5 : 1);
        return network.Readout is null ? dots.Hover(cloud.Name) : dots.Hovers(Said(cloud, network));
    }

    /// <summary>What the hover says of each state of a cloud.</summary>
    private static IEnumerable<string> Said(Cloud cloud, Network network)
    {
        string word = Wording.Output(network.Outputs);
        string format = network.Outputs == OutputMeaning.Logits ? "0.0" : "0.00";
        return Drawn(network, cloud.States).Split().Select(row => $"{cloud.Name}<br>{word} "
            + string.Join(", ", row.Select(output => output.ToString(format, CultureInfo.InvariantCulture))));
    }

    private static string Probability(double logit) => (1 / (1 + Math.Exp(-logit))) switch
    {
        < 0.01 => "< 0.01",
        > 0.99 => "> 0.99",
        var p => p.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
