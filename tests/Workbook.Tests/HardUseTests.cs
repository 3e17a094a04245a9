using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>A sample of `hard-use`: nothing is silent, hangs, crashes or is lost.</summary>
public sealed class HardUseTests
{
    [Theory]
    [InlineData("files", 6000)]
    [InlineData("trainings", 20)]
    public async Task NothingGivesWay(string command, int count) => Assert.Equal(0, await HardUseCommand.RunAsync(
        Environment.Workbook.Here(), command, count, TestContext.Current.CancellationToken));
}
