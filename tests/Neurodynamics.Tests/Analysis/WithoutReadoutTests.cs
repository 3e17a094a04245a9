using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

/// <summary>What is about states works on a network without a readout; what is about readouts alone says so.</summary>
public sealed class WithoutReadoutTests
{
    private static readonly Network Bare = new(Nets.Tanh(new[,] { { 2.0, 0 }, { 0, 2.0 } }, input: 1));

    private static readonly Trials Trials = new FlipFlop { Channels = 1, PulseAtStart = true }.Sample(4, 6, 1);

    private static readonly IReadOnlyList<Linearisation> Points = Linearisation.Of(
        Bare.Cell, [Nets.Point(-Nets.Root, -Nets.Root), Nets.Point(0, 0), Nets.Point(Nets.Root, Nets.Root)]);

    private static double[,] States => Points.Select(point => point.Point.State).ToMatrix(2);

    private static readonly Dictionary<string, Action> AboutReadouts = new()
    {
        ["agreement"] = () =>
            Agreement.Of(Bare, Trials, Bare.Run(Trials.Inputs), Bare.Run(Trials.Inputs)),
        ["evidence"] = () => Evidence.Of(Bare, Trials),
        ["shares"] = () => ReadoutShare.Of(Pca.Fit(States), Bare),
        ["angles"] = () => ReadoutShare.BetweenReadouts(Bare),
        ["pulses"] = () => PulseEffect.Of(PulseResponses.Of(Bare.Cell, Points, [[1]]), Bare),
        ["holding"] = () => Holding.Of(Bare, States, 3),
        ["reversal"] = () => Reversal.Of(Bare, [1]),
        ["retention"] = () => Retention.Of(Bare, Trials, 1),
        ["curve"] = () => SlowCurve.Readouts(Bare, States),
        ["alignment"] = () => Points[0].ReadoutAlignment(Bare),
    };

    public static TheoryData<string> Names => [.. AboutReadouts.Keys];

    [Theory, MemberData(nameof(Names))]
    public void What_is_about_readouts_alone_says_that_there_is_none(string name) => Assert.StartsWith(
        "This network has no readout: give it one",
        Assert.Throws<InvalidOperationException>(AboutReadouts[name]).Message);

    [Fact]
    public void Trials_settle_and_ends_and_portraits_have_points()
    {
        var settled = Settling.Of(Bare, Points, Trials, steps: 200);
        Assert.All(settled, trial =>
        {
            Assert.Equal(("", "", ""), (trial.Answer, trial.Target, trial.Settled));
            Assert.True(Points[trial.Attractor!.Value].IsAttractor);
        });
        var solution = new NewtonSolver().Solve(new(Bare.Cell, [0], States));
        var ends = DescentEnds.Of(solution, Bare);
        Assert.Equal(["", "", ""], ends.Readouts);
        Assert.Equal([false, false, false], ends.Outside);
        Assert.Null(DecisionGrid.Fit(Points, Bare));
        var portrait = Portrait.Of("bare", Bare, Trials.Inputs, new(), candidates: 16);
        Assert.Equal(9, portrait.Points.Count);
        Assert.Equal(double.NaN, portrait.OnGrid);
        Assert.Equal(2, portrait.Pca().Components.GetLength(0));
    }
}
