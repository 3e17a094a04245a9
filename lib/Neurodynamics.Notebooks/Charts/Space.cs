using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>A figure of scenes in three dimensions, side by side. A browser holds few of them: see figure.js.</summary>
internal sealed class Space(string title, int height) : Figure(title, height)
{
    /// <summary>Pixels for two lines above a scene.</summary>
    private const int CaptionHeight = 40;

    /// <summary>Share of the width at the left of a panel, and pixels below it, for its labels.</summary>
    private const double PanelLeft = 0.08, PanelBottom = 40;

    private readonly List<Scene> scenes = [];
    private readonly List<object> items = [];
    private int panels;

    /// <summary>How wide the columns are, relative to each other; default one column.</summary>
    public double[] Columns { get; init; } = [1];

    private protected override Margin Margin => new Margin().With("l", 0).With("r", panels > 0 ? 10 : 0)
        .With("t", 42 + (scenes.Exists(scene => scene.Caption is not null) ? CaptionHeight : 0))
        .With("b", ShowsLegend ? 46 : 10);

    private protected override int BesideLegend => 8;

    private protected override string ItemSizing => "constant";

    /// <summary>Adds a scene to the right of what there is, or at the left of the next row.</summary>
    /// <param name="caption">Text above it, of up to two lines; default none.</param>
    /// <param name="eye">From where it is seen.</param>
    public Scene Add(string? caption = null, Eye? eye = null)
    {
        var scene = new Scene(this, scenes.Count == 0 ? "scene" : $"scene{scenes.Count + 1}", caption)
        {
            Eye = eye ?? Eye.Usual,
        };
        scenes.Add(scene);
        items.Add(scene);
        return scene;
    }

    /// <summary>Adds a panel beside the scenes. Its bars stand on each other.</summary>
    public Panel AddPanel()
    {
        string number = panels++ == 0 ? "" : $"{panels}";
        var panel = new Panel(this, Axis.Flat("x" + number), Axis.Flat("y" + number));
        items.Add(panel);
        Layout.With("barmode", "stack").With("bargap", 0.3);
        return panel;
    }

    /// <summary>Text in the middle of the figure.</summary>
    public void Says(string text) =>
        Note(() => Style.Note(text, 18).With("xref", "paper").With("yref", "paper").With("x", 0.5).With("y", 0.5));

    private protected override void Arrange()
    {
        int rows = (items.Count + Columns.Length - 1) / Columns.Length;
        double plot = Height - (int)Margin.GetPropertyValue("t") - (int)Margin.GetPropertyValue("b"),
            gap = rows > 1 ? CaptionHeight / plot : 0, height = (1 - gap * (rows - 1)) / rows;
        var cameras = new Dictionary<string, Camera>();
        for (int i = 0; i < items.Count; i++)
        {
            double left = Columns.Take(i % Columns.Length).Sum() / Columns.Sum(),
                right = Columns.Take(i % Columns.Length + 1).Sum() / Columns.Sum(),
                top = 1 - i / Columns.Length * (height + gap), bottom = Math.Max(0, top - height);
            if (items[i] is Panel panel)
            {
                // With room for its own labels, which stand where another item ends.
                panel.Arrange(Layout, left + PanelLeft, right, bottom + PanelBottom / plot, top);
                continue;
            }
            var scene = (Scene)items[i];
            Layout.With(scene.Id, scene.Built([left, right], [bottom, top]));
            cameras.Add(scene.Id, scene.Eye.Camera());
            if (scene.Caption is { } caption)
                Note(() => Style.Note(caption, 13).With("xref", "paper").With("yref", "paper")
                    .With("x", (left + right) / 2).With("xanchor", "center").With("y", top).With("yanchor", "bottom"));
        }
        // Scenes whose cameras are still these are seen from as near as their boxes fit: see camera.js.
        if (cameras.Count > 0) Layout.With("meta", new Dictionary<string, object> { ["cameras"] = cameras });
    }

    private protected override ColorBar ColorBarOf(ColorBar bar) => bar.With("len", 0.5).With("y", 0.4);
}

/// <summary>From which side a scene is seen. How far off the eye is depends on the room that the scene has.</summary>
/// <param name="From">The direction to the eye from the middle of the scene, of any length.</param>
/// <param name="Up">Which way is up; default along z.</param>
internal sealed record Eye(double[] From, double[]? Up = null)
{
    /// <summary>In half widths of a scene, where nothing fits it into its room.</summary>
    private const double Distance = 2.5;

    /// <summary>The view of a single scene.</summary>
    public static Eye Usual => new([1.75, 1.55, 0.8]);

    /// <summary>
    /// Along the first of three directions that lie in no plane, a little from the side and from above: a cube whose
    /// sides they are then looks like one. The third is up.
    /// </summary>
    /// <param name="directions">Of any lengths.</param>
    public static Eye Onto(IReadOnlyList<double[]> directions)
    {
        var (first, second, third) = (Unit(directions[0]), Unit(directions[1]), Unit(directions[2]));
        return new([.. first.Select((value, i) => value + 0.5 * second[i] + 0.75 * third[i])], third);

        static double[] Unit(double[] direction)
        {
            double length = Math.Sqrt(direction.Sum(value => value * value));
            return [.. direction.Select(value => value / length)];
        }
    }

