using Neurodynamics.Enclosures;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Krawczyk's test of a state x: for a box X around it, x + Y (F(x) - x) + (I - Y (I - J)) (X - x) with J all Jacobians
/// in the box and any matrix Y. Where that lies in the interior of X, X holds exactly one fixed point.
/// </summary>
/// <remarks>
/// Y comes from LAPACK, near the inverse of I - J(x), and nothing of it is trusted. Of the two products of float64
/// matrices that libtorch computes, each entry is off by at most j u / (1 - j u) times the sum of the moduli of its j
/// products, in whatever order they are added (u = 2^-53). All else is rounded outwards.
/// </remarks>
internal sealed class Krawczyk
{
    /// <summary>Balls after the first box: they find the largest to within a few per cent.</summary>
    private const int Refinements = 5;

    /// <summary>Largest radius that is tried, and the first one.</summary>
    private const double Largest = 1, Typical = 1e-2;

    /// <summary>More than what is lost where numbers that are not normal count as 0.</summary>
    private const double NotNormal = 1e-280;

    private readonly EnclosedStep step;
    private readonly EnclosedVector input;
    private readonly double[] state;

    /// <summary>Y, and the middles of the Jacobians at the state, near the inverse of I minus which it is.</summary>
    private readonly EnclosedMatrix inverse, middles;

    /// <summary>Row by row: |Y (F(x) - x)|, and I - Y (I - J) at the state and nowhere else, at most.</summary>
    private readonly double[] shift, atState;

    /// <summary>
    /// Row by row, with M = I - middles in float64: |I - Y M|, and the rounding of M and of that product, at most.
    /// </summary>
    private readonly double[] defect, rounding;

    /// <summary>Half width of the first box.</summary>
    private double first;

    private Krawczyk(EnclosedStep step, EnclosedVector input, double[] state, EnclosedVector at, EnclosedMatrix slopes)
    {
        (this.step, this.input, this.state) = (step, input, state);
        int size = state.Length;
        double[] near = slopes.Middles, matrix = Array.ConvertAll(near, value => -value);
        for (int i = 0; i < size; i++) matrix[i * size + i] = 1 - near[i * size + i];
        middles = EnclosedMatrix.Of(size, size, near);
        using (NewDisposeScope())
        using (no_grad())
        {
            var m = matrix.ToTensor().view(size, size);
            // TorchSharp's inv_ex returns something else than the inverse.
            var y = linalg.solve_ex(m, eye(size, dtype: ScalarType.Float64)).result;
            inverse = y.Enclosed();
            defect = y.mm(m).Enclosed().RowsApart(EnclosedMatrix.Identity(size));
        }
        double[] sizes = EnclosedMatrix.Of(size, size, matrix).ModuliTimes([.. Enumerable.Repeat(1.0, size)]);
        rounding = [.. sizes.Select((sum, i) => Enclosure.Up(1.01 * (size + 16) * Float64.UnitRoundoff * sum
            + 2 * Float64.UnitRoundoff * Math.Abs(matrix[i * size + i])))];
        atState = Sums(slopes);
        shift = Array.ConvertAll(inverse.Times([.. at.Values.Select((next, i) => next - state[i])]),
            move => move.Modulus);
    }

    /// <summary>
    /// How far the fixed point is from a state at most, and how far from it no other is, Euclidean; null where the test
    /// fails.
    /// </summary>
    /// <param name="step">The cell's step over enclosures.</param>
    /// <param name="input">The constant input, I finite values.</param>
    /// <param name="state">S finite values.</param>
    public static (double Existence, double Uniqueness)? Radii(EnclosedStep step, double[] input, double[] state)
    {
        var u = EnclosedVector.Constant(input);
        var (at, slopes) = Over(step, u, EnclosedVector.Variables(Array.ConvertAll(state, value => (Enclosure)value)));
        return Array.TrueForAll(slopes.Middles, double.IsFinite)
            ? new Krawczyk(step, u, state, at, slopes).Radii() : null;
    }

    /// <summary>All next states, and all Jacobians, of some states.</summary>
    public static (EnclosedVector Next, EnclosedMatrix Slopes) Over(
        EnclosedStep step, EnclosedVector input, EnclosedVector states)
    {
        var next = step.Next(input, states);
        if (next.Length != states.Length)
            throw new InvalidOperationException($"The step over enclosures has {next.Length} next values of a state of "
                + $"{states.Length}: it must be the same map as the cell's Step.");
        // Nothing depends on the state.
        return (next, next.Slopes ?? new EnclosedMatrix(new double[states.Length, states.Length]));
    }

