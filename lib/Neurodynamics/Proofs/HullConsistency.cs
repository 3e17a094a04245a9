using System.Numerics;
using Neurodynamics.Enclosures;

namespace Neurodynamics.Proofs;

/// <summary>
/// Contraction of a box of rates r = tanh(W r + d) unit by unit, backwards: from a unit's rate to its argument, and
/// from there to each of the others' rates (hull consistency; Benhamou, Goualard, Granvilliers and Puget 1999). It sees
/// how tanh flattens, which a linear enclosure over a large box does not.
/// </summary>
internal sealed class HullConsistency
{
    private const int Sweeps = 5;

    // A sweep that moves no side by more than this share of it is the last.
    private const double WorthASweep = 0.1;

    private readonly int units, padded;
    private readonly Enclosure[] weights, drive, products, before;
    private readonly double[] lows, highs;

    /// <param name="weights">W [N, N].</param>
    /// <param name="drive">d [N].</param>
    public HullConsistency(EnclosedMatrix weights, Enclosure[] drive)
    {
        (units, this.drive) = (weights.RowCount, drive);
        int width = Vector<double>.Count;
        padded = (units + width - 1) / width * width;
        this.weights = new Enclosure[units * units];
        for (int i = 0; i < units; i++)
            for (int j = 0; j < units; j++) this.weights[i * units + j] = weights[i, j];
        (products, before) = (new Enclosure[units], new Enclosure[units + 1]);
        (lows, highs) = (new double[padded], new double[padded]);
    }

    /// <summary>Contracts a box in place; false where no member of it can be a solution.</summary>
    public bool Contract(Enclosure[] box)
    {
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            double moved = 0;
            Arguments(box);
            for (int i = 0; i < units; i++)
                if (!Contract(i, box, ref moved)) return false;
            if (moved < WorthASweep) break;
        }
        return true;
    }

    /// <summary>
    /// The least and the largest argument that each unit can have at a solution in a box, of whole vectors; false where
    /// there is none.
    /// </summary>
    public bool Arguments(Enclosure[] box, out double[] least, out double[] largest)
    {
        (least, largest) = (lows, highs);
        Arguments(box);
        for (int i = 0; i < units; i++)
        {
            var sum = drive[i];
            for (int j = 0; j < units; j++) sum += weights[i * units + j] * box[j];
            if (!sum.Cut(new(lows[i], highs[i]), out sum)) return false;
            (lows[i], highs[i]) = (sum.Low, sum.High);
        }
        return true;
    }

    private bool Contract(int i, Enclosure[] box, ref double moved)
    {
        // before[j] is the drive and all products before the j-th; after it come the others.
        before[0] = drive[i];
        for (int j = 0; j < units; j++)
        {
            products[j] = weights[i * units + j] * box[j];
            before[j + 1] = before[j] + products[j];
        }
        if (!new Enclosure(lows[i], highs[i]).Cut(before[units], out var argument)) return false;
        Enclosure after = 0;
        for (int j = units - 1; j >= 0; j--)
        {
            var (weight, side) = (weights[i * units + j], box[j]);
            if (!weight.Contains(0))
            {
                if (!side.Cut((argument - before[j] - after) / weight, out box[j])) return false;
                double width = side.High - side.Low;
                if (width > 0) moved = Math.Max(moved, 1 - (box[j].High - box[j].Low) / width);
            }
            after += products[j];
        }
        return true;
    }

    /// <summary>
    /// All arguments at which tanh has a value of the box. The inverse is computed anyhow, moved outwards, and then
    /// tested by tanh itself; where the test fails, that end is open.
    /// </summary>
    private void Arguments(Enclosure[] box)
    {
        for (int i = 0; i < units; i++)
        {
            double low = Math.Atanh(box[i].Low), high = Math.Atanh(box[i].High);
            lows[i] = low - 1e-12 * (1 + Math.Abs(low));
            highs[i] = high + 1e-12 * (1 + Math.Abs(high));
        }
        for (int first = 0; first < padded; first += Vector<double>.Count)
        {
            var (atLow, atHigh) = (TanhUnit.Value(new(lows, first)), TanhUnit.Value(new(highs, first)));
            for (int lane = 0; lane < Vector<double>.Count && first + lane < units; lane++)
            {
                int i = first + lane;
                if (!(atLow[lane] + 2 * ISmoothUnit.Error <= box[i].Low)) lows[i] = double.NegativeInfinity;
                if (!(atHigh[lane] - 2 * ISmoothUnit.Error >= box[i].High)) highs[i] = double.PositiveInfinity;
            }
        }
    }
}