    /// <summary>How high a place is, as one looks at it.</summary>
    public double Height(double[] place) => place.Zip(Up ?? [0, 0, 1], (value, share) => value * share).Sum();

    internal Camera Camera()
    {
        double length = Math.Sqrt(From.Sum(value => value * value));
        return new Camera().With("eye", Three(new CameraEye(), [.. From.Select(value => value * Distance / length)]))
            .With("up", Three(new CameraUp(), Up ?? [0, 0, 1])).With("center", Three(new CameraCenter(), [0, 0, 0]));
    }

    private static T Three<T>(T target, double[] values)
        where T : DynamicObj.DynamicObj =>
        target.With("x", Style.Drawn(values[0])).With("y", Style.Drawn(values[1])).With("z", Style.Drawn(values[2]));
}

/// <summary>A scene in three dimensions: three axes and what is drawn between them.</summary>
internal sealed class Scene(Figure figure, string id, string? caption)
{
    private readonly Plotly.NET.LayoutObjects.Scene scene = new Plotly.NET.LayoutObjects.Scene()
        .With("dragmode", "orbit").With("aspectmode", "auto");

    public Axis X { get; } = Axis.InSpace();

    public Axis Y { get; } = Axis.InSpace();

    public Axis Z { get; } = Axis.InSpace();

    public IReadOnlyList<Axis> Axes => [X, Y, Z];

    /// <summary>From where it is seen.</summary>
    public Eye Eye { get; set; } = Eye.Usual;

    internal string Id => id;

    internal string? Caption => caption;

    /// <summary>All axes as long as each other, instead of the proportions of the data.</summary>
    public void AsCube() => scene.With("aspectmode", "cube");

    /// <summary>How long the axes are.</summary>
    public void Proportions(double x, double y, double z) =>
        scene.With("aspectmode", "manual")
            .With("aspectratio", new AspectRatio()
                .With("x", Style.Drawn(x)).With("y", Style.Drawn(y)).With("z", Style.Drawn(z)));

    /// <summary>
    /// Markers at points of up to three coordinates; missing ones are 0. They are drawn larger than those of a plane,
    /// where nothing is in front of anything.
    /// </summary>
    public Series Markers(string name, IReadOnlyList<double[]> points, Paint? paint, MarkShape symbol, double size) =>
        Draw("scatter3d", name, points).Set("mode", "markers").WithMarker(paint, symbol, 1.7 * size);

    /// <summary>
    /// Words above points, or below those in the lower half of the scene: away from what is drawn between them. They go
    /// with what has the same name in the legend.
    /// </summary>
    /// <param name="name">Of the points.</param>
    /// <param name="points">Where.</param>
    /// <param name="texts">A text for each.</param>
    /// <param name="size">Of the letters, in pixels.</param>
    /// <param name="middle">Where the upper half begins, along <see cref="Eye.Up"/>.</param>
    public void Words(
        string name, IReadOnlyList<double[]> points, IEnumerable<string> texts, double size, double middle)
    {
        foreach (var half in points.Zip(texts).GroupBy(at => Eye.Height(at.First) < middle))
            Draw("scatter3d", name, [.. half.Select(at => at.First)])
                .Words(half.Select(at => at.Second), size, below: half.Key);
    }

    /// <summary>A line through points; null breaks it.</summary>
    public Series Line(string name, IReadOnlyList<double[]?> points, Paint paint, double width) =>
        Draw("scatter3d", name, points).Set("mode", "lines").Set("line", Style.Line(paint, width)).Hover(null);

    /// <summary>A surface over a grid, a row of heights for each y.</summary>
    public Series Surface(
        string name, IEnumerable<double> x, IEnumerable<double> y, double[][] heights, Scale scale, string? hover)
    {
        var trace = new Trace3D("surface");
        figure.Apply(scale, trace, bar: null);
        return Placed(trace.With("x", Style.Drawn(x)).With("y", Style.Drawn(y)).With("z", heights), name).Hover(hover)
            .NotInLegend();
    }

    /// <summary>Without axes: where the shape is what there is to see.</summary>
    public void Bare()
    {
        foreach (var axis in Axes) axis.Hidden();
    }

    internal Plotly.NET.LayoutObjects.Scene Built(double[] across, double[] up) => scene
        .With("xaxis", X.Built()).With("yaxis", Y.Built()).With("zaxis", Z.Built()).With("camera", Eye.Camera())
        .With("domain", new Domain().With("x", across).With("y", up));

    private Series Draw(string type, string name, IReadOnlyList<double[]?> points) => Placed(new Trace3D(type)
        .With("x", Style.Along(points, 0)).With("y", Style.Along(points, 1)).With("z", Style.Along(points, 2)), name);

    private Series Placed(Trace trace, string name) => figure.Add(trace.With("scene", id), name);
}
