using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>What is drawn and listed of a proof, on two units that each hold themselves up or down.</summary>
public sealed class ProofFigureTests
{
    private static readonly RecurrentCell Cell = RecurrentCell.Create(Architecture.Vanilla, new double[2, 1],
        new[,] { { 2.0, 0.2 }, { 0.2, 2.0 } });

    private static readonly CompletenessProof Proof = Proven(Cell);

    [Fact]
    public void Every_box_is_drawn_and_each_point_by_its_own_kind()
    {
        var points = Linearisation.Of(
            Cell, Proof.FixedPoints(Cell), cancellation: TestContext.Current.CancellationToken);
        var traces = GenericChart.getTraces(Figures.ProofBoxes(Proof, points))
            .ToDictionary(trace => (string)trace.TryGetPropertyValue("name").Value);
        int drawn = traces.Where(trace => trace.Key.EndsWith(')')).Sum(trace => Xs(trace.Key).Count(double.IsNaN));
        Assert.Equal(Proof.Boxes.Count(box => box.End != BoxEnd.Cut), drawn);
        // Four memories in the corners, and one repeller in the middle, whatever order linearisations are in.
        Assert.Equal(4, Xs("attractor").Length);
        Assert.All(Xs("attractor"), x => Assert.True(Math.Abs(x) > 0.9));
        Assert.Equal(0, Assert.Single(Xs("saddle, 2 unstable")), 1e-9);
        Assert.Equal(4, Xs("saddle, 1 unstable").Length);

        double[] Xs(string name) => (double[])traces[name].TryGetPropertyValue("x").Value;
    }

    [Fact]
    public void What_is_no_plane_or_no_point_of_it_is_refused()
    {
        var three = Proven(RecurrentCell.Create(Architecture.Vanilla, new double[3, 1], new double[3, 3]));
        Assert.Contains("3 unknowns", Assert.Throws<ArgumentException>(() => Figures.ProofBoxes(three)).Message,
            StringComparison.Ordinal);
        var points = Linearisation.Of(
            Cell, Proof.FixedPoints(Cell), cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("8 were given", Assert.Throws<ArgumentException>(
            () => Figures.ProofBoxes(Proof, [.. points.Skip(1)])).Message, StringComparison.Ordinal);
    }

    private static CompletenessProof Proven(Cell cell) =>
        new Prover().Run(cell, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void A_table_of_proofs_has_a_row_for_each()
    {
        var table = Tables.Proofs([new("two bits", Proof)]);
        Assert.Equal("two bits", table["network"][0]);
        Assert.Equal("proven complete", table["verdict"][0]);
        Assert.Equal((9, 2, Proof.Boxes.Count), (table["fixed points"][0], table["unknowns"][0], table["boxes"][0]));
    }
}
