using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Figures in a browser that reaches no network.</summary>
public sealed class BrowserTests
{
    private readonly Browser browser;

    public BrowserTests(Browser browser)
    {
        this.browser = browser;
        Workbook.Start();
    }

    private static string Html(GenericChart chart) => chart.ToDisplayString(HtmlFormatter.MimeType);

    private static string Scene(int points = 8, string? title = null) =>
        Html(Figures.FixedPoints(
            [.. Sample.Points.Take(points)], Sample.Network, Sample.Pca, Sample.States, title: title));

    private static void Quiet(OfflinePage page)
    {
        Assert.Empty(page.Requests);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Every_figure_is_drawn_without_a_request_or_an_error()
    {
        await using var page = await browser.OpenAsync(
            ChartHtml.Plotly(),
            Scene(),
            Html(Figures.FixedPoints(Sample.Points, Sample.Network, Sample.Pca, Sample.States, ColourBy.Readout)),
            Html(Figures.Trial(Sample.Trials, 0, Sample.Network)),
            Html(Figures.Training(Sample.Record)),
            Html(Figures.FixedPoints([], Sample.Network, Sample.Pca)),
            Html(Plotly.NET.CSharp.Chart.Point<double, double, string>([1, 2], [3, 4])));
        await page.DrawnAsync(6);
        await page.UntilAsync(
            "document.querySelectorAll('#cell1 canvas').length > 0 && document.querySelectorAll('#cell2 "
            + "canvas').length > 0");
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        for (int cell = 1; cell <= 6; cell++) Assert.True(await page.ColoursAsync(
            $"#cell{cell} .neurodynamics-figure") >= (cell is 1 or 2 ? 20 : 5), $"figure {cell} is blank");
        Quiet(page);
    }

    /// <summary>
    /// Plotly.NET's own extension asks RequireJS for plotly.js from the net. It gets ours, with RequireJS on the page
    /// and without, and whoever else asks RequireJS is answered as before.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("<script>requirejs = () => 0; requirejs.config = options => options.context + ' asked';</script>")]
    public async Task What_Plotly_NETs_own_extension_writes_is_drawn_without_a_network(string before)
    {
        string html = Plotly.NET.Interactive.Formatters.toInteractiveHTML(
            Plotly.NET.CSharp.Chart.Point3D<double, double, double, string>([1, 2], [3, 4], [5, 6]));
        Assert.Contains("https://", html);
        await using var page = await browser.OpenAsync(before, ChartHtml.Plotly(), html);
        await page.UntilAsync("document.querySelectorAll('.js-plotly-plot canvas').length > 0");
        Quiet(page);
        if (before.Length > 0)
            Assert.Equal("others asked", await page.Value<string>("requirejs.config({ context: 'others' })"));
    }

    /// <summary>Nothing lies on the line that says what is not checked, or beyond the figure's edge.</summary>
    [Fact]
    public async Task The_line_below_the_title_has_room_of_its_own()
    {
        var network = Sample.Imported().Network;
        var portrait = Sample.Portrait with { Network = network };
        await using var page = await browser.OpenAsync(
            ChartHtml.Plotly(),
            Html(Figures.Trial(Sample.Trials, 0, network)),
            Html(Figures.Gates(network, Sample.Trials)),
            Html(Figures.Planes(Sample.Graph, network, [("one", Sample.Pca)], "Planes")),
            Html(Figures.SideBySide([portrait], title: "Side by side")),
            Html(Figures.Moduli([portrait])));
        await page.DrawnAsync(5);
        const string overlaps = """
            [...document.querySelectorAll(".neurodynamics-figure")].flatMap(figure => {
              const box = one => one.getBoundingClientRect(), title = box(figure.querySelector(".gtitle"));
              const others = [...figure.querySelectorAll(".legend, .annotation, .plotbg, .gl-container")];
              const edge = box(figure);
              return [
                ...others.map(box).filter(other => other.width && other.top < title.bottom && other.bottom > title.top
                  && other.left < title.right && other.right > title.left).map(() => "overlap"),
                ...[title].filter(line => line.left < edge.left || line.right > edge.right || line.top < edge.top)
                  .map(() => "cut"),
                ...[title].filter(line => line.height < 30).map(() => "one line"),
              ];
            })
            """;
        Assert.Empty(await page.Value<string[]>(overlaps));
        Quiet(page);
    }

    /// <summary>All but a reader's own chart, which has a width of its own.</summary>
    public static IEnumerable<TheoryDataRow<string>> EveryFigure =>
        HtmlTests.EveryFigure.Where(row => row.Data != "a reader's own");

    /// <summary>As wide as a cell of VS Code in a narrow window, which then becomes a wide one.</summary>
    [Theory, MemberData(nameof(EveryFigure))]
    public async Task At_every_width_nothing_is_cut_and_no_words_lie_on_others(string name)
    {
        await using var page = await browser.OpenAsync(ChartHtml.Plotly());
        await page.Page.SetViewportAsync(new() { Width = 716, Height = 1000 });
        await page.RunAsync("cell", Html(HtmlTests.Charts[name]()));
        foreach (int width in new[] { 700, 1400 })
        {
            await page.Page.SetViewportAsync(new() { Width = width + 16, Height = 1000 });
            await page.UntilAsync("document.querySelector('#cell .main-svg') && "
                + $"document.querySelector('#cell .main-svg').getBoundingClientRect().width === {width}");
            Assert.Empty(await page.Value<string[]>("""
                (() => {
                  const figure = document.querySelector("#cell .neurodynamics-figure");
                  const edge = figure.getBoundingClientRect();
                  const all = selector => [...figure.querySelectorAll(selector)].map(one =>
                    ({ one, text: one.textContent.slice(0, 40), box: one.getBoundingClientRect() }))
                    .filter(words => words.text.trim() && words.box.width > 0);
                  const cut = all(".main-svg text").filter(({ box }) => box.left < edge.left - 1
                    || box.top < edge.top - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1)
                    .map(words => "cut: " + words.text);
                  const words = all(".gtitle, .legend, .annotation, [class^=g-x], [class^=g-y], "
                    + ".xtick text, .ytick text, .cbtitle");
                  const across = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left);
                  const up = (a, b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                  const overlaps = words.flatMap((a, i) => words.slice(i + 1).filter(b => !a.one.contains(b.one)
                    && !b.one.contains(a.one) && across(a.box, b.box) > 2 && up(a.box, b.box) > 3)
                    .map(b => `${a.text} on ${b.text}`));
                  return [...cut, ...overlaps];
                })()
                """));
            Assert.Empty(await WrongScenes(page));
        }
        Quiet(page);
    }

    /// <summary>Scenes that the edge of their room cuts, or that are small in it, when all is drawn.</summary>
    private static async Task<string[]> WrongScenes(OfflinePage page)
    {
        string[] wrong = [];
        for (int attempt = 0; attempt < 20; attempt++)
        {
            wrong = await page.Value<string[]>("""
                (() => {
                  const plot = document.querySelector(".js-plotly-plot");
                  return (plot._fullLayout._subplots.gl3d || []).flatMap(name => {
                    const { glplot } = plot._fullLayout[name]._scene, { canvas } = glplot;
                    const copy = document.createElement("canvas"), pen = copy.getContext("2d");
                    const [wide, high] = [copy.width, copy.height] = [canvas.width, canvas.height];
                    // What WebGL has drawn can be read only before the browser takes it to the screen.
                    glplot.redraw();
                    pen.drawImage(canvas, 0, 0);
                    const pixels = pen.getImageData(0, 0, wide, high).data;
                    let [left, right, top, bottom] = [wide, -1, high, -1];
                    for (let i = 3, at = 0; i < pixels.length; i += 4, at++) if (pixels[i]) {
                      const [x, y] = [at % wide, Math.floor(at / wide)];
                      [left, right] = [Math.min(left, x), Math.max(right, x)];
                      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
                    }
                    const cut = left < 1 || right > wide - 2 || top < 1 || bottom > high - 2;
                    const small = right - left < 0.6 * wide && bottom - top < 0.6 * high;
                    return cut || small
                      ? [`${name} of ${wide} x ${high}: ${left} to ${right}, ${top} to ${bottom}`] : [];
                  });
                })()
                """);
            if (wrong.Length == 0) break;
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
        return wrong;
    }

    /// <summary>One point has no width, and two have no thickness: the eye stays near all the same.</summary>
    [Fact]
    public async Task Points_in_one_place_or_on_a_line_are_seen()
    {
        await using var page = await browser.OpenAsync(ChartHtml.Plotly(), Html(Figures.SideBySide(
            [.. new[] { 1, 2 }.Select(count => Sample.Portrait with { Points = [.. Sample.Points.Take(count)] })])));
        await page.DrawnAsync(1);
        await page.UntilAsync("document.querySelectorAll('canvas').length === 2");
        double[] values = await page.Value<double[]>("""
            ["scene", "scene2"].flatMap(name => {
              const { _scene, aspectratio } = document.querySelector(".js-plotly-plot")._fullLayout[name];
              const { eye, center } = _scene.getCamera();
              return [Math.hypot(eye.x - center.x, eye.y - center.y, eye.z - center.z), ...Object.values(aspectratio)];
            })
            """);
        Assert.All(values, value => Assert.InRange(value, 0.05, 10));
        Quiet(page);
    }

    [Fact]
    public async Task A_scene_that_the_reader_has_turned_stays_so_at_another_width()
    {
        await using var page = await browser.OpenAsync(ChartHtml.Plotly(), Html(HtmlTests.Charts["transitions"]()));
        await page.DrawnAsync(1);
        await page.UntilAsync("document.querySelector('canvas')");
        const string eye =
            "Object.values(document.querySelector('.js-plotly-plot')._fullLayout.scene._scene.getCamera().eye)";
        double[] first = await page.Value<double[]>(eye);
        await Widen(1100);
        double[] fitted = await page.Value<double[]>(eye);
        Assert.NotEqual(first, fitted, (a, b) => Math.Abs(a - b) < 1e-3);
        await page.Value<object>("""
            window.neurodynamicsPlotly.relayout(document.querySelector(".js-plotly-plot"),
              { "scene.camera.eye": { x: 0.5, y: 2, z: 1 } }).then(() => 0)
            """);
        await Widen(700);
        Assert.Equal([0.5, 2, 1], await page.Value<double[]>(eye), (a, b) => Math.Abs(a - b) < 1e-3);
        Quiet(page);

        async Task Widen(int width)
        {
            await page.Page.SetViewportAsync(new() { Width = width + 16, Height = 1000 });
            await page.UntilAsync($"document.querySelector('.main-svg').getBoundingClientRect().width === {width}");
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Turning a scene turns its neighbours by as much, each from where it was.</summary>
    [Fact]
    public async Task Scenes_of_a_figure_turn_together()
    {
        await using var page = await browser.OpenAsync(
            ChartHtml.Plotly(), Html(Figures.SideBySide([Sample.Portrait, Sample.Portrait])));
        await page.DrawnAsync(1);
        await page.UntilAsync("document.querySelectorAll('canvas').length === 2");
        const string eyes = """
            ["scene", "scene2"].flatMap(name => {
              const eye = document.querySelector(".js-plotly-plot")._fullLayout[name]._scene.getCamera().eye;
              return [eye.x, eye.y, eye.z];
            })
            """;
        double[] before = await page.Value<double[]>(eyes);
        await page.Value<object>("""
            (() => {
              const plot = document.querySelector(".js-plotly-plot");
              const camera = plot._fullLayout.scene._scene.getCamera();
              camera.eye = { x: -camera.eye.z, y: camera.eye.x, z: 1.5 };
              return window.neurodynamicsPlotly.relayout(plot, { "scene.camera": camera }).then(() => 0);
            })()
            """);
        double[] after = await page.Value<double[]>(eyes);
        Assert.NotEqual(before[..3], after[..3]);
        Assert.Equal(after[..3], after[3..], (a, b) => Math.Abs(a - b) < 1e-3);
        Quiet(page);
    }

    /// <summary>To plotly.js markers of scenes are letters: they are as wide as asked for in any font.</summary>
    [Theory, InlineData(MarkShape.Circle), InlineData(MarkShape.Square), InlineData(MarkShape.Diamond)]
    public async Task Markers_in_space_are_so_many_pixels_wide_with_every_font(MarkShape shape)
    {
        var space = new Space("one marker", 500);
        var scene = space.Add();
        scene.Bare();
        scene.Markers("", [[0, 0, 0]], Paint.Blue, shape, 20);
        await using var page = await browser.OpenAsync(ChartHtml.Plotly(), Html(space.Chart()));
        await page.DrawnAsync(1);
        await page.UntilAsync("document.querySelector('canvas')");
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        int wide = await page.Value<int>("""
            (() => {
              const scene = document.querySelector(".js-plotly-plot")._fullLayout.scene._scene;
              const canvas = scene.glplot.canvas;
              const copy = document.createElement("canvas"), pen = copy.getContext("2d");
              [copy.width, copy.height] = [canvas.width, canvas.height];
              scene.glplot.redraw();
              pen.drawImage(canvas, 0, 0);
              const pixels = pen.getImageData(0, 0, copy.width, copy.height).data, columns = new Set();
              for (let i = 0; i < pixels.length; i += 4)
                if (pixels[i + 3] > 100 && pixels[i] < 100) columns.add(i / 4 % copy.width);
              return Math.round(columns.size * canvas.getBoundingClientRect().width / canvas.width);
            })()
            """);
        Assert.InRange(wide, 1.7 * 20 * 0.85, 1.7 * 20 * 1.15);
    }

    [Fact]
    public async Task Plotly_may_come_after_the_figure()
    {
        await using var page = await browser.OpenAsync(Scene(), ChartHtml.Plotly());
        await page.DrawnAsync(1);
        Quiet(page);
    }

    [Fact]
    public async Task A_module_loader_on_the_page_is_left_alone()
    {
        await using var page = await browser.OpenAsync(
            "<script>window.asked = 0; window.define = function () { window.asked++; }; window.define.amd = "
            + "{};</script>", Scene(), ChartHtml.Plotly());
        await page.DrawnAsync(1);
        Assert.Equal(0, await page.Value<int>("window.asked"));
        Quiet(page);
    }

    [Fact]
    public async Task Two_figures_that_are_the_same_are_both_drawn()
    {
        await using var page = await browser.OpenAsync(ChartHtml.Plotly(), Scene(), Scene());
        await page.DrawnAsync(2);
        await page.UntilAsync(
            "document.querySelectorAll('#cell1 canvas').length > 0 && document.querySelectorAll('#cell2 "
            + "canvas').length > 0");
        Quiet(page);
    }

    [Fact]
    public async Task Without_plotly_the_figure_says_what_to_do_and_asks_no_network()
    {
        await using var page = await browser.OpenAsync(Scene(), Scene(7));
        await page.UntilAsync("document.body.innerText.includes('needs plotly.js')");
        Assert.Empty(page.Requests);
        await page.RunAsync("setup", ChartHtml.Plotly());
        await page.DrawnAsync(2);
    }

    [Fact]
    public async Task The_hover_tells_all_that_is_known_of_a_point()
    {
        await using var page = await browser.OpenAsync(ChartHtml.Plotly(),
            Html(Figures.FixedPoints([.. Sample.Points.Take(1)], Sample.Network, Sample.Pca, Sample.States)));
        await page.DrawnAsync(1);
        await page.UntilAsync("document.querySelector('canvas')");
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        double[] place = await page.Value<double[]>("""
            (() => {
              const plot = document.querySelector(".js-plotly-plot"), scene = plot._fullLayout.scene._scene;
              const trace = plot.data.find(trace => trace.hovertext);
              const camera = scene.glplot.cameraParams, scale = scene.dataScale;
              const times = (m, v) => [0, 1, 2, 3].map(i =>
                m[i] * v[0] + m[4 + i] * v[1] + m[8 + i] * v[2] + m[12 + i] * v[3]);
              const place = [trace.x[0] * scale[0], trace.y[0] * scale[1], trace.z[0] * scale[2], 1];
              const seen = times(camera.projection, times(camera.view, times(camera.model, place)));
              const box = scene.glplot.canvas.getBoundingClientRect();
              const [right, up] = [seen[0] / seen[3], seen[1] / seen[3]];
              return [box.left + (1 + right) * box.width / 2, box.top + (1 - up) * box.height / 2];
            })()
            """);
        string text = "";
        for (int attempt = 0; attempt < 20 && text.Length == 0; attempt++)
        {
            await page.Page.Mouse.MoveAsync((decimal)place[0] + attempt % 3, (decimal)place[1] + attempt % 2);
            await Task.Delay(200, TestContext.Current.CancellationToken);
            text = await page.Value<string>(
                "[...document.querySelectorAll('.hovertext text')].map(text => text.textContent).join(' ')");
        }
        if (System.Environment.GetEnvironmentVariable(
            "WORKBOOK_PICTURES") is { Length: > 0 } pictures) await page.Page.ScreenshotAsync(
                Path.Combine(pictures, "hover.png"));
        foreach (string part in new[] { "point 1: ", "readout ", "p = ", "unstable modes: ", "slowest time constant: ",
            "speed q = ", "candidates that ended here: " })
            Assert.Contains(part, text, StringComparison.Ordinal);
        Quiet(page);
    }

    [Fact]
    public async Task A_cell_that_runs_twenty_times_leaves_the_other_figures_alive()
    {
        await using var page = await browser.OpenAsync();
        await page.RunAsync("setup", ChartHtml.Plotly());
        foreach (string cell in new[] { "a", "b", "c" }) await page.RunAsync(cell, Scene(8, cell));
        await page.DrawnAsync(3);
        for (int run = 0; run < 20; run++)
        {
            await page.RunAsync("b", Scene(8, run % 2 == 0 ? "b" : "b, changed"));
            await page.UntilAsync("document.querySelector('#b canvas') && window.neurodynamics.drawn === 3");
        }
        await page.UntilAsync("window.living() === 3");
        Assert.True(
            await page.Value<bool>(
                "['a', 'b', 'c'].every(cell => document.querySelector('#' + cell + ' "
                + ".js-plotly-plot')._fullLayout.scene._scene.glplot.gl.isContextLost() === false)"));
        await page.RunAsync("b", "");
        await page.UntilAsync("window.living() === 2");
        Quiet(page);
    }

    [Fact]
    public async Task Many_scenes_take_turns_and_come_back_as_they_were_left()
    {
        await using var page = await browser.OpenAsync(
            [ChartHtml.Plotly(), .. Enumerable.Range(1, 9).Select(i => Scene(8, $"scene {i}"))]);
        await page.UntilAsync("window.neurodynamics.drawn === 6");
        await page.Value<object>("document.querySelector('#cell1 .js-plotly-plot').layout.scene.camera.eye.x = 2.5, 0");
        for (int cell = 1; cell <= 9; cell++)
        {
            await page.Value<object>($"document.querySelector('#cell{cell}').scrollIntoView(), 0");
            await page.UntilAsync($"document.querySelector('#cell{cell} canvas')");
        }
        await page.UntilAsync("window.living() <= 6 && !document.querySelector('#cell1 canvas')");
        await page.Value<object>("document.querySelector('#cell1').scrollIntoView(), 0");
        await page.UntilAsync("document.querySelector('#cell1 canvas') && window.living() <= 6");
        Assert.Equal(2.5,
            await page.Value<double>("document.querySelector('#cell1 .js-plotly-plot').layout.scene.camera.eye.x"));
        Quiet(page);
    }

    [Fact]
    public async Task A_figure_counts_as_many_scenes_as_it_has_and_a_flat_one_as_none()
    {
        string three = Html(Figures.SideBySide([Sample.Portrait, Sample.Portrait, Sample.Portrait])),
            flat = Html(Figures.Training(Sample.Record));
        await using var page =
            await browser.OpenAsync([ChartHtml.Plotly(), three, .. Enumerable.Repeat(flat, 7), three, three]);
        await page.UntilAsync("window.neurodynamics.drawn === 9 && window.living() === 6");
        Assert.Equal(6, await page.Value<int>("window.neurodynamics.live"));
        await page.Value<object>("document.querySelector('#cell10').scrollIntoView(), 0");
        await page.UntilAsync("document.querySelectorAll('#cell10 canvas').length === 3 && window.living() === 6");
        Assert.Equal(7, await page.Value<int>(
            "[2, 3, 4, 5, 6, 7, 8].filter(i => document.querySelector(`#cell${i} .main-svg`)).length"));
        Quiet(page);
    }

    [Fact]
    public async Task An_output_that_a_host_takes_out_and_puts_back_is_drawn_again()
    {
        await using var page = await browser.OpenAsync(ChartHtml.Plotly(), Scene());
        await page.DrawnAsync(1);
        await page.Value<object>("window.kept = document.querySelector('#cell1'), window.kept.remove(), 0");
        await page.UntilAsync("window.living() === 0");
        await page.Value<object>("document.body.appendChild(window.kept), 0");
        await page.UntilAsync("window.living() === 1 && document.querySelector('#cell1 canvas')");
        Quiet(page);
    }
}
