using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.Training;

public sealed class TrainingRecordTests
{
    private static readonly TrainingRecord Record = new(new Recipe(), 500, Stop.Updates,
        [new(100, 1, 0.7), new(200, 0.5, 0.96), new(300, 0.4, 0.9), new(400, 0.3, 0.95), new(500, 0.2, 0.97)],
            new(0.97, 0.96, 0.98, 512), 50);

    [Fact]
    public void Says_when_an_accuracy_was_reached_first_and_for_good()
    {
        Assert.Equal(200, Record.UpdatesTo(0.95));
        Assert.Equal(400, Record.UpdatesToStay(0.95));
        Assert.Equal(100, Record.UpdatesTo(0.5));
        Assert.Equal(100, Record.UpdatesToStay(0.5));
        Assert.Equal(20, Record.SecondsTo(0.95));
    }

    [Fact]
    public void Says_that_an_accuracy_was_never_reached()
    {
        Assert.Null(Record.UpdatesTo(0.98));
        Assert.Null(Record.UpdatesToStay(0.98));
        Assert.Null(Record.SecondsTo(0.98));
    }

    [Fact]
    public void Says_what_the_accuracy_was_at_the_last_look()
    {
        Assert.Null(Record.AccuracyAt(99));
        Assert.Equal(0.7, Record.AccuracyAt(100));
        Assert.Equal(0.96, Record.AccuracyAt(299));
        Assert.Equal(0.97, Record.AccuracyAt(10_000));
    }
}
