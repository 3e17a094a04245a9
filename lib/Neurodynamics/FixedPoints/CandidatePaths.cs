namespace Neurodynamics.FixedPoints;

/// <summary>Where candidates stand on their way, at some steps of a solver: what an animation of it shows.</summary>
/// <param name="Solver">The solver's name, for a title.</param>
/// <param name="Steps">The steps, rising; 0 is before the first.</param>
/// <param name="States">The states after each of these steps, [M, S] each.</param>
/// <param name="Speeds">q there, M values each.</param>
public sealed record CandidatePaths(string Solver, IReadOnlyList<int> Steps, IReadOnlyList<double[,]> States,
    IReadOnlyList<double[]> Speeds) : Described
{
    /// <summary>The way under Newton. A candidate that has ended stays where it ended.</summary>
    /// <param name="solver">The solver; its step limit is not used.</param>
    /// <param name="problem">Cell, inputs and candidates.</param>
    /// <param name="steps">The steps to look at, rising; 0 is before the first.</param>
    /// <param name="cancellation">Stops the solver.</param>
    public static CandidatePaths Of(NewtonSolver solver, FixedPointProblem problem, IReadOnlyList<int> steps,
        CancellationToken cancellation = default)
    {
        Demand.Given((solver, problem, steps));
        Require(steps);
        // The damping is part of where a candidate stands, so each look begins at the start.
        return Along("Newton", problem, steps,
            [.. steps.Select(step => step == 0 ? problem.Candidates : (solver with { MaxSteps = step })
            .Solve(problem, null, cancellation).States)]);
    }

    /// <summary>The way under the report's Algorithm 1, to the last of the steps whatever its tolerance.</summary>
    /// <param name="solver">The solver; its step limit, its tolerance for the batch and its watch are not used.</param>
    /// <inheritdoc cref="Of(NewtonSolver, FixedPointProblem, IReadOnlyList{int}, CancellationToken)"/>
    /// <param name="problem">Cell, inputs and candidates.</param>
    /// <param name="steps">The steps to look at, rising; 0 is before the first.</param>
    /// <param name="cancellation">Stops the solver.</param>
    public static CandidatePaths Of(GradientDescent solver, FixedPointProblem problem, IReadOnlyList<int> steps,
        CancellationToken cancellation = default)
    {
        Demand.Given((solver, problem, steps));
        Require(steps);
        var seen = new Dictionary<int, double[,]>();
        var asked = steps.ToHashSet();
        (solver with
        {
            StopBelow = 0,
            MaxSteps = steps[^1],
            WatchEvery = Math.Max(1, steps.Aggregate(0, Divisor)),
            Watch = look => { if (asked.Contains(look.Step)) seen[look.Step] = look.States; },
        }).Solve(problem, null, cancellation);
        int[] reached = [.. steps.Where(seen.ContainsKey)];
        return Along("Algorithm 1", problem, reached, [.. reached.Select(step => seen[step])]);
    }

    private static CandidatePaths Along(string name, FixedPointProblem problem, IReadOnlyList<int> steps,
        IReadOnlyList<double[,]> states) =>
        new(name, steps, states,
            [.. states.Select(there => new FixedPointProblem(problem.Cell, problem.Inputs, there).Speeds())]);

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);

    private static void Require(IReadOnlyList<int> steps)
    {
        if (steps.Count == 0 || steps[0] < 0 || steps.Zip(steps.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw new ArgumentException($"The steps to look at rise from 0 or more, and there is at least one; these "
                + $"are {string.Join(", ", steps)}.", nameof(steps));
    }
}
