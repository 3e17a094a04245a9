using Neurodynamics.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class KnownAnswerTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    [InlineData(4, 3)]
    [InlineData(7, 1)]
    [InlineData(7, 2)]
    public void Every_point_that_is_known_beforehand_is_found(int units, int seed)
    {
        var answer = new KnownAnswer(units, seed);
        Assert.Equal(2 * units + 1, answer.Known.Count);
        Assert.True(answer.Shift < 1e-10, $"the points are {answer.Shift} beside the columns");
        var search = new FixedPointSearch { SlowCandidates = 0, MaxRounds = 1000, RoundSize = 512 };
        var found = search.Run(answer.Cell, answer.Candidates(256, seed));
        Assert.Equal(2 * units + 1, answer.In(found.Points));
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 9)]
    public void The_peers_own_test_networks_have_as_many_points_as_it_finds(int units, int count)
    {
        var found = new FixedPointSearch().Run(KnownAnswer.OfThePeer(units), Nets.Cloud(50, units, 1, seed: 1));
        Assert.Equal(count, found.Points.Count);
        Assert.All(found.Points, point => Assert.Equal(Certainty.Certified, point.Certificate!.Certainty));
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);
    }
}
