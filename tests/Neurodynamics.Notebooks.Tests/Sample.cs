using Neurodynamics.Analysis;
using Neurodynamics.Export;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>The workbook's flip-flop network and its fixed points at zero input, found once for all tests.</summary>
public static class Sample
{
    private static readonly Lazy<(TrainedNetwork Trained, Trials Trials, double[,,] States, FixedPointSolution Solution,
        IReadOnlyList<Linearisation> Points, Pca Pca)> Made = new(() =>
    {
        var trained = Workbook.Networks.Load("flipflop3-gru");
        var network = trained.Network;
        var trials = trained.Record.Recipe.Task.Sample(16, 60, seed: 7);
        var solution = new NewtonSolver().Solve(new FixedPointProblem(
            network.Cell, new double[3], Candidates.FromTrials(network.Cell, trials.Inputs, 256, seed: 3)));
        var points = Linearisation.Of(network.Cell, solution.Distinct());
        return (trained, trials, network.Run(trials.Inputs), solution, points,
            Pca.Fit(Candidates.FromTrials(network.Cell, trials.Inputs, 500, seed: 4)));
    });

    public static Network Network => Made.Value.Trained.Network;

    /// <summary>The same network as it is read from a file of weights, which does not say its form.</summary>
    public static ImportedNetwork Imported()
    {
        string path = Path.GetTempFileName();
        try
        {
            NetworkExport.SavePyTorch(Network, path);
            return NetworkFile.Load(path, new() { Outputs = OutputMeaning.Logits });
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static TrainingRecord Record => Made.Value.Trained.Record;

    public static Trials Trials => Made.Value.Trials;

    public static double[,,] States => Made.Value.States;

    public static FixedPointSolution Solution => Made.Value.Solution;

    public static IReadOnlyList<Linearisation> Points => Made.Value.Points;

    public static Pca Pca => Made.Value.Pca;

    public static TransitionGraph Graph { get; } = TransitionGraph.Of(Network.Cell, Points);

    public static Portrait Portrait =>
        new("sample", Network, States, new([0, 0, 0], Solution.Distinct(), [], [],
            new(1, Points.Count, 0, 0, CompletenessVerdict.Consistent), []), Points);
}
