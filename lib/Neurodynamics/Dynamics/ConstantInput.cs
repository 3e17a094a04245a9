using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Dynamics;

/// <summary>A cell whose input does not change: where it leads states, and where they arrive.</summary>
/// <param name="Cell">The cell; it is run in float64.</param>
/// <param name="Inputs">An input for each state [M, I], or one for all [1, I].</param>
public sealed record ConstantInput(Cell Cell, double[,] Inputs) : Described
{
    /// <summary>The cell; it is run in float64.</summary>
    public Cell Cell { get; init => field = Demand.Some(value, nameof(Cell)); } = Demand.Some(Cell, nameof(Cell));

    /// <summary>An input for each state [M, I], or one for all [1, I].</summary>
    public double[,] Inputs { get; init => field = Demand.Some(value, nameof(Inputs)); } =
        Demand.Some(Inputs, nameof(Inputs));

    /// <summary>Length of a step at which a state counts as standing still: what rounding leaves.</summary>
    private const double Still = 1e-13;

    /// <summary>One input for all states.</summary>
    /// <param name="cell">The cell; it is run in float64.</param>
    /// <param name="input">I values; default zeros.</param>
    public ConstantInput(Cell cell, double[]? input = null)
        : this(cell, (input ?? new double[Demand.Some(cell, nameof(cell)).InputSize]).AsRow()) { }

    /// <summary>Where states are after some steps [M, S].</summary>
    /// <param name="states">[M, S].</param>
    /// <param name="steps">At least 0.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public double[,] After(double[,] states, int steps, CancellationToken cancellation = default)
    {
        Demand.Shape(states, [-1, Cell.StateSize]);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Follow(states.ToTensor(), steps, cancellation: cancellation).ToMatrix();
    }

    /// <summary>The way of states, each start included [M, steps + 1, S].</summary>
    /// <param name="states">[M, S].</param>
    /// <param name="steps">At least 0.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public double[,,] Path(double[,] states, int steps, CancellationToken cancellation = default)
    {
        Demand.Shape(states, [-1, Cell.StateSize]);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        Demand.Room(states.GetLength(0), steps + 1L, Cell.StateSize);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var way = new List<Tensor> { states.ToTensor() };
        Follow(way[0], steps, (_, _, after) =>
        {
            way.Add(after.clone().MoveToOuterDisposeScope());
            return null;
        }, cancellation);
        return stack(way, 1).ToCube();
    }

