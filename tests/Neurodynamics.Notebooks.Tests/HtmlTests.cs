using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

public sealed class HtmlTests
{
    public HtmlTests() => Workbook.Start();

    public static IEnumerable<TheoryDataRow<string>> EveryFigure =>
        Charts.Keys.Select(name => new TheoryDataRow<string>(name));

    internal static readonly Dictionary<string, Func<GenericChart>> Charts = new()
    {
        ["trial"] = () => Figures.Trial(Sample.Trials),
        ["trial with readout"] = () => Figures.Trial(Sample.Trials, 3, Sample.Network),
        ["training"] = () => Figures.Training(Sample.Record),
        ["fixed points"] = () => Figures.FixedPoints(Sample.Points, Sample.Network, Sample.Pca, Sample.States),
        ["fixed points by readout"] = () =>
            Figures.FixedPoints(Sample.Points, Sample.Network, Sample.Pca, colourBy: ColourBy.Readout),
        ["transitions"] = () => Figures.Transitions(Sample.Graph, Sample.Network, Sample.Pca),
        ["side by side"] = () => Figures.SideBySide([Sample.Portrait, Sample.Portrait, Sample.Portrait],
            graphs: [Sample.Graph, Sample.Graph, Sample.Graph]),
        ["moduli"] = () => Figures.Moduli([Sample.Portrait]),
        ["spectra"] = () => Figures.Spectra([new("one", Sample.Points)]),
        ["planes"] = () => Figures.Planes(Sample.Graph, Sample.Network, [("one", Sample.Pca), ("two", Sample.Pca)]),
        ["ends"] = () =>
            Figures.Ends([Sample.Solution], [Sample.Points], Sample.Network, Sample.Pca, "ends"),
        ["branches"] = () => Figures.Branches(new FixedPoints.Continuation { MaxStep = 0.01, MaxSteps = 30 }.FollowAll(
            Sample.Network.Cell, [(FixedPoints.FixedPoint)Sample.Points[0].Point], [1, 1, 1]), Sample.Network),
        ["drawing"] = () => Figures.CellDiagram(Models.Architecture.Gru),
        ["gates"] = () => Figures.Gates(Sample.Network, Sample.Trials),
        ["a reader's own"] = () => Plotly.NET.CSharp.Chart.Point<double, double, string>([0.5, 1.5], [2.5, 1e-7]),
    };

    private static string Html(object value) => value.ToDisplayString(HtmlFormatter.MimeType);

