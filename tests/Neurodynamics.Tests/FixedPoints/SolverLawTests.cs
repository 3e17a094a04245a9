using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

/// <summary>
/// One law for every solver, and a third solver in this one file: what it ends at as a fixed point, the network maps to
/// itself.
/// </summary>
public sealed class SolverLawTests
{
    private static readonly Dictionary<string, FixedPointSolver> Solvers = new()
    {
        ["Newton"] = new NewtonSolver(),
        ["Newton alone"] = new NewtonSolver { MaxDampedSteps = 0, ChunkSize = 5 },
        ["Algorithm 1"] = new GradientDescent
        {
            LearningRate = 0.05,
            Beta2 = 0.95,
            Epsilon = 1e-2,
            MaxSteps = 8000,
            StopBelow = 1e-27,
            Tolerance = 1e-9,
            CorrectionTolerance = 1e-6,
        },
        ["damped iteration"] = new DampedIteration(),
        ["damped iteration in chunks"] = new DampedIteration { Share = 0.3, ChunkSize = 3 },
    };

    private static readonly Dictionary<string, Func<FixedPointProblem>> Problems = new()
    {
        ["one bistable unit"] = () => new(Nets.Tanh(new[,] { { 2.0 } }), [0], Nets.Cloud(8, 1, 1, seed: 1)),
        ["a unit that flips"] = () => new(Nets.Tanh(new[,] { { -1.5 } }), [0], Nets.Cloud(8, 1, 1, seed: 2)),
        ["own inputs"] = () => new(Nets.Tanh(new[,] { { 0.5, 0.2 }, { -0.3, 0.4 } }, input: 1),
            Nets.Cloud(8, 1, 0.5, seed: 3), Nets.Cloud(8, 2, 1, seed: 4)),
        ["a GRU"] = () =>
            new(Nets.Random(Architecture.Gru, 4, gain: 0.6, seed: 5), [0.2], Nets.Cloud(8, 4, 1, seed: 6)),
        ["an LSTM"] = () =>
            new(Nets.Random(Architecture.Lstm, 3, gain: 0.6, seed: 7), [0.2], Nets.Cloud(8, 6, 0.5, seed: 8)),
        ["a cell that says nothing of itself"] = () => new(new Nets.StepOnly(), [0], Nets.Cloud(8, 1, 1, seed: 9)),
    };

    public static TheoryData<string, string> All =>
        [.. from solver in Solvers.Keys from problem in Problems.Keys select new TheoryDataRow<string,
            string>(solver, problem)];

    [Theory, MemberData(nameof(All))]
    public void A_fixed_point_is_a_state_that_the_network_maps_to_itself(string solver, string name)
    {
        var (problem, by) = (Problems[name](), Solvers[solver]);
        var solution = by.Solve(problem);
        Assert.Contains(Ending.FixedPoint, solution.Endings);
        var ends = solution.Ends();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        for (int i = 0; i < ends.Count; i++)
        {
            double[] next = problem.Cell.Step(tensor(ends[i].Input).unsqueeze(0),
                tensor(ends[i].State).unsqueeze(0)).squeeze(0).ToVector();
            double apart = Math.Sqrt(next.Zip(ends[i].State, (a, b) => (a - b) * (a - b)).Sum());
            Assert.Equal(apart * apart / 2, ends[i].Speed, 1e-20);
            Assert.InRange(solution.Steps[i], 0, by.MaxSteps);
            Assert.Equal(solution.Endings[i] == Ending.FixedPoint, ends[i] is FixedPoint);
            if (ends[i] is FixedPoint) Assert.InRange(apart, 0, 2 * by.Tolerance);
        }
    }

    [Theory, InlineData("Newton"), InlineData("damped iteration"), InlineData("Algorithm 1")]
    public void Every_solver_counts_its_candidates_stops_when_told_and_names_what_is_not_finite(string name)
    {
        var seen = new List<int>();
        var problem = Problems["a GRU"]();
        problem.Candidates[2, 1] = double.NaN;
        var solution = Solvers[name].Solve(problem, new Told(seen.Add));
        Assert.Equal(8, seen.Max());
        Assert.Equal([2], Enumerable.Range(0, 8).Where(i => solution.Endings[i] == Ending.NotFinite));

        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var stopped = Solvers[name].Solve(problem, cancellation: stop.Token);
        Assert.Contains(Ending.Cancelled, stopped.Endings);
        Assert.All(stopped.Steps, steps => Assert.Equal(0, steps));
    }

    [Fact]
    public void A_search_takes_a_solver_of_your_own()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } });
        var found = new FixedPointSearch { Solver = new DampedIteration(), MaxRounds = 0 }.Run(cell,
            new[,] { { -0.5 }, { 0.5 } });
        // Iteration finds attractors only: the sum of signs says that one point is missing.
        Assert.Equal([-Nets.Root, Nets.Root], found.Points.Select(point => point.State[0]).Order(), (a, b) =>
            Math.Abs(a - b) < 1e-11);
        Assert.Equal(CompletenessVerdict.Missing, found.Completeness.Verdict);
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_by_name()
    {
        Assert.Contains("MaxSteps is at least 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new NewtonSolver { MaxSteps = 0 }).Message);
        Assert.Contains("StopBelow is at least 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new GradientDescent { StopBelow = double.NaN }).Message);
        Assert.Contains("Tolerance is positive",
            Assert.Throws<ArgumentOutOfRangeException>(() => new NewtonSolver { Tolerance = 0 }).Message);
    }

    /// <summary>
    /// x + share (F(x) - x), over and over: it finds attractors, as the network itself does, and cycles of two are
    /// damped.
    /// </summary>
    private sealed record DampedIteration : FixedPointSolver
    {
        public double Share { get; init; } = 0.5;

        public override int MaxSteps { get; init; } = 5000;

        public override int ChunkSize { get; init; } = 64;

        protected internal override CandidateChunk Begin(Cell cell, Tensor inputs, Tensor states) =>
            new Chunk(Share, cell, inputs, states);

        private sealed class Chunk(double share, Cell cell, Tensor inputs, Tensor states)
            : CandidateChunk(cell, inputs, states)
        {
            protected internal override Pace[] Look() =>
                [.. (Cell.Step(Inputs, States) - States).norm(1).ToVector()
                    .Select(length => new Pace(length, length * length / 2))];

            protected internal override void Move(SolverStep last) =>
                GoTo(States.Plus((Cell.Step(Inputs, States) - States).Times(share)));
        }
    }

    private sealed class Told(Action<int> tell) : IProgress<int>
    {
        public void Report(int value)
        {
            lock (this) tell(value);
        }
    }
}