    private (double Existence, double Uniqueness)? Radii()
    {
        // Twice the least that can hold the point: where the test fails there, the state is too far from it.
        first = Math.Max(2 * Needed(atState), 1e-300);
        if (!(first <= Largest)) return null;
        double[] sums = SumsOver(EnclosedVector.Variables(
            Array.ConvertAll(state, value => Enclosure.Around(value, first))));
        if (!Passes(sums, first)) return null;
        double existence = Distance(sums, first);
        double low = first, high = Largest, guess = Math.Max(Typical, Math.Sqrt(first)), least = atState.Max();
        bool isHighTried = false;
        for (int i = 0; i < Refinements && low < 0.95 * high; i++)
        {
            double ball = guess > low && guess < 0.99 * high ? guess
                : guess >= high && !isHighTried ? high : Math.Sqrt(low * high);
            double most = SumsOver(EnclosedVector.Ball(state, ball)).Max();
            if (Excludes(most, low)) low = ball;
            else (high, isHighTried) = (ball, true);
            // Where J changes in proportion to the ball, one tells the largest that passes.
            guess = ball * ((low > first ? 0.98 : 0.45) - least) / (most - least);
            if (low == ball && guess > low && guess < 1.1 * low) break;
        }
        return (existence, low);
    }

    /// <summary>
    /// Whether no other fixed point is in a ball on which the rows of I - Y (I - J) sum to this: the largest coordinate
    /// of x* - x is then at most that of Y (F(x) - x) / (1 - sum), and where it is that small, only one is known to be.
    /// </summary>
    /// <param name="most">The largest sum.</param>
    /// <param name="known">The radius of a ball that has only one, or the half width of the first box.</param>
    private bool Excludes(double most, double known) => most < 1
        && Enclosure.Up(shift.Max() / -Enclosure.Up(most - 1)) is var far
        && (far <= first || Enclosure.Up(far * Math.Sqrt(state.Length) * (1 + 1e-15)) <= known);

    /// <summary>The sums of |I - Y (I - J)| row by row at most, over some states.</summary>
    private double[] SumsOver(EnclosedVector states)
    {
        using var lease = Lease.Begin();
        return Sums(Over(step, input, states).Slopes);
    }

    private double[] Sums(EnclosedMatrix slopes)
    {
        double[] apart = slopes.RowsApart(middles);
        for (int i = 0; i < apart.Length; i++) apart[i] = Enclosure.Up(apart[i] + rounding[i]);
        double[] sums = inverse.ModuliTimes(apart);
        for (int i = 0; i < sums.Length; i++) sums[i] = Enclosure.Up(sums[i] + defect[i] + NotNormal);
        return sums;
    }

    /// <summary>Whether the box is mapped into its own interior.</summary>
    private bool Passes(double[] sums, double box)
    {
        for (int i = 0; i < sums.Length; i++)
            if (!(Reach(i, sums, box) < box)) return false;
        return true;
    }

    /// <summary>How far from the state the image of a box goes in one coordinate, at most.</summary>
    private double Reach(int i, double[] sums, double box) =>
        Enclosure.Up(shift[i] + Enclosure.Up(sums[i] * box));

    /// <summary>The half width from which on a box with these sums would be mapped into itself, about.</summary>
    private double Needed(double[] sums)
    {
        double needed = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            double own = shift[i] / (1 - sums[i]);
            needed = own >= 0 ? Math.Max(needed, own) : double.NaN;
        }
        return needed;
    }

    /// <summary>How far the fixed point in a box that passes is from the state at most, Euclidean.</summary>
    private double Distance(double[] sums, double box)
    {
        // It lies in the image of every box that holds it, and so in the image of the image.
        double near = 0, sum = 0;
        for (int i = 0; i < sums.Length; i++) near = Math.Max(near, Reach(i, sums, box));
        for (int i = 0; i < sums.Length; i++) sum += Math.Pow(Reach(i, sums, Math.Min(near, box)), 2);
        // What is lost where squares are not normal is less than the last summand.
        return Math.Sqrt(sum) * (1 + 2 * (sums.Length + 16) * Float64.UnitRoundoff) + 1e-150;
    }
}