    [Theory, MemberData(nameof(EveryFigure))]
    public void A_figure_needs_no_module_loader_and_names_no_address(string name)
    {
        string html = Html(Charts[name]());
        Assert.DoesNotContain("require(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("requirejs", html, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Regex.Matches(html, @"https?://[^""'\s<]+"));
        Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(html, "</script>"));
        Assert.DoesNotContain("plotly.js v", html, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryFigure))]
    public void A_figure_is_the_same_text_whenever_and_wherever_it_is_made(string name)
    {
        string here = Html(Charts[name]());
        Assert.Equal(here, Html(Charts[name]()));
        Assert.Equal(here, InGerman(() => Html(Charts[name]())));
    }

    /// <summary>
    /// The legend shows no colour of a scale: plotly.js takes that of one point, as if all of the name had it.
    /// </summary>
    [Theory, MemberData(nameof(EveryFigure))]
    public void What_has_many_colours_is_grey_in_the_legend(string name)
    {
        foreach (var trace in JsonNode.Parse(Plotly.NET.GenericChart.toJson(Charts[name]()))!["data"]!.AsArray())
            Assert.False(trace!["marker"]?["color"] is JsonArray && trace["showlegend"]?.GetValue<bool>() != false,
                $"{trace["name"]}");
    }

    [Fact]
    public void Text_that_would_end_the_script_or_the_line_stays_text()
    {
        var chart = Plotly.NET.CSharp.Chart.Point<double, double,
            string>([1], [2], Name: "</script><!-- \u2028 \u2029 & 'x' \"y\"");
        string html = Html(chart);
        Assert.Single(Regex.Matches(html, "</script>"));
        Assert.DoesNotContain("<!--", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u2028', html);
        string json = Regex.Match(html, @"neurodynamics\.show\(""[0-9a-f]{12}"", (.*)\);").Groups[1].Value;
        Assert.Equal("</script><!-- \u2028 \u2029 & 'x' \"y\"", (string?)JsonNode.Parse(json)!["data"]![0]!["name"]);
    }

    [Fact]
    public void Plotly_is_whole_and_cannot_end_its_script_element()
    {
        string html = ChartHtml.Plotly();
        Assert.Single(Regex.Matches(html, "</script", RegexOptions.IgnoreCase));
        Assert.DoesNotContain("<!--", html, StringComparison.Ordinal);
        Assert.InRange(html.Length, 3_000_000, 4_500_000);
        Assert.Contains("plotly.js v2.28.0", ChartHtml.Plotly(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_readers_own_chart_is_shown_as_ours_are()
    {
        Assert.Contains("neurodynamics-figure", Html(Charts["a reader's own"]()), StringComparison.Ordinal);
    }

    [Fact]
    public void Charts_that_are_restyled_are_shown_too()
    {
        string html = Html(Plotly.NET.CSharp.GenericChartExtensions.WithXAxisStyle<double, double,
            string>(Figures.Trial(Sample.Trials), TitleText: "Renamed by a reader"));
        Assert.Contains("Renamed by a reader", html, StringComparison.Ordinal);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Few_points_are_a_figure_and_a_table(int count)
    {
        var points = Sample.Points.Take(count).ToList();
        string figure = Html(Figures.FixedPoints(points, Sample.Network, Sample.Pca)),
            table = Html(Tables.FixedPoints(points, Sample.Network));
        Assert.Equal(count == 0, figure.Contains("No fixed points to show.", StringComparison.Ordinal));
        Assert.Equal(count == 0, table.Contains("The table has no rows.", StringComparison.Ordinal));
        Assert.Equal(count + 1, Regex.Matches(table, "<tr>").Count);
        Assert.NotEmpty(Html(Tables.Summary(points)));
    }

    [Fact]
    public void The_eight_attractors_read_differently_in_label_and_colour()
    {
        var json = JsonNode.Parse(GenericChart.toJson(
            Figures.FixedPoints(Sample.Points, Sample.Network, Sample.Pca, colourBy: ColourBy.Readout)))!;
        var traces = json["data"]!.AsArray().ToLookup(trace => (string)trace!["mode"]!);
        var colours = traces["markers"]
            .ToDictionary(trace => (string)trace!["name"]!, trace => (string)trace!["marker"]!["color"]!);
        Assert.Equal(8, traces["text"].Select(words => colours[(string)words!["name"]!]).Distinct().Count());
        Assert.Equal(8, traces["text"].Select(words => (string)words!["text"]![0]!).Distinct().Count());
        Assert.All(traces["text"], words =>
        {
            Assert.Matches("^<b>[+\u2212] [+\u2212] [+\u2212]</b>$", (string)words!["text"]![0]!);
            // They go with their points when the reader clicks on the legend.
            Assert.Equal((string)words["name"]!, (string)words["legendgroup"]!);
        });
    }

    [Fact]
    public void A_point_of_another_network_is_refused_in_a_sentence()
    {
        var stranger = Sample.Points[0] with { Point = Sample.Points[0].Point with { State = new double[7] } };
        var error = Assert.Throws<ArgumentException>(() => Figures.FixedPoints([stranger], Sample.Network, Sample.Pca));
        Assert.Contains("another network", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Figures.Trial(Sample.Trials, 16));
    }

    [Fact]
    public void A_table_is_rounded_to_read_and_exact_to_ask()
    {
        var table = new DataFrame(
            new PrimitiveDataFrameColumn<double>(
                "q", [1.5e-13, -0.25, 0.123456789, 1234.5678, double.NaN, 0, 289203891]),
            new StringDataFrameColumn("name", ["a<b", "\"c\"", "d", "e", "f", "g", "h"]));
        string html = Html(table);
        foreach (string cell in new[] { "title=\"1.5E-13\">1.500e\u221213<", ">\u22120.2500<",
            "title=\"0.123456789\">0.1235<", "title=\"1234.5678\">1235<", "title=\"NaN\">\u2013<", ">0<",
                "title=\"289203891\">2.892e+8<", ">a&lt;b<", ">&quot;c&quot;<" })
            Assert.Contains(cell, html, StringComparison.Ordinal);
        Assert.Equal(html, InGerman(() => Html(table)));
        string plain = table.ToDisplayString(PlainTextFormatter.MimeType);
        Assert.StartsWith("        q  name\n1.500e-13  a<b\n", plain, StringComparison.Ordinal);
        Assert.Equal(plain, InGerman(() => table.ToDisplayString(PlainTextFormatter.MimeType)));
    }

    /// <summary>As many as the number needs that needs most, and never more than four.</summary>
    [Theory]
    [InlineData(new[] { 0.5, 0.25, 12 }, "0.50|0.25|12")]
    [InlineData(new[] { 3.0, 250, 0 }, "3|250|0")]
    [InlineData(new[] { 99.9, 100, 0.5 }, "99.9|100|0.500")]
    [InlineData(new[] { 1.0 / 3, 1, -0.0 }, "0.3333|1.000|0")]
    [InlineData(new[] { 1e-13, 0.25 }, "1.0e\u221213|0.25")]
    [InlineData(new[] { 9.9996, 0.00099996 }, "10.00|0.001000")]
    [InlineData(new[] { -1e7, 2.5 }, "\u22121.0e+7|2.5")]
    public void A_column_has_one_number_of_significant_digits(double[] values, string read) =>
        Assert.Equal(read, string.Join('|', Regex.Matches(
            Html(new DataFrame(new PrimitiveDataFrameColumn<double>("v", values))), "<td[^>]*>([^<]*)</td>")
            .Select(cell => cell.Groups[1].Value)));

    /// <summary>Style sheets of hosts align cells too, so each cell says it itself.</summary>
    [Fact]
    public void Text_is_at_the_left_and_has_true_minus_signs_where_it_speaks_of_numbers()
    {
        var table = new DataFrame(
            new StringDataFrameColumn("in words", ["+-0", "-0.5 - 2e-3i", "gru-3", "one - two", "-", "8: --0  +-"]),
            new PrimitiveDataFrameColumn<int>("n", [-1, 0, 1, 2, 3, 4]));
        string html = Html(table);
        foreach (string cell in new[] { "+\u22120", "\u22120.5 - 2e\u22123i", "gru-3", "one - two", "\u2212",
            "8: \u2212\u22120  +\u2212" })
            Assert.Contains($"<td style=\"text-align:left\">{cell}</td>", WebUtility.HtmlDecode(html),
                StringComparison.Ordinal);
        Assert.Contains("<td style=\"text-align:right\">\u22121</td>", html,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\u2212', table.ToDisplayString(PlainTextFormatter.MimeType));
    }

    [Fact]
    public void A_long_table_is_cut_and_says_so()
    {
        string html = Html(new DataFrame(new PrimitiveDataFrameColumn<int>("n", Enumerable.Range(0, 289))));
        Assert.Equal(101, Regex.Matches(html, "<tr>").Count);
        Assert.Contains("The first 100 of 289 rows", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_endings_counts_every_candidate() =>
        Assert.Equal(256, ((PrimitiveDataFrameColumn<int>)Tables.Endings(Sample.Solution)["candidates"])
            .Sum(count => count ?? 0));

    private static T InGerman<T>(Func<T> make)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            return make();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
