using Neurodynamics.FixedPoints;

namespace Neurodynamics.Dynamics;

/// <summary>How a run under a constant input ended.</summary>
public enum RunEnding
{
    /// <summary>It came near a goal, and did not move away from it.</summary>
    Arrived,

    /// <summary>It was still under way at the step limit: a slow or cyclic motion. Raise the limit.</summary>
    StepLimit,

    /// <summary>
    /// It stands still where no goal is: one is missing from the list, or the motion is too slow for float64.
    /// </summary>
    StoodStill,

    /// <summary>It left every bound.</summary>
    NotFinite,

    /// <summary>It was stopped before it ended.</summary>
    Cancelled,
}

/// <summary>A place where a run may arrive.</summary>
/// <param name="State">S values.</param>
/// <param name="Input">The input under which it can be reached, I values.</param>
/// <param name="Within">Euclidean distance at which a state is there.</param>
public sealed record Goal(double[] State, double[] Input, double Within) : Described
{
    /// <summary>A point as a goal.</summary>
    public static Goal At(StatePoint point, double within)
    {
        Demand.Given(point);
        return new(point.State, point.Input, within);
    }
}

/// <summary>Where a run arrived.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Goal">The goal that it reached, an index in the list of goals; null where it reached none.</param>
/// <param name="Steps">Steps until then.</param>
/// <param name="State">Where it was then, S values.</param>
public sealed record Arrival(RunEnding Ending, int? Goal, int Steps, double[] State) : Described;
