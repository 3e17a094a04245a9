using Neurodynamics.Enclosures;

namespace Neurodynamics.Proofs;

/// <summary>What one box of the unknowns holds, by interval arithmetic.</summary>
/// <param name="equation">y = F(y).</param>
/// <param name="resolution">A box whose sides are all less than this share of the root's is not cut any more.</param>
internal sealed class BoxTest(ProofEquation equation, double resolution)
{
    private const int MostPasses = 20, NewtonSteps = 6, Tightenings = 100;

    // A pass that leaves more than this share of the volume is worth less than a cut.
    private const double WorthAPass = 0.5;

    // Boxes in which a point is the only one are at least this share of the root, so that neighbours know it.
    private const double LeastNeighbourhood = 1e-7;

    private readonly int count = equation.Unknowns;
    private readonly BoxWork work = equation.Begin();
    private readonly double[,] matrix = new double[equation.Unknowns, equation.Unknowns],
        inverse = new double[equation.Unknowns, equation.Unknowns],
        contraction = new double[equation.Unknowns, equation.Unknowns];

    private readonly double[] changes = new double[equation.Unknowns];
    private readonly Enclosure[,] left = new Enclosure[equation.Unknowns, equation.Unknowns];
    private readonly Enclosure[] shift = new Enclosure[equation.Unknowns], image = new Enclosure[equation.Unknowns];

    /// <summary>Contracts a box until it is empty, has exactly one point, or does not get much smaller.</summary>
    public Outcome Decide(Enclosure[] box)
    {
        box = [.. box];
        for (int pass = 0; pass < MostPasses; pass++)
        {
            double before = Volume(box);
            if (work.Contract(box) is { } end) return new(end);
            Centre(box);
            work.Range();
            if (!box.Meet(work.Values)) return new(BoxEnd.EmptyByRange);
            work.Linearise();
            if (!work.ContractsByLines && !box.Meet(Linear(box))) return new(BoxEnd.EmptyByLinearisation);
            if (Invert() && (!work.ContractsByLines || MayContract()))
            {
                Precondition();
                // y - c = Y (value - c) + (I - Y (I - A)) (y - c).
                for (int r = 0; r < count; r++) shift[r] = work.Values[r] - work.Centre[r];
                Preconditioned(shift, image);
                for (int r = 0; r < count; r++)
                {
                    for (int s = 0; s < count; s++) image[r] += left[r, s] * (box[s] - work.Centre[s]);
                    image[r] += work.Centre[r];
                }
                if (!box.Meet(image)) return new(BoxEnd.EmptyByLinearisation);
                if (Contracts(work.Radius) && Point(box) is { } point)
                    return box.Zip(point.At).All(pair => pair.First.Meets(pair.Second))
                        ? new(BoxEnd.OnePoint, point) : new(BoxEnd.EmptyByLinearisation);
            }
            if (!(Volume(box) < WorthAPass * before)) break;
        }
        return IsSmall(box) ? new(BoxEnd.Undecided) : Halves(box);
    }

    /// <summary>
    /// The only fixed point in a box that holds the given one, by Krawczyk's operator around where Newton's method
    /// ends; null where it decides nothing.
    /// </summary>
    private OnlyPoint? Point(Enclosure[] box)
    {
        double[] near = Array.ConvertAll(box, side => side.Middle);
        for (int step = 0; step < NewtonSteps; step++)
        {
            At(near, new double[count]);
            if (!work.Allows(work.Centre, work.Radius)) return null;
            work.Range();
            work.Linearise();
            if (!Invert()) return null;
            for (int r = 0; r < count; r++)
                for (int s = 0; s < count; s++)
                    near[r] += inverse[r, s] * (work.Values[s].Middle - work.Centre[s]);
        }
        double[] radius = [.. box.Select((side, r) => Math.Max(
            1.001 * Math.Max(side.High - near[r], near[r] - side.Low), LeastNeighbourhood * equation.Root[r].Radius))];
        At(near, new double[count]);
        if (!work.Allows(near, radius)) return null;
        work.Range();
        for (int r = 0; r < count; r++) shift[r] = work.Values[r] - near[r];
        At(near, radius);
        work.Range();
        work.Linearise();
        if (!Invert()) return null;
        Precondition();
        if (!equation.IsOne(inverse, contraction, radius)) return null;
        Preconditioned(shift, image);
        // The image of the whole box inside it proves a fixed point, and that there is no other.
        double[] reach = Reach(radius);
        for (int r = 0; r < count; r++)
            if (!(reach[r] < radius[r])) return null;
        reach = Tightened(reach);
        for (int i = 0; i < Tightenings; i++)
        {
            // Over the smaller box slopes change less, so that it shrinks faster.
            double[] before = reach;
            At(near, reach);
            work.Range();
            work.Linearise();
            if (!Invert()) break;
            Precondition();
            Preconditioned(shift, image);
            reach = Tightened(reach);
            if (reach.Zip(before).All(pair => pair.First > 0.5 * pair.Second)) break;
        }
        // The neighbourhood a little smaller, so that its own rounding stays within what was tested.
        return new([.. near.Zip(reach, Enclosure.Around)],
            [.. near.Zip(radius, (middle, far) => Enclosure.Around(middle, 0.9999 * far))]);
    }

