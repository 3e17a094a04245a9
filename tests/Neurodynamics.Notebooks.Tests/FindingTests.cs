using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>The figures and tables of how points are found, and of what they tell of trials.</summary>
public sealed class FindingTests
{
    public FindingTests() => Workbook.Start();

    private static readonly FixedPointProblem Problem = new(Sample.Network.Cell, new double[3],
        Candidates.FromTrials(Sample.Network.Cell, Sample.Trials.Inputs, 12, seed: 5));

    private static readonly FixedPoint[] Points = [.. Sample.Points.Select(line => (FixedPoint)line.Point)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static JsonNode Json(GenericChart chart) =>
        JsonNode.Parse(Regex.Match(chart.ToDisplayString(HtmlFormatter.MimeType),
            @"neurodynamics\.show\(""[0-9a-f]{12}"", (.*)\);").Groups[1].Value)!;

    [Fact]
    public void The_slider_shows_one_look_of_every_solver_at_a_time_and_the_points_always()
    {
        int[] looks = [0, 1, 2];
        var chart = Json(
            Figures.Sliding([CandidatePaths.Of(new GradientDescent(), Problem, looks, Stop),
                CandidatePaths.Of(new NewtonSolver(), Problem, looks, Stop)], Sample.Points, Sample.Pca));
        int traces = chart["data"]!.AsArray().Count;
        var steps = chart["layout"]!["sliders"]![0]!["steps"]!.AsArray();
        Assert.Equal(looks.Length, steps.Count);
        bool[][] shown = steps.Select(
            step => step!["args"]![0]!["visible"]!.AsArray().Select(visible => (bool)visible!).ToArray()).ToArray();
        Assert.All(shown, visible => Assert.Equal((traces, 2 + 2 * 2), (visible.Length, visible.Count(yes => yes))));
        Assert.All(Enumerable.Range(2, traces - 2), trace => Assert.Single(shown, visible => visible[trace]));
        Assert.Equal(shown[0], chart["data"]!.AsArray().Select(trace => (bool?)trace!["visible"] ?? true));
    }

    [Fact]
    public void The_slider_over_tolerances_shows_every_accepted_end_once()
    {
        double[] limits = [1e9, 1e-3, 1e-40];
        var solution = new NewtonSolver().Solve(Problem, null, Stop);
        var chart = Json(Figures.Accepted([("Newton", solution)], Sample.Points, Sample.Pca, limits));
        var traces = chart["data"]!.AsArray();
        // The rings, then an attractor's, a saddle's and a nowhere's trace for each tolerance.
        Assert.Equal(1 + 3 * limits.Length, traces.Count);
        Assert.Equal(limits.Select(limit => solution.Speeds.Count(speed => speed <= limit)),
            // A kind without ends stands at no place, so that it stays in the legend.
            traces.Skip(1).Chunk(3).Select(frame => frame.Sum(trace => trace!["x"]!.AsArray()
                .Count(x => x?.GetValueKind() == System.Text.Json.JsonValueKind.Number))));
    }

    [Fact]
    public void Histograms_hold_every_candidate_once()
    {
        double[] speeds = [0, 3e-31, 5e-3, 5e-3, 40];
        var bars = Json(Figures.Speeds([("a", speeds), ("b", Problem.Speeds())]))["data"]!.AsArray();
        Assert.Equal([5.0, 12], bars.Select(bar => bar!["y"]!.AsArray().Sum(count => (double)count!)));
        Assert.Contains(-2.5, bars[0]!["x"]!.AsArray().Select(place => (double)place!));
    }

    [Fact]
    public void A_table_of_readings_tells_what_holds_before_the_first_step()
    {
        var table = Tables.Readings(ReadingRun.All(new GradientDescent { MaxSteps = 3 }, Problem, Stop), Points);
        double mean = Problem.Speeds().Average();
        Assert.Equal(mean * 2 / 100, (double)table["before any step"][0], 1e-9);
        Assert.Equal(mean, (double)table["before any step"][1], 1e-9);
        Assert.All(Enumerable.Range(0, 3), row => Assert.Equal(3, (int)table["steps taken"][row]));
    }

    [Fact]
    public void The_same_network_twice_reaches_equally_far_and_trials_at_the_point_are_within()
    {
        var (cell, points) = (Sample.Network.Cell, Sample.Points.Take(2).ToArray());
        var errors = points.SelectMany(point => LinearError.Of(
            cell, point, Sample.States.Rows(), [0.01, 0.1, 1, 10])).ToList();
        StepForecast[] steps = [new(0, 1e-3, 1, 0, true), new(1, 100, 1, 1, false)];
        LinearView[] views = [new("one", errors, steps), new("two", errors, [.. steps.Take(1)], 0.5)];
        var table = Tables.LinearErrors(views, 0.1, 1);
        Assert.Equal(table["error at distance 1"][0], table["error at distance 1"][1]);
        Assert.Equal([0.5, 1.0], table["steps within reach"].Cast<double>());
        Assert.True((double)table["reach"][0] < (double)table["reach"][1]);
        var names = Json(Figures.LinearErrors(views, "both"))["data"]!.AsArray()
            .Where(trace => (bool)trace!["showlegend"]!).Select(trace => (string)trace!["name"]!);
        Assert.Equal(["one", "two"], names);
    }

    [Fact]
    public void The_input_and_the_readout_of_its_undecided_channel_are_those_of_a_saddle()
    {
        var table = Tables.Modes(Sample.Points, Sample.Network);
        Assert.Equal(Sample.Points.Sum(point => point.UnstableModes), (int)table.Rows.Count);
        foreach (var row in table.Rows.Where(row => $"{row["point reads out"]}".Count(sign => sign == '0') == 1))
            foreach (string of in new[] { "pushed by input", "seen by readout" })
            {
                double[] cosines = [.. Enumerable.Range(1, 3).Select(k => (double)row[$"{of} {k}"])];
                Assert.Equal($"{row["point reads out"]}".IndexOf('0'), cosines.IndexOf(cosines.Max()));
            }
    }

    [Fact]
    public void The_first_modes_of_a_point_are_its_slowest_and_a_pair_has_one_row()
    {
        var point = Sample.Points.First(point => point.IsAttractor);
        int real = point.Modes.TakeWhile(mode => mode.Eigenvalue.Imaginary == 0).Count();
        int paired = Enumerable.Range(0, point.Modes.Count).First(k => point.Modes[k].Eigenvalue.Imaginary > 0);
        Assert.Equal(0, (int)Tables.Modes([point], Sample.Network).Rows.Count);
        Assert.Equal(real, (int)Tables.Modes([point], Sample.Network, first: real).Rows.Count);
        Assert.Equal(Tables.Modes([point], Sample.Network, first: paired + 1).Rows.Count,
            Tables.Modes([point], Sample.Network, first: paired + 2).Rows.Count);
    }

    [Fact]
    public void What_points_tell_of_trials_adds_up()
    {
        var steps = TrialSteps.Sample(Sample.Network.Cell, Sample.Trials.Inputs, 60, seed: 1);
        var table = Tables.Forecasts(new LocalLinear(Sample.Network.Cell, Sample.Points).Forecast(steps), reach: 1);
        Assert.Equal(1, (double)table["share"][1] + (double)table["share"][2], 1e-12);
        DataFrame Told(Trials trials) => Tables.Decisions(
            [("itself", Agreement.Of(Sample.Network, trials, Sample.Network.Run(trials.Inputs), Sample.States))]);
        var itself = Told(Sample.Trials);
        Assert.Equal((1.0, (double)itself["network right"][0]),
            ((double)itself["both alike"][0], (double)itself["linearisations right"][0]));
        // A network that is wrong everywhere on half of the trials' targets.
        var turned = Sample.Trials with { Targets = (double[,,])Sample.Trials.Targets.Clone() };
        for (int trial = 0; trial < turned.Count; trial += 2)
            for (int step = 0; step < turned.Steps; step++)
                for (int channel = 0; channel < turned.Channels; channel++) turned.Targets[trial, step, channel] =
                    1 - turned.Targets[trial, step, channel];
        double right = (double)itself["network right"][0], then = (double)Told(turned)["network right"][0];
        Assert.True(right > 0.9, $"{right}");
        Assert.InRange(then, 0.3, 0.7);
    }

    [Theory]
    [InlineData(BeforeFirstPulse.Zero)]
    [InlineData(BeforeFirstPulse.Masked)]
    [InlineData(BeforeFirstPulse.Half)]
    public void A_table_and_the_trainer_count_the_same_targets(BeforeFirstPulse before)
    {
        var task = new FlipFlop { Channels = 3, PulseProbability = 0.02, BeforeFirstPulse = before };
        var trials = task.Sample(64, 25, seed: 3);
        double right = Trainer.Evaluate(Sample.Network, task, seed: 3, trials: 64, steps: 25).Mean;
        double[,,] states = Sample.Network.Run(trials.Inputs);
        Assert.Equal(right, (double)Tables.Decisions(
            [("itself", Agreement.Of(Sample.Network, trials, states, states))])["network right"][0], 1e-12);
        // Where nothing is decided before the first pulse, these trials are decided in part.
        Assert.Equal(before == BeforeFirstPulse.Zero, trials.Decided().Count() == 64 * 25 * 3);
    }

    [Fact]
    public void A_point_that_is_not_finite_is_no_attractor_in_a_legend()
    {
        var attractor = Sample.Points.First(point => point.IsAttractor);
        var lost = Linearisation.Of(Sample.Network.Cell,
            [new FixedPoint([.. Enumerable.Repeat(double.NaN, 100)], new double[3], double.NaN, 1)],
            cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Equal(("not finite", false), (lost.Kind, lost.IsAttractor));
        var names = Json(Figures.FixedPoints([attractor, lost], Sample.Network, Sample.Pca))["data"]!.AsArray()
            .Select(trace => (string)trace!["name"]!);
        Assert.Equal(["attractor", "not finite"], names.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Points_of_several_inputs_say_which_is_theirs()
    {
        var moved = Sample.Points[1] with { Point = Sample.Points[1].Point with { Input = [0, 0.0004, 0] } };
        var json = Json(Figures.FixedPoints([Sample.Points[0], moved], Sample.Network, Sample.Pca));
        Assert.Equal("2 fixed points", (string)json["layout"]!["title"]!["text"]!);
        Assert.Contains("input (0, 0.0004, 0)", json["data"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["0, 0, 0", "0, 0.0004, 0"],
            Tables.FixedPoints([Sample.Points[0], moved], Sample.Network)["input"].Cast<string>());
        Assert.DoesNotContain(
            "input", Tables.FixedPoints([Sample.Points[0]], Sample.Network).Columns.Select(column => column.Name));
    }

    [Fact]
    public void What_was_only_verified_numerically_is_never_shown_as_certified()
    {
        Linearisation With(Certainty certainty, int point) => Sample.Points[point] with
        {
            Point = (FixedPoint)Sample.Points[point].Point with { Certificate = new(certainty, 1e-12, 0.01) },
        };
        var (proven, measured) = (With(Certainty.Certified, 0), With(Certainty.VerifiedNumerically, 1));
        var table = Tables.FixedPoints([proven, measured], Sample.Network);
        Assert.Equal([1e-12, double.NaN], table["certified within"].Cast<double>());
        Assert.Equal([0.01, double.NaN], table["alone within"].Cast<double>());
        Assert.Equal([double.NaN, 1e-12], table["verified numerically within"].Cast<double>());
        Assert.DoesNotContain("verified numerically within",
            Tables.FixedPoints([proven], Sample.Network).Columns.Select(column => column.Name));
        string hover = Json(Figures.FixedPoints([measured], Sample.Network, Sample.Pca)).ToJsonString();
        Assert.Contains("verified numerically, not certified", hover, StringComparison.Ordinal);
        var proofs = Json(Figures.Certificates([proven.Point, measured.Point]))["data"]!.AsArray();
        Assert.Equal(["0.01 NaN", "1E-12 NaN"],
            proofs.TakeLast(2).Select(row => string.Join(' ', row!["y"]!.AsArray().Select(value => $"{value}"))));
    }

    [Fact]
    public void What_a_figure_lacks_is_said_in_a_sentence()
    {
        var line = Pca.Fit(Sample.Points.Select(point => point.Point).ToList().States(), components: 1);
        Assert.StartsWith(
            "This figure is a plane, but there is 1 principal component", Assert.Throws<ArgumentException>(
                () => Figures.Sliding(
                    [CandidatePaths.Of(new NewtonSolver(), Problem, [0, 1], Stop)], Sample.Points, line)).Message);
        var branch = new Continuation { CountUnstable = false, MaxSteps = 3 }.Follow(
            Sample.Network.Cell, Points[0], [1, 0, 0], cancellation: Stop);
        Assert.Contains("CountUnstable = true", Assert.Throws<ArgumentException>(
            () => Figures.Branches([branch], Sample.Network)).Message, StringComparison.Ordinal);
    }
}
