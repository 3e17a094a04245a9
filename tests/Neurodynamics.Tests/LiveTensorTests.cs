using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using TorchSharp;
using Xunit;

namespace Neurodynamics.Tests;

/// <summary>What is called again and again leaves no tensor behind, neither alive nor to the finaliser.</summary>
public sealed class LiveTensorTests
{
    private static readonly Network Network = Network.Create(Architecture.Gru, 2, 6, 2, seed: 3);
    private static readonly Trials Trials = new FlipFlop { Channels = 2 }.Sample(4, 10, 1);
    private static readonly double[,] States = Candidates.FromTrials(Network.Cell, Trials.Inputs, 8, 1);
    private static readonly FixedPointSet Found = new FixedPointSearch().Run(Network.Cell, States);

    public static TheoryData<string> Calls => [.. All.Keys];

    private static Dictionary<string, Action> All { get; } = new()
    {
        ["candidates"] = () => Candidates.FromTrials(Network.Cell, Trials.Inputs, 8, 1),
        ["problem"] = () => new FixedPointProblem(Network.Cell, [0, 0], States).Speeds(),
        ["copy of a cell"] = () => Network.Cell.InDouble(),
        ["copy of a network"] = () => Network.InDouble(),
        ["run"] = () => Network.Run(Trials.Inputs),
        ["readouts"] = () => Network.Readouts(Trials.Inputs),
        ["Newton"] = () => new NewtonSolver { MaxSteps = 3 }.Solve(new(Network.Cell, [0, 0], States)),
        ["descent"] = () => new GradientDescent { MaxSteps = 3 }.Solve(new(Network.Cell, [0, 0], States)),
        ["linearisation"] = () => Linearisation.Of(Network.Cell, Found.Points),
        ["certificate"] = () => Certificate.Of(Network.Cell, Found.Points),
        ["holding"] = () => Holding.Of(Network, States, 3, channel: 0),
        ["retention"] = () => Retention.Of(Network, Trials, 3),
        ["components"] = () => Pca.Fit(States).Project(States),
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_leaves_no_tensor_behind(string call)
    {
        All[call]();
        long before = Live();
        for (int time = 0; time < 50; time++) All[call]();
        Assert.Equal(before, Live());
    }

    private static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;
}
