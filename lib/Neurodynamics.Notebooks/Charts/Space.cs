using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>A figure of scenes in three dimensions, side by side. A browser holds few of them: see figure.js.</summary>
internal sealed class Space(string title, int height) : Figure(title, height)
{
    private readonly List<Scene> scenes = [];

    /// <summary>Leaves room for a long legend at the right.</summary>
    public bool LegendBeside { get; init; }

    private protected override Margin Margin => new Margin().With("l", 0).With("r", 0)
        .With("t", scenes.Exists(scene => scene.Caption is not null) ? 80 : 50)
            .With("b", Legend == Legend.Below ? 46 : 0);

    private protected override string ItemSizing => "constant";

    /// <summary>Adds a scene to the right of the others.</summary>
    /// <param name="caption">Text above it; default none.</param>
    public Scene Add(string? caption = null)
    {
        var scene = new Scene(this, scenes.Count == 0 ? "scene" : $"scene{scenes.Count + 1}", caption);
        scenes.Add(scene);
        return scene;
    }

    /// <summary>Text in the middle of the figure.</summary>
    public void Says(string text) =>
        Note(() => Style.Note(text, 18).With("xref", "paper").With("yref", "paper").With("x", 0.5).With("y", 0.5));

    /// <summary>A chart of one scene that is looked at from elsewhere.</summary>
    public static GenericChart SeenFrom(GenericChart chart, Eye eye)
    {
        var layout = GenericChart.getLayout(chart);
        ((Plotly.NET.LayoutObjects.Scene)layout.GetPropertyValue("scene")).With("camera", eye.Camera());
        return GenericChart.setLayout(layout, chart);
    }

    private protected override void Arrange()
    {
        double width = (LegendBeside ? 0.7 : 1.0) / scenes.Count;
        for (int i = 0; i < scenes.Count; i++)
        {
            double left = i * width, right = left + width;
            Layout.With(scenes[i].Id, scenes[i].Built(left, right));
            if (scenes[i].Caption is not { } caption) continue;
            Note(() => Style.Note(caption, 13).With("xref", "paper").With("yref", "paper").With("x", (left + right) / 2)
                .With("xanchor", "center")
                .With("y", 1).With("yanchor", "bottom"));
        }
    }

    private protected override ColorBar ColorBarOf(ColorBar bar) => bar.With("len", 0.5).With("y", 0.4);
}

/// <summary>From where a scene is seen, in units of its half width.</summary>
/// <param name="From">Where the eye is.</param>
/// <param name="Lowered">How far below its middle the eye looks.</param>
/// <param name="Up">Which way is up; default along z.</param>
internal sealed record Eye(double[] From, double Lowered = 0, double[]? Up = null)
{
    /// <summary>The view of a single scene.</summary>
    public static Eye Usual => new([1.55, 1.35, 0.7], 0.12);

    /// <summary>From farther off, so that titles of axes stay in the picture beside a colour bar.</summary>
    public static Eye Farther => new([1.55, 1.8, 0.85], 0.1);

    internal Camera Camera() => new Camera()
        .With("eye", Three(new CameraEye(), From)).With("up", Up is null ? null : Three(new CameraUp(), Up))
        .With("center", Three(new CameraCenter(), [0, 0, -Lowered]));

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
            .With("aspectratio", new AspectRatio().With("x", x).With("y", y).With("z", z));

    /// <summary>Markers at points of up to three coordinates; missing ones are 0.</summary>
    public Series Markers(string name, IReadOnlyList<double[]> points, Paint? paint, MarkShape symbol, double size) =>
        Draw("scatter3d", name, points).Set("mode", "markers").WithMarker(paint, symbol, size);

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

    internal Plotly.NET.LayoutObjects.Scene Built(double left, double right) => scene
        .With("xaxis", X.Built()).With("yaxis", Y.Built()).With("zaxis", Z.Built()).With("camera", Eye.Camera())
        .With("domain", new Domain().With("x", new[] { left, right }).With("y", new[] { 0.0, 1.0 }));

    private Series Draw(string type, string name, IReadOnlyList<double[]?> points) => Placed(new Trace3D(type)
        .With("x", Style.Along(points, 0)).With("y", Style.Along(points, 1)).With("z", Style.Along(points, 2)), name);

    private Series Placed(Trace trace, string name) => figure.Add(trace.With("scene", id), name);
}