    /// <summary>How far the point is from the centre, given how far it is at most.</summary>
    private double[] Reach(double[] most)
    {
        double[] reach = new double[count];
        for (int r = 0; r < count; r++)
        {
            Enclosure sum = image[r].Modulus;
            for (int s = 0; s < count; s++) sum += (Enclosure)contraction[r, s] * most[s];
            reach[r] = Math.Min(sum.High, most[r]);
        }
        return reach;
    }

    private double[] Tightened(double[] reach)
    {
        for (int i = 0; i < Tightenings; i++)
        {
            double[] next = Reach(reach);
            if (next.Zip(reach).All(pair => pair.First > 0.9 * pair.Second)) break;
            reach = next;
        }
        return reach;
    }

    private void At(double[] centre, double[] radius)
    {
        centre.CopyTo(work.Centre, 0);
        radius.CopyTo(work.Radius, 0);
    }

    private void Centre(Enclosure[] box)
    {
        for (int r = 0; r < count; r++) (work.Centre[r], work.Radius[r]) = (box[r].Middle, box[r].Radius);
    }

    /// <summary>value + A (y - c) over a box.</summary>
    private Enclosure[] Linear(Enclosure[] box)
    {
        for (int r = 0; r < count; r++)
        {
            image[r] = work.Values[r];
            for (int s = 0; s < count; s++) image[r] += work.Jacobian[r, s] * (box[s] - work.Centre[s]);
        }
        return image;
    }

    /// <summary>Y near (I - A)^-1; false where there is none.</summary>
    private bool Invert()
    {
        for (int r = 0; r < count; r++)
            for (int s = 0; s < count; s++) matrix[r, s] = (r == s ? 1 : 0) - work.Jacobian[r, s].Middle;
        return SmallMatrix.Invert(matrix, inverse);
    }

    /// <summary>Whether <see cref="Contracts"/> is likely, had for less.</summary>
    private bool MayContract()
    {
        Array.Clear(changes);
        for (int r = 0; r < count; r++)
            for (int s = 0; s < count; s++) changes[r] += work.Change[r, s] * work.Radius[s];
        for (int r = 0; r < count; r++)
        {
            double sum = 0;
            for (int s = 0; s < count; s++) sum += Math.Abs(inverse[r, s]) * changes[s];
            if (!(sum < work.Radius[r])) return false;
        }
        return true;
    }

    /// <summary>I - Y (I - A), and what |I - Y (I - J)| is at most for every Jacobian J over the box.</summary>
    private void Precondition()
    {
        for (int r = 0; r < count; r++)
            for (int s = 0; s < count; s++)
            {
                var rest = (Enclosure)(r == s ? 1 : 0) - inverse[r, s];
                for (int t = 0; t < count; t++) rest += inverse[r, t] * work.Jacobian[t, s];
                left[r, s] = rest;
                Enclosure sum = rest.Modulus;
                for (int t = 0; t < count; t++) sum += (Enclosure)Math.Abs(inverse[r, t]) * work.Change[t, s];
                contraction[r, s] = sum.High;
            }
    }

    /// <summary>Y x.</summary>
    private void Preconditioned(Enclosure[] x, Enclosure[] into)
    {
        for (int r = 0; r < count; r++)
        {
            into[r] = 0;
            for (int s = 0; s < count; s++) into[r] += inverse[r, s] * x[s];
        }
    }

    private bool Contracts(double[] radius)
    {
        for (int r = 0; r < count; r++)
        {
            double sum = 0;
            for (int s = 0; s < count; s++) sum += contraction[r, s] * radius[s];
            if (!(sum < 0.9 * radius[r])) return false;
        }
        return true;
    }

    private bool IsSmall(Enclosure[] box) =>
        box.Zip(equation.Root).All(pair => pair.First.Radius <= resolution * pair.Second.Radius);

    /// <summary>Both halves across the side along which F's slopes change most.</summary>
    private Outcome Halves(Enclosure[] box)
    {
        int widest = 0;
        double most = -1;
        for (int s = 0; s < count; s++)
        {
            if (box[s].Radius <= resolution * equation.Root[s].Radius) continue;
            double change = 0;
            for (int r = 0; r < count; r++) change += work.Change[r, s] / equation.Root[r].Radius;
            if (change * box[s].Radius > most) (most, widest) = (change * box[s].Radius, s);
        }
        return new(BoxEnd.Cut, Halves: box.CutAt(widest, box[widest].Middle));
    }

    private static double Volume(Enclosure[] box) =>
        box.Aggregate(1.0, (product, side) => product * (side.High - side.Low));
}

/// <summary>A fixed point, enclosed, and a box in which it is the only one.</summary>
internal sealed record OnlyPoint(Enclosure[] At, Enclosure[] Neighbourhood);

/// <summary>How a box ended.</summary>
/// <param name="End">How.</param>
/// <param name="Point">Where it has the only point of a neighbourhood of it.</param>
/// <param name="Halves">Where it was cut.</param>
internal sealed record Outcome(BoxEnd End, OnlyPoint? Point = null,
    (Enclosure[] Low, Enclosure[] High)? Halves = null);
