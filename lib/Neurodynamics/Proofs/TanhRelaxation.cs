using System.Numerics;
using Neurodynamics.Enclosures;

namespace Neurodynamics.Proofs;

/// <summary>
/// Contraction of a box of rates r = tanh(W r + d) by linear programs (Yamamura 1998): each unit's rate and argument
/// lie between parallel lines of a few slopes, so that the solutions of a box lie in a polytope. Where a program ends
/// only says which lines to sum, and with which multipliers; the sum itself is taken with enclosures, and is a bound
/// whatever the multipliers (Neumaier and Shcherbina 2004).
/// </summary>
internal sealed class TanhRelaxation
{
    // Of the chord, of tanh at both ends, and of the lines through an end that touch tanh on the other side of 0.
    private const int Slopes = 5;

    // Lines this share of a side apart are as good as one, and a side is left alone where no more of it could go.
    private const double Straight = 0.02, WorthACut = 1e-3;

    private readonly int units, padded;
    private readonly Enclosure[] drive, onRate, onArgument;
    private readonly double[][] weights, errors, slopes, below, above;
    private readonly double[] sums, moduli, multipliers, scales, radii;
    private readonly (int Unit, int Slope)[] lines;
    private readonly bool[] done;
    private readonly Simplex program;
    private int count;

    /// <param name="weights">W [N, N].</param>
    /// <param name="drive">d [N].</param>
    public TanhRelaxation(EnclosedMatrix weights, Enclosure[] drive)
    {
        (units, this.drive) = (weights.RowCount, drive);
        int width = Vector<double>.Count, most = units * Slopes;
        padded = (units + width - 1) / width * width;
        (this.weights, errors, slopes, below, above) =
            (Each(units), Each(units), Each(Slopes), Each(Slopes), Each(Slopes));
        for (int i = 0; i < units; i++)
            for (int j = 0; j < units; j++)
            {
                var weight = weights[i, j];
                this.weights[i][j] = weight.Middle;
                // A sum of N products is off by less than N + 1 roundings of the sum of their moduli.
                errors[i][j] = 4 * (units + 4) * Float64.UnitRoundoff * Math.Abs(weight.Middle)
                    + 1.01 * weight.Radius + 1e-300;
            }
        (onRate, onArgument) = (new Enclosure[units], new Enclosure[units]);
        (sums, moduli, radii) = (new double[padded], new double[padded], new double[units]);
        (multipliers, scales, lines) = (new double[most], new double[most], new (int, int)[most]);
        (done, program) = (new bool[2 * units], new(units, most));

        double[][] Each(int rows) => [.. Enumerable.Range(0, rows).Select(_ => new double[padded])];
    }

    /// <summary>Contracts a box in place; false where no member of it can be a solution.</summary>
    /// <param name="box">Rates.</param>
    /// <param name="least">The least argument of each unit at a solution in the box, of whole vectors.</param>
    /// <param name="largest">The largest.</param>
    public bool Contract(Enclosure[] box, double[] least, double[] largest)
    {
        Draw(least, largest);
        if (!Write(box, least, largest) || program.Violated() is not { } violated) return true;
        if (violated >= 0) return Cut(box, violated, least, largest);
        Array.Clear(done);
        while (Next() is var end and >= 0)
        {
            bool found = program.Extreme(end / 2, largest: end % 2 == 1);
            if (found && Room(end) > WorthACut && !Cut(box, end / 2, least, largest)) return false;
            done[end] = true;
        }
        return true;
    }

    /// <summary>
    /// Of the ends of sides that no place so far came near, 2 j of the least and 2 j + 1 of the largest rate, the one
    /// nearest to where the program stands; -1 where there is none.
    /// </summary>
    private int Next()
    {
        int next = -1;
        double nearest = double.PositiveInfinity;
        for (int end = 0; end < done.Length; end++)
        {
            double room = Room(end);
            done[end] |= room <= WorthACut;
            if (!done[end] && room < nearest) (nearest, next) = (room, end);
        }
        return next;
    }

    /// <summary>Which share of a side is beyond where the program stands, towards an end.</summary>
    private double Room(int end) => 0.5 * (end % 2 == 1 ? 1 - program[end / 2] : 1 + program[end / 2]);

