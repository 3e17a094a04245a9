using System.Numerics;

namespace Neurodynamics.Proofs;

/// <summary>
/// Small dense linear programs in float64: unknowns and rows z = G x, each between two ends (the simplex method for
/// bounded variables, on the whole tableau). What it says is not proven; the multipliers that it hands out are to be
/// summed with enclosures, and any multipliers then give a bound (Neumaier and Shcherbina 2004).
/// </summary>
internal sealed class Simplex
{
    private const double Tolerance = 1e-9, LeastPivot = 1e-7;

    private readonly int unknowns, stride;
    private readonly double[] tableau, values, entering;
    private readonly int[] basic, free, place;
    private int rows;

    /// <param name="unknowns">How many unknowns.</param>
    /// <param name="maxRows">How many rows at most.</param>
    public Simplex(int unknowns, int maxRows)
    {
        int width = Vector<double>.Count;
        (this.unknowns, stride) = (unknowns, (unknowns + width - 1) / width * width);
        (tableau, entering) = (new double[maxRows * stride], new double[stride]);
        (basic, free, place) = (new int[maxRows], new int[unknowns], new int[unknowns + maxRows]);
        (values, Lows, Highs) = (new double[place.Length], new double[place.Length], new double[place.Length]);
    }

    /// <summary>The lower ends of the unknowns and then of the rows, finite.</summary>
    public double[] Lows { get; }

    /// <summary>The upper ends.</summary>
    public double[] Highs { get; }

    /// <summary>Where an unknown stands.</summary>
    public double this[int unknown] => values[unknown];

    /// <summary>The coefficients of a row, to be written before <see cref="Begin"/>.</summary>
    public Span<double> Row(int row) => tableau.AsSpan(row * stride, unknowns);

    /// <summary>Takes as many rows as were written, with every unknown at its lower end.</summary>
    public void Begin(int count)
    {
        rows = count;
        for (int column = 0; column < unknowns; column++)
        {
            (free[column], place[column]) = (column, ~column);
            values[column] = Lows[column];
        }
        for (int row = 0; row < rows; row++)
        {
            (basic[row], place[unknowns + row]) = (unknowns + row, row);
            double sum = 0;
            for (int column = 0; column < unknowns; column++) sum += tableau[row * stride + column] * values[column];
            values[unknowns + row] = sum;
        }
    }

    /// <summary>
    /// Looks for a place where all ends are kept. Where there is none, the variable whose equation shows it; -1 where
    /// one was found, null where the search gave up.
    /// </summary>
    public int? Violated()
    {
        for (int step = 0; step < 20 * (unknowns + 1); step++)
        {
            int row = -1;
            double worst = Tolerance;
            for (int i = 0; i < rows; i++)
            {
                int variable = basic[i];
                double far = Math.Max(Lows[variable] - values[variable], values[variable] - Highs[variable]);
                if (far > worst) (worst, row) = (far, i);
            }
            if (row < 0) return -1;
            int leaving = basic[row];
            bool up = values[leaving] < Lows[leaving];
            int column = Column(row, up);
            if (column < 0) return leaving;
            double target = up ? Lows[leaving] : Highs[leaving];
            Move(column, (target - values[leaving]) / tableau[row * stride + column]);
            values[leaving] = target;
            Exchange(row, column);
        }
        return null;
    }

    /// <summary>
    /// Goes from a place where all ends are kept to where an unknown is least or largest; false where it gave up, or
    /// where that is the unknown's own end.
    /// </summary>
    public bool Extreme(int unknown, bool largest)
    {
        for (int step = 0; step < 4 * (unknowns + 1); step++)
        {
            int row = place[unknown], column;
            bool up;
            if (row < 0)
            {
                if (values[unknown] == (largest ? Highs[unknown] : Lows[unknown])) return false;
                (column, up) = (~row, largest);
            }
            else
            {
                column = Column(row, largest);
                if (column < 0) return true;
                up = tableau[row * stride + column] > 0 == largest;
            }
            int variable = free[column], blocking = -1;
            double most = up ? Highs[variable] - values[variable] : values[variable] - Lows[variable], size = 0;
            for (int i = 0; i < rows; i++)
            {
                double rate = tableau[i * stride + column];
                if (Math.Abs(rate) < LeastPivot) continue;
                int moved = basic[i];
                double room = rate > 0 == up ? Highs[moved] - values[moved] : values[moved] - Lows[moved];
                double far = Math.Max(room, 0) / Math.Abs(rate);
                // Of those that block at the same place, the one with the largest pivot.
                if (far < most - 1e-12 || (far <= most + 1e-12 && Math.Abs(rate) > size && blocking >= 0))
                    (most, blocking, size) = (Math.Min(far, most), i, Math.Abs(rate));
            }
            Move(column, up ? most : -most);
            if (blocking < 0)
            {
                values[variable] = up ? Highs[variable] : Lows[variable];
                continue;
            }
            int leaving = basic[blocking];
            bool high = tableau[blocking * stride + column] > 0 == up;
            values[leaving] = high ? Highs[leaving] : Lows[leaving];
            Exchange(blocking, column);
            if (leaving == unknown) return false;
        }
        return false;
    }

    /// <summary>
    /// How many times each row is in the equation that gives a variable where it stands now; -1 of its own row.
    /// </summary>
    public void Multipliers(int variable, double[] into)
    {
        Array.Clear(into);
        if (variable >= unknowns) into[variable - unknowns] = -1;
        int row = place[variable];
        for (int column = 0; column < unknowns; column++)
            if (free[column] >= unknowns) into[free[column] - unknowns] = tableau[row * stride + column];
    }

    /// <summary>The free variable that can move a row's the farthest; -1 where each is at its end.</summary>
    private int Column(int row, bool up)
    {
        int best = -1;
        double most = 0;
        for (int column = 0; column < unknowns; column++)
        {
            double rate = tableau[row * stride + column];
            int variable = free[column];
            double far = Math.Abs(rate) * (Highs[variable] - Lows[variable]);
            if (Math.Abs(rate) > LeastPivot && far > most
                && (rate > 0 == up ? values[variable] < Highs[variable] : values[variable] > Lows[variable]))
                (most, best) = (far, column);
        }
        return best;
    }

    private void Move(int column, double by)
    {
        values[free[column]] += by;
        for (int i = 0; i < rows; i++) values[basic[i]] += by * tableau[i * stride + column];
    }

    /// <summary>A basic and a free variable change places.</summary>
    private void Exchange(int row, int column)
    {
        var pivot = tableau.AsSpan(row * stride, stride);
        double scale = 1 / pivot[column];
        for (int j = 0; j < stride; j++) entering[j] = -scale * pivot[j];
        entering[column] = scale;
        for (int i = 0; i < rows; i++)
        {
            int first = i * stride;
            double factor = tableau[first + column];
            if (i == row || factor == 0) continue;
            tableau[first + column] = 0;
            var times = new Vector<double>(factor);
            for (int j = 0; j < stride; j += Vector<double>.Count)
                (new Vector<double>(tableau, first + j) + times * new Vector<double>(entering, j))
                    .CopyTo(tableau, first + j);
        }
        entering.CopyTo(pivot);
        (basic[row], free[column]) = (free[column], basic[row]);
        (place[basic[row]], place[free[column]]) = (row, ~column);
    }
}
