using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>The figures and tables of how points are found, and of what they tell of trials.</summary>
public sealed class FindingTests
{
    public FindingTests() => Workbook.Start();

    private static readonly FixedPointProblem Problem = new(Sample.Network.Cell, new double[3], Candidates.FromTrials(Sample.Network.Cell, Sample.Trials.Inputs, 12, seed: 5));

    private static readonly FixedPoint[] Points = [.. Sample.Points.Select(line => line.Point)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static JsonNode Json(GenericChart chart) =>
        JsonNode.Parse(Regex.Match(chart.ToDisplayString(HtmlFormatter.MimeType), @"neurodynamics\.show\(""[0-9a-f]{12}"", (.*)\);").Groups[1].Value)!;

    [Fact]
    public void The_slider_shows_one_look_of_every_solver_at_a_time_and_the_points_always()
    {
        int[] looks = [0, 1, 2];
        var chart = Json(Figures.Sliding([CandidatePaths.Of(new GradientDescent(), Problem, looks, Stop), CandidatePaths.Of(new NewtonSolver(), Problem, looks, Stop)], Sample.Points, Sample.Pca));
        int traces = chart["data"]!.AsArray().Count;
        var steps = chart["layout"]!["sliders"]![0]!["steps"]!.AsArray();
        Assert.Equal(looks.Length, steps.Count);
        var shown = steps.Select(step => step!["args"]![0]!["visible"]!.AsArray().Select(visible => (bool)visible!).ToArray()).ToArray();
        Assert.All(shown, visible => Assert.Equal((traces, 2 + 2 * 2), (visible.Length, visible.Count(yes => yes))));
        Assert.All(Enumerable.Range(2, traces - 2), trace => Assert.Single(shown, visible => visible[trace]));
        Assert.Equal(shown[0], chart["data"]!.AsArray().Select(trace => (bool?)trace!["visible"] ?? true));
    }

    [Fact]
    public void Histograms_hold_every_candidate_once()
    {
        double[] speeds = [0, 3e-31, 5e-3, 5e-3, 40];
        var bars = Json(Figures.Speeds([("a", speeds), ("b", Problem.Speeds())]))["data"]!.AsArray();
        Assert.Equal([5, 12], bars.Select(bar => bar!["y"]!.AsArray().Sum(count => (int)count!)));
        Assert.Contains(-2.5, bars[0]!["x"]!.AsArray().Select(place => (double)place!));
    }

    [Fact]
    public void A_table_of_readings_tells_what_holds_before_the_first_step()
    {
        var table = Tables.Readings(new GradientDescent { MaxSteps = 3 }, Problem, Points, Stop);
        double mean = Problem.Speeds().Average();
        Assert.Equal(mean * 2 / 100, (double)table["before any step"][0], 1e-9);
        Assert.Equal(mean, (double)table["before any step"][1], 1e-9);
        Assert.All(Enumerable.Range(0, 3), row => Assert.Equal(3, (int)table["steps taken"][row]));
    }

    [Fact]
    public void What_points_tell_of_trials_adds_up()
    {
        var steps = TrialSteps.Sample(Sample.Network.Cell, Sample.Trials.Inputs, 60, seed: 1);
        var table = Tables.Forecasts(new LocalLinear(Sample.Network.Cell, Sample.Points).Forecast(steps));
        Assert.Equal(1, (double)table["share"][1] + (double)table["share"][2], 1e-12);
        var itself = Tables.Decisions([("itself", Sample.Network, Sample.Trials, Sample.States)]);
        Assert.Equal((1.0, (double)itself["network right"][0]), ((double)itself["both alike"][0], (double)itself["linearisations right"][0]));
    }
}
