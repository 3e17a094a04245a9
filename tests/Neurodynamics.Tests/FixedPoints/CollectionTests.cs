using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

/// <summary>By itself: the collections would disturb what other tests compute with scalars that nobody holds.</summary>
[Collection(nameof(CollectionTests))]
[CollectionDefinition(nameof(CollectionTests), DisableParallelization = true)]
public sealed class CollectionTests
{
    [Fact]
    public void Collections_in_the_middle_of_the_arithmetic_do_not_disturb_it()
    {
        // TorchSharp leaves its implicit scalars to the finaliser, and a collection can free one that is in use.
        var cell = new Gru(1, 20, ScalarType.Float64);
        cell.Initialise(1);
        using var generator = new Generator(1);
        var problem =
            new FixedPointProblem(cell, [0.5], randn([64, 20], dtype: ScalarType.Float64, generator: generator)
            .ToMatrix());
        var solver = new GradientDescent { MaxSteps = 300, StopBelow = 0, ChunkSize = 16 };
        double[,] quiet = solver.Solve(problem).States;
        bool done = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            Assert.Equal(quiet, solver.Solve(problem).States);
        }
        finally
        {
            Volatile.Write(ref done, true);
            collector.Join();
        }
    }
}
