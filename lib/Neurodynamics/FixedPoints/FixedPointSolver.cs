namespace Neurodynamics.FixedPoints;

/// <summary>Follows every candidate of a problem to its end. Solvers are immutable options, changed with <c>with</c>.</summary>
public abstract record FixedPointSolver
{
    /// <summary>A fixed point's step ||F(x) - x|| at most; default 1e-12, near what rounding leaves.</summary>
    public double Tolerance { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Tolerance), value, "Tolerance is positive."); } = 1e-12;

    /// <summary>
    /// A fixed point's next Newton correction at most; default 1e-8. A small step alone proves nothing: where gates saturate every
    /// state stands nearly still, and the correction is large.
    /// </summary>
    public double CorrectionTolerance { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(CorrectionTolerance), value, "CorrectionTolerance is positive."); } = 1e-8;

    /// <summary>Solves a problem.</summary>
    /// <param name="problem">Cell, constant inputs and candidates.</param>
    /// <param name="progress">Told the number of candidates that have ended.</param>
    /// <param name="cancellation">Stops the solver; what has ended by then is returned, the rest as cancelled.</param>
    public abstract FixedPointSolution Solve(FixedPointProblem problem, IProgress<int>? progress = null, CancellationToken cancellation = default);
}
