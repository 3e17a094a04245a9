using System.Numerics;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>A periodic orbit: k states that the network's step visits in turn under a constant input.</summary>
/// <param name="States">
/// The states in the order of the steps [k, S]; the step from the last leads back to the first.
/// </param>
/// <param name="Input">The constant input, I values.</param>
/// <param name="Speed">How well the orbit closes: the largest 1/2 ||F(x_i) - x_(i+1)||^2 along it.</param>
/// <param name="Multipliers">
/// Eigenvalues of the k-step Jacobian, S values, largest modulus first; the same for every phase.
/// </param>
public sealed record Cycle(double[,] States, double[] Input, double Speed, Complex[] Multipliers) : Described
{
    /// <summary>k, in steps.</summary>
    public int Period => States.GetLength(0);

    /// <summary>Number of unstable modes, |multiplier| > 1; none is an attracting cycle.</summary>
    public int UnstableModes => Multipliers.Count(multiplier => multiplier.Magnitude > 1);

    /// <summary>
    /// The cycles among the fixed points of the k-fold step, each once. Fixed points of the step itself and cycles of a
    /// shorter period, which stand still under the k-fold step as well, are left out.
    /// </summary>
    /// <param name="cell">The cell itself, not its k-fold step.</param>
    /// <param name="period">k, at least 2.</param>
    /// <param name="points">
    /// Fixed points of <see cref="IteratedCell"/> of that cell and period; phases that are not among them are stepped
    /// to.
    /// </param>
    /// <param name="distance">Largest Euclidean distance between two states that are one; default 1e-6.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <returns>Cycles in the order of the points, each beginning at the first of its phases in that order.</returns>
    public static IReadOnlyList<Cycle> Of(Cell cell, int period, IReadOnlyList<FixedPoint> points,
        double distance = 1e-6, CancellationToken cancellation = default)
    {
        Demand.Given((cell, points));
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 2);
        Option.Positive(distance, nameof(distance));
        Demand.Room(period, cell.StateSize);
        using var work = cell.Usage.Begin();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = cell.InDouble();
        var cycles = new List<Cycle>();
        bool[] placed = new bool[points.Count];
        for (int i = 0; i < placed.Length; i++)
        {
            if (placed[i]) continue;
            double[][] orbit = Orbit(i);
            // A period that divides k closes the orbit early.
            if (Enumerable.Range(1, period - 1)
                .Any(d => period % d == 0 && orbit[0].Distance(orbit[d]) <= distance)) continue;
            cycles.Add(Judged(exact, points[i].Input, orbit));
        }
        return cycles;

        double[][] Orbit(int start)
        {
            double[][] orbit = new double[period][];
            for (int phase = 0; phase < period; phase++)
            {
                cancellation.ThrowIfCancellationRequested();
                double[] state = phase == 0 ? points[start].State : Step(exact, points[start].Input, orbit[phase - 1]);
                // A phase that was found has converged by itself; one that is stepped to has the error of its
                // predecessor, amplified.
                int found = Enumerable.Range(0, points.Count)
                    .FirstOrDefault(j => points[j].Input.SequenceEqual(points[start].Input)
                        && points[j].State.Distance(state) <= distance, -1);
                if (found >= 0) placed[found] = true;
                orbit[phase] = found >= 0 ? points[found].State : state;
            }
            return orbit;
        }
    }

    private static double[] Step(Cell cell, double[] input, double[] state)
    {
        using var scope = NewDisposeScope();
        return cell.Step(input.ToTensor().unsqueeze(0), state.ToTensor().unsqueeze(0)).squeeze(0).ToVector();
    }

    private static Cycle Judged(Cell cell, double[] input, double[][] orbit)
    {
        using var scope = NewDisposeScope();
        var (u, x) = (input.ToTensor().unsqueeze(0), orbit.ToMatrix(cell.StateSize).ToTensor());
        double speed = (cell.Step(u, x).roll(1, 0) - x).Squared().sum(1).max().item<double>() / 2;
        var jacobian = cell.StateJacobian(u, x).unbind(0).Aggregate((product, next) => matmul(next, product));
        var multipliers = linalg.eigvals(jacobian).data<Complex>().ToArray();
        return new(x.ToMatrix(), input, speed, [.. multipliers.OrderByDescending(lambda => lambda.Magnitude)
            .ThenByDescending(lambda => lambda.Imaginary)]);
    }
}