    /// <summary>Runs each state on until it arrives at a goal, stands still or is lost.</summary>
    /// <param name="states">[M, S].</param>
    /// <param name="goals">Where a state may arrive; none is allowed.</param>
    /// <param name="maxSteps">Steps at most; default 20,000.</param>
    /// <param name="cancellation">Stops the runs; those that have ended keep their ending.</param>
    /// <returns>In the order of the states.</returns>
    /// <remarks>
    /// A state has arrived where it is within a goal's distance and did not move away from it in its last step, or
    /// stands still there. Of several such goals the nearest counts. A goal under another input than the state's is not
    /// reached.
    /// </remarks>
    public IReadOnlyList<Arrival> Arrivals(
        double[,] states, IReadOnlyList<Goal> goals, int maxSteps = 20_000, CancellationToken cancellation = default)
    {
        Demand.Shape(states, [-1, Cell.StateSize]);
        if (Inputs.GetLength(0) != 1) Demand.Shape(Inputs, [states.GetLength(0), Cell.InputSize]);
        Demand.Given(goals);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        var arrivals = new Arrival[states.GetLength(0)];
        if (arrivals.Length == 0) return arrivals;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var places = goals.Select(goal => goal.State).ToMatrix(Cell.StateSize).ToTensor();
        // No distance is near enough to a goal under another input.
        var near = tensor(Enumerable.Range(0, arrivals.Length)
            .Select(i => goals.Select(goal => goal.Input.AsSpan().SequenceEqual(InputOf(i)) ? goal.Within : -1)
                .ToArray())
            .ToMatrix(goals.Count));
        var starts = states.ToTensor();
        var distance = Distances(starts);
        int[] open = [.. Enumerable.Range(0, arrivals.Length)];
        Follow(starts, maxSteps, Judge);
        return arrivals;

        long[]? Judge(int step, Tensor before, Tensor after)
        {
            var apart = Distances(after);
            // False as well where the step's length is not a number.
            var moves = (after - before).norm(1).Above(Still);
            var arrived = (apart <= near).logical_and((apart <= distance).logical_or(moves.logical_not().unsqueeze(1)));
            bool stop = step == maxSteps || cancellation.IsCancellationRequested;
            long[]? going = null;
            if (stop || arrived.any().item<bool>() || !moves.all().item<bool>())
            {
                going = [.. End(step, after, apart, arrived, moves).Select(i => (long)i)];
                open = [.. going.Select(i => open[i])];
                if (open.Length == 0) return going;
                var rows = tensor(going);
                (near, apart) = (near[rows].MoveToOuterDisposeScope(), apart[rows]);
            }
            distance.Dispose();
            distance = apart.MoveToOuterDisposeScope();
            return going;
        }

        // Notes what has ended, and returns the rows that go on.
        IEnumerable<int> End(int step, Tensor after, Tensor apart, Tensor arrived, Tensor moves)
        {
            var (there, moving, finite) = (Flags(arrived), Flags(moves), Flags(after.isfinite().all(1)));
            var (distances, ends) = (goals.Count == 0 ? null : apart.ToMatrix(), after.ToMatrix());
            var going = new List<int>();
            for (int i = 0; i < open.Length; i++)
            {
                int? goal = Enumerable.Range(0, goals.Count).Where(k => there[i * goals.Count + k])
                    .Select(k => (int?)k).MinBy(k => distances![i, k!.Value]);
                RunEnding? ending = goal is not null ? RunEnding.Arrived
                    : !finite[i] ? RunEnding.NotFinite
                    : !moving[i] ? RunEnding.StoodStill
                    : cancellation.IsCancellationRequested ? RunEnding.Cancelled
                    : step == maxSteps ? RunEnding.StepLimit
                    : null;
                if (ending is { } known) arrivals[open[i]] = new(known, goal, step, ends.Row(i));
                else going.Add(i);
            }
            return going;
        }

        // Not by products, which lose half the digits of a short distance.
        Tensor Distances(Tensor there) => cdist(there, places, 2, compute_mode.donot_use_mm_for_euclid_dist);

        // TorchSharp cannot copy a tensor without entries.
        static bool[] Flags(Tensor flags) => flags.numel() == 0 ? [] : [.. flags.data<bool>()];
    }

    /// <summary>The one loop: steps on, and shows each step to whoever looks, who may let rows go.</summary>
    /// <param name="states">[M, S], float64; the caller's.</param>
    /// <param name="most">Steps at most.</param>
    /// <param name="look">Looks at a step; default nobody.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <returns>The states of the rows that were left, after the last step.</returns>
    internal Tensor Follow(Tensor states, int most, Look? look = null, CancellationToken cancellation = default)
    {
        using var work = Cell.Usage.Begin();
        var (exact, input, x) = (Cell.InDouble(), Inputs.ToTensor(), states);
        for (int step = 1; step <= most; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var after = exact.Step(input, x);
            long[]? rows = look?.Invoke(step, x, after);
            if (rows is { Length: > 0 })
            {
                var index = tensor(rows);
                after = after[index];
                if (Inputs.GetLength(0) > 1) input = input[index].MoveToOuterDisposeScope();
            }
            if (!ReferenceEquals(x, states) && !ReferenceEquals(x, after)) x.Dispose();
            x = after.MoveToOuterDisposeScope();
            if (rows is { Length: 0 }) break;
        }
        return x;
    }

    /// <summary>
    /// Sees a step, counted from 1, with the states before and after it; both live as long as the call.
    /// </summary>
    /// <returns>The rows that go on, none to stop; null for all.</returns>
    internal delegate long[]? Look(int step, Tensor before, Tensor after);

    private ReadOnlySpan<double> InputOf(int state) => Inputs.RowSpan(Inputs.GetLength(0) == 1 ? 0 : state);
}
