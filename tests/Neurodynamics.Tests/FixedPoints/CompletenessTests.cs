using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using TorchSharp;
using Xunit;
using static Neurodynamics.Tests.FixedPoints.Nets;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class CompletenessTests
{
    public static TheoryData<string> References => [.. Reference.Networks];

    [Theory, MemberData(nameof(References))]
    public void The_signs_of_all_listed_points_sum_to_one_and_without_any_of_them_they_do_not(string name)
    {
        var (cell, input, points) = Listed(name);
        var whole = Of(cell, input, points);
        Assert.Equal((1, points.Length, 0, 0, CompletenessVerdict.Consistent),
            (whole.Sum, whole.Counted, whole.Uncertain, whole.Outside, whole.Verdict));
        Assert.Contains("no proof", whole.Message);
        for (int i = 0; i < points.Length; i += 6)
        {
            var without = Of(cell, input, [.. points.Where((_, j) => j != i)]);
            Assert.Equal(CompletenessVerdict.Missing, without.Verdict);
            Assert.Contains("at least one", without.Message);
        }
        // Points counted twice are counted once.
        Assert.Equal(whole, Of(cell, input, [.. points, .. points[..3]]));
    }

    [Fact]
    public void Two_points_of_opposite_sign_can_be_missing_unnoticed()
    {
        var (cell, input, points) = Listed("rnn_flipflop3");
        var plus = points.First(point => Of(cell, input, [point]).Sum == 1);
        var minus = points.First(point => Of(cell, input, [point]).Sum == -1);
        Assert.Equal(CompletenessVerdict.Consistent,
            Of(cell, input, [.. points.Where(point => point != plus && point != minus)]).Verdict);
    }

    [Fact]
    public void A_saddle_counts_minus_one_and_two_attractors_and_a_saddle_one()
    {
        var cell = Tanh(new[,] { { 2, 0 }, { 0, 0.5 } });
        var (left, saddle, right) = (Point(-0.9575040240772687, 0), Point(0, 0), Point(0.9575040240772687, 0));
        Assert.Equal([1, -1, 1], new[] { left, saddle, right }.Select(point => Of(cell, [0], [point]).Sum));
        Assert.Equal((1, 3), (Of(cell, [0], [left, saddle, right]).Sum, Of(cell, [0], [left, saddle, right]).Counted));
        Assert.Equal(CompletenessVerdict.Missing, Of(cell, [0], [left, right]).Verdict);
        // There is always a point: none found is one missing.
        Assert.Equal((0, CompletenessVerdict.Missing), (Of(cell, [0], []).Sum, Of(cell, [0], []).Verdict));
        // A weight of -2 makes no pair: the point at 0 is unstable, and its sign still 1.
        Assert.Equal(1, Of(Tanh(new[,] { { -2.0 } }), [0], [Point(0)]).Sum);
    }

    [Fact]
    public void A_degenerate_point_leaves_the_sum_undecided_and_is_counted()
    {
        var completeness = Of(Tanh(new[,] { { 1.0 } }), [0], [Point(0)]);
        Assert.Equal((CompletenessVerdict.Undecided, 1), (completeness.Verdict, completeness.Uncertain));
        Assert.StartsWith("1 point ", completeness.Message);
    }

    [Fact]
    public void A_ghost_outside_the_box_and_a_state_that_is_not_finite_do_not_count()
    {
        var (cell, ghost) = Saturated();
        var completeness = Of(cell, [0], [ghost, Point(double.NaN, 0)]);
        Assert.Equal((0, 0, 2, CompletenessVerdict.Missing),
            (completeness.Counted, completeness.Uncertain, completeness.Outside, completeness.Verdict));
        var tanh = Tanh(new[,] { { 0.5, 0 }, { 0, 0.5 } });
        Assert.Equal(CompletenessVerdict.Consistent, Of(tanh, [0], [Point(0, 0), Point(double.NaN, 0), Point(0, 7)])
            .Verdict);
    }

    [Fact]
    public void A_cell_of_ones_own_is_judged_once_it_says_what_box_it_keeps()
    {
        var completeness = Of(new StepOnly(), [0], [Point(0)]);
        Assert.Equal(CompletenessVerdict.NotApplicable, completeness.Verdict);
        Assert.Contains("InvariantBox", completeness.Message);
        // x = 2 tanh x has the points 0 and +-1.9150080481545: without a Lipschitz constant the condition number has to
        // do.
        Assert.Equal(CompletenessVerdict.Missing, Of(new Boxed(), [0], [Point(0)]).Verdict);
        Assert.Contains("if those only verified numerically are what they seem",
            Of(new Boxed(), [0], [Point(0)]).Message);
        Assert.Equal(CompletenessVerdict.Consistent,
            Of(new Boxed(), [0], [Point(0), Point(1.9150080481545375), Point(-1.9150080481545375)]).Verdict);
    }

    /// <summary>A lesioned unit stands still at 0 alone, whatever points of it say that the whole one had.</summary>
    [Fact]
    public void Certificates_of_another_cell_are_not_believed()
    {
        var cell = Tanh(new[,] { { 2.0 } });
        FixedPoint[] points = [Point(0), Point(Root), Point(-Root)];
        points = [.. points.Zip(Certificate.Of(cell, points), (point, own) => point with { Certificate = own })];
        Assert.Equal(CompletenessVerdict.Consistent, Completeness.Of(cell, points).Verdict);
        var carried = Completeness.Of(cell.Without([0]), points);
        Assert.Equal((CompletenessVerdict.Undecided, 1, 2), (carried.Verdict, carried.Counted, carried.Uncertain));
    }

    /// <summary>At a kink the derivative is that of one side, and its sign no index: 0 has index 0 here.</summary>
    [Fact]
    public void A_point_at_a_kink_of_a_cell_of_ones_own_has_no_certain_sign()
    {
        using var cell = Cell.From((_, x) => torch.where(
            x.lt(0), x.mul(0.5), torch.minimum(x.mul(2), torch.full_like(x, 0.9))), 1, 1, box: [1]);
        var completeness = Of(cell, [0], [Point(0), Point(0.9)]);
        Assert.Equal(CompletenessVerdict.Undecided, completeness.Verdict);
        Assert.Equal(1, completeness.Uncertain);
    }

    [Fact]
    public void Points_under_several_inputs_are_refused()
    {
        var cell = Tanh(new[,] { { 0.5 } });
        FixedPoint[] points = [Point(0), Point(0) with { Input = [1] }];
        Assert.Throws<ArgumentException>(() => Of(cell, [0], points));
        Assert.Throws<ArgumentException>(() => Completeness.Of(cell, [0], [Point(0)], []));
    }

    private static Completeness Of(Cell cell, double[] input, IReadOnlyList<FixedPoint> points) =>
        Completeness.Of(cell, input, points, Certificate.Of(cell, points));
}