    /// <summary>The lines: f(a) - slope (a - middle) is between below and above for each argument of a unit.</summary>
    private void Draw(double[] least, double[] largest)
    {
        for (int first = 0; first < padded; first += Vector<double>.Count)
        {
            var (low, high) = (new Vector<double>(least, first), new Vector<double>(largest, first));
            var (atLow, atHigh) = (TanhUnit.Value(low), TanhUnit.Value(high));
            var (flattest, steepest) = TanhUnit.Slopes(low, high, atLow, atHigh);
            var middle = (low + high) * 0.5;
            var slack = new Vector<double>(32 * ISmoothUnit.Error)
                * (Vector<double>.One + Vector.Max(Vector.Abs(low), Vector.Abs(high)));
            Put(0, Vector.ConditionalSelect(Vector.GreaterThan(high, low), (atHigh - atLow) / (high - low), steepest));
            Put(1, Vector<double>.One - atLow * atLow);
            Put(2, Vector<double>.One - atHigh * atHigh);
            Put(3, Touching(low, atLow, high));
            Put(4, Touching(-high, -atHigh, -low));

            void Put(int k, Vector<double> slope)
            {
                slope = Vector.Max(flattest, Vector.Min(steepest, slope));
                var (under, over) = TanhUnit.Remainder(low, high, atLow, atHigh, slope, middle);
                slope.CopyTo(slopes[k], first);
                (under - slack).CopyTo(below[k], first);
                (over + slack).CopyTo(above[k], first);
            }
        }

        // The slope of the line from below 0 that touches tanh above. Nearly will do: lines of any slope are bounds.
        static Vector<double> Touching(Vector<double> from, Vector<double> atFrom, Vector<double> end)
        {
            var (one, place) = (Vector<double>.One, end);
            for (int step = 0; ; step++)
            {
                var slope = (TanhUnit.Value(place) - atFrom) / (place - from);
                if (step == 3) return slope;
                var root = Vector.SquareRoot(Vector.Max(one - slope, Vector<double>.Zero));
                place = Vector.Min(end, Vector.Log((one + root) / (one - root)) * 0.5);
            }
        }
    }

    /// <summary>
    /// Writes the program, with rates from -1 to 1 across the box and rows of size 1; false where a number is too
    /// large.
    /// </summary>
    private bool Write(Enclosure[] box, double[] least, double[] largest)
    {
        count = 0;
        for (int i = 0; i < units; i++) radii[i] = box[i].Radius;
        for (int i = 0; i < units; i++)
        {
            (program.Lows[i], program.Highs[i]) = (-1, 1);
            double from = drive[i].Middle - 0.5 * (least[i] + largest[i]);
            for (int j = 0; j < units; j++) from += weights[i][j] * box[j].Middle;
            bool mixed = least[i] < 0 && largest[i] > 0,
                straight = above[0][i] - below[0][i] < Straight * (box[i].High - box[i].Low);
            var (first, last) = straight ? (0, 0) : mixed ? (1, 4) : (0, 2);
            for (int k = first; k <= last; k++)
            {
                var row = program.Row(count);
                double size = 0, slope = slopes[k][i], middle = box[i].Middle - slope * from;
                for (int j = 0; j < units; j++)
                {
                    row[j] = ((j == i ? 1 : 0) - slope * weights[i][j]) * radii[j];
                    size = Math.Max(size, Math.Abs(row[j]));
                }
                double scale = 1 / size, low = (below[k][i] - middle) * scale, high = (above[k][i] - middle) * scale;
                if (!double.IsFinite(scale) || !double.IsFinite(low) || !double.IsFinite(high)) return false;
                for (int j = 0; j < units; j++) row[j] *= scale;
                (program.Lows[units + count], program.Highs[units + count]) = (low, high);
                (lines[count], scales[count]) = ((i, k), scale);
                count++;
            }
        }
        program.Begin(count);
        return true;
    }

    /// <summary>
    /// Cuts a side by the equation of its rate in the program, or finds the equation of a line to have no solution;
    /// false where nothing is left. The sum of the lines is p' r + q' a with a = W r + d, and so (p + W' q)' r + q' d.
    /// </summary>
    private bool Cut(Enclosure[] box, int variable, double[] least, double[] largest)
    {
        program.Multipliers(variable, multipliers);
        Array.Clear(onRate);
        Array.Clear(onArgument);
        Array.Clear(sums);
        Array.Clear(moduli);
        bool isRate = variable < units;
        Enclosure value = 0;
        for (int row = 0; row < count; row++)
        {
            if (multipliers[row] == 0) continue;
            var (i, k) = lines[row];
            double times = multipliers[row] * scales[row] * (isRate ? radii[variable] : 1);
            var onSlope = (Enclosure)times * slopes[k][i];
            onRate[i] += times;
            onArgument[i] -= onSlope;
            value += times * new Enclosure(below[k][i], above[k][i]) - onSlope * (0.5 * (least[i] + largest[i]));
        }
        for (int i = 0; i < units; i++)
        {
            var (times, rest) = (onArgument[i].Middle, onArgument[i].Radius);
            if (times == 0 && rest == 0) continue;
            // What q is off by is times an argument that is known.
            value -= times * drive[i] + new Enclosure(-rest, rest) * new Enclosure(least[i], largest[i]);
            var (by, modulus) = (new Vector<double>(times), new Vector<double>(Math.Abs(times)));
            for (int j = 0; j < padded; j += Vector<double>.Count)
            {
                (new Vector<double>(sums, j) + by * new Vector<double>(weights[i], j)).CopyTo(sums, j);
                (new Vector<double>(moduli, j) + modulus * new Vector<double>(errors[i], j)).CopyTo(moduli, j);
            }
        }
        for (int j = 0; j < units; j++)
            value += ((Enclosure)(j == variable ? 1 : 0) - onRate[j] - Enclosure.Around(sums[j], moduli[j])) * box[j];
        return isRate ? box[variable].Cut(value, out box[variable]) : value.Contains(0);
    }
}
