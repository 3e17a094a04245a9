namespace Neurodynamics.Analysis;

/// <summary>How steps of trials approach their goals.</summary>
/// <param name="Steps">How many steps.</param>
/// <param name="MedianDistance">From the state after the step to its goal.</param>
/// <param name="MedianCosine">Of the angle between the step and the way to its goal, where both have a length.</param>
public sealed record Approach(int Steps, double MedianDistance, double MedianCosine) : Described
{
    /// <summary>Measures some of the steps.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="goals">A goal for each step [M, S].</param>
    /// <param name="which">The steps to measure, from 0.</param>
    public static Approach Of(TrialSteps steps, double[,] goals, IReadOnlyCollection<int> which)
    {
        Demand.Given((steps, goals, which));
        double[] cosines = steps.CosinesTowards(goals);
        return new(which.Count, which.Select(i => steps.After.Row(i).Distance(goals.Row(i))).Median(),
            which.Select(i => cosines[i]).Where(double.IsFinite).Median());
    }
}
