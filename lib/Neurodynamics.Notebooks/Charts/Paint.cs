using System.Globalization;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>
/// A colour to draw with. The named ones are Okabe and Ito's, which the colour-blind can tell apart, and greys.
/// </summary>
internal readonly record struct Paint(string Css)
{
    public static readonly Paint Black = new("#000000"), Orange = new("#E69F00"), SkyBlue = new("#56B4E9"),
        Green = new("#009E73"), Yellow = new("#F0E442"), Blue = new("#0072B2"), Vermillion = new("#D55E00"),
        Purple = new("#CC79A7"), Grey = new("#999999");

    public static readonly Paint Ink = new("#222222"), DarkGrey = new("#555555"), MiddleGrey = new("#777777"),
        LightGrey = new("#cccccc"), White = new("#ffffff"), PaleBlue = new("#bfe3f7"), PaleGrey = new("#f7f7f7");

    /// <summary>A colour by name; its grey is dark, for text.</summary>
    public static implicit operator Paint(Hue hue) => hue switch
    {
        Hue.Grey => DarkGrey,
        Hue.Blue => Blue,
        Hue.Green => Green,
        Hue.Vermillion => Vermillion,
        Hue.Purple => Purple,
        _ => Ink,
    };

    /// <summary>From orange at -1 over grey to blue at +1.</summary>
    public static Paint Between(double share)
    {
        var (red, green, blue) = share < 0 ? (0xE6, 0x9F, 0x00) : (0x00, 0x72, 0xB2);
        double weight = 0.25 + 0.75 * Math.Min(1, Math.Abs(share));
        return new(string.Create(CultureInfo.InvariantCulture, $"rgb({Mixed(red)},{Mixed(green)},{Mixed(blue)})"));

        int Mixed(int colour) => (int)(weight * colour + (1 - weight) * 0xB0);
    }
}

/// <summary>How a line is broken.</summary>
internal enum Dash { Solid, Dash, Dot, DashDot, LongDash, LongDashDot }

/// <summary>Colours for values, with a bar beside the figure that explains them.</summary>
/// <param name="Title">What the values are.</param>
/// <param name="Low">The value of the first colour; default the least.</param>
/// <param name="High">The value of the last colour; default the largest.</param>
internal sealed record Scale(string Title, double? Low = null, double? High = null)
{
    public enum Map { Cividis, Viridis, Greys }

    public Map Colours { get; init; } = Map.Cividis;

    /// <summary>Values to label on the bar, and what to write there.</summary>
    public IReadOnlyDictionary<double, string>? Ticks { get; init; }

    /// <summary>Labels every so much.</summary>
    public double? Every { get; init; }
}

/// <summary>
/// Places in a hover text that the value under the pointer fills in. A format is one of d3's, such as ".2%".
/// </summary>
internal static class Hover
{
    public const string X = "%{x}", Y = "%{y}", Custom = "%{customdata}", Colour = "%{marker.color}";

    public static string XAs(string format) => $"%{{x:{format}}}";

    public static string YAs(string format) => $"%{{y:{format}}}";

    public static string ZAs(string format) => $"%{{z:{format}}}";

    public static string ColourAs(string format) => $"%{{marker.color:{format}}}";
}
