using System.Globalization;
using System.Numerics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Dynamics;

/// <summary>
/// The linear dynamics around a fixed point, or a slow one: x(t+1) - x* = J (x(t) - x*) + B (u(t) - u*).
/// </summary>
/// <param name="Point">The point.</param>
/// <param name="StateJacobian">J = dF/dx [S, S]: entry (i, j) is the change of next state i with state j.</param>
/// <param name="InputJacobian">B = dF/du [S, I].</param>
/// <param name="Modes">
/// S modes, largest modulus first; of a complex pair the one with positive imaginary part first.
/// </param>
/// <param name="EigenvectorCondition">
/// Condition number of the matrix of right vectors in the Frobenius norm, at least S: where it nears 1e16, J has too
/// few eigenvectors and the vectors of the modes that lack them mean little. NaN where the Jacobian is not finite.
/// </param>
/// <param name="Band">Largest distance of |lambda| from 1 at which a mode counts as marginal.</param>
public sealed record Linearisation(StatePoint Point, double[,] StateJacobian, double[,] InputJacobian,
    IReadOnlyList<Mode> Modes, double EigenvectorCondition, double Band)
{
    /// <summary>Points whose modes one thread computes together.</summary>
    private const int Chunk = 4;

    /// <summary>Error of w J = lambda w, per |w| and |J|, beyond which a left vector is given as NaN.</summary>
    private const double LeftTolerance = 1e-8;

    /// <summary>
    /// |w| beyond which a left vector is given as NaN: right and left vector are then orthogonal to 12 digits, as where
    /// eigenvectors are lacking.
    /// </summary>
    private const double LargestLeft = 1e12;

    /// <summary>
    /// What was assumed of an imported cell's equations and is not checked (<see cref="Cell.Unchecked"/>); null where
    /// the form is known.
    /// </summary>
    public string? Unchecked => Form.Unchecked;

    private Form Form { get; init; } = new();

    /// <summary>Of the state Jacobian J, S values, in the order of <see cref="Modes"/>.</summary>
    public Complex[] Eigenvalues { get; } =
        [.. Demand.Some(Modes, nameof(Modes)).Select(mode => mode.Eigenvalue)];

    /// <summary>
    /// Whether the Jacobian is finite; where it is not, eigenvalues and vectors are NaN and nothing is known of the
    /// point.
    /// </summary>
    public bool IsFinite => Eigenvalues.All(Complex.IsFinite);

    /// <summary>Whether no mode grows: all eigenvalues are finite and none is longer than 1.</summary>
    public bool IsAttractor => IsFinite && UnstableModes == 0;

    /// <summary>Number of unstable modes, |lambda| > 1: the saddle index.</summary>
    public int UnstableModes => Eigenvalues.Count(lambda => lambda.Magnitude > 1);

    /// <summary>
    /// Number of modes with | |lambda| - 1 | at most <see cref="Band"/>. Where it is not 0, the kind of the point
    /// depends on small differences, as at nearly all points of an integrator.
    /// </summary>
    public int MarginalModes => Eigenvalues.Count(lambda => Math.Abs(lambda.Magnitude - 1) <= Band);

    /// <summary>Largest time constant of the decaying modes, -1 / ln |lambda| in steps; NaN if none decays.</summary>
    public double SlowestTimeConstant
    {
        get
        {
            double slowest = Eigenvalues.Select(lambda => lambda.Magnitude).Where(modulus => modulus < 1)
                .DefaultIfEmpty(double.NaN).Max();
            return -1 / Math.Log(slowest);
        }
    }

    /// <summary>
    /// Attractor, saddle or repeller, by the number of unstable modes alone; "not finite" where the Jacobian is not.
    /// </summary>
    public string Kind => !IsFinite ? "not finite" : UnstableModes switch
    {
        0 => "attractor",
        var count when count == Eigenvalues.Length => "repeller",
        _ => "saddle",
    };

    /// <summary>The kind, its unstable modes, and what is known of the point, in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{InWords.Capital(Kind)}, unstable modes {UnstableModes} of {Modes.Count}, ")
        + $"largest eigenvalue {(Modes.Count > 0 ? InWords.Part(Modes[0].Eigenvalue, 40) : "none")}: {Point}";

    /// <summary>
    /// What the readout sees of each mode: |cos| of the angle between a channel's readout row and what the readout sees
    /// of the mode's right vector v, dh/dx v (<see cref="Cell.HiddenJacobian"/>; for most cells the hidden part of v);
    /// for a complex pair, of the angle to its plane [S, K].
    /// </summary>
    /// <param name="network">The network whose cell was linearised.</param>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public double[,] ReadoutAlignment(Network network)
    {
        Demand.Given(network);
        if (network.Cell.StateSize != Modes.Count)
            throw new ArgumentException(
                $"The network's states have {network.Cell.StateSize} values, but the point's have {Modes.Count}: is it "
                + "a point of another network?", nameof(network));
        double[,] rows = network.Weight.ToMatrix(), seen = network.HiddenJacobianAt(Point.State);
        return Cosines(mode => Seen(seen, mode.Right), [.. Enumerable.Range(0, rows.GetLength(0)).Select(rows.Row)]);
    }

    /// <summary>What a readout sees of a direction: dh/dx v, N values.</summary>
    internal static Complex[] Seen(double[,] jacobian, Complex[] vector)
    {
        var seen = new Complex[jacobian.GetLength(0)];
        for (int i = 0; i < seen.Length; i++)
            for (int j = 0; j < vector.Length; j++)
                // Most entries are 0, and the others 1: then this is the vector itself, to the bit.
                if (jacobian[i, j] != 0) seen[i] += jacobian[i, j] * vector[j];
        return seen;
    }

    /// <summary>
    /// How well each input excites each mode: |cos| of the angle between a column of <see cref="InputJacobian"/> and
    /// the mode's left vector; for a complex pair, of the angle to its plane [S, I].
    /// </summary>
    public double[,] InputAlignment() =>
        Cosines(mode => mode.Left, [.. Enumerable.Range(0, InputJacobian.GetLength(1))
            .Select(j => Enumerable.Range(0, Modes.Count).Select(i => InputJacobian[i, j]).ToArray())]);

    private double[,] Cosines(Func<Mode, ReadOnlySpan<Complex>> vector, IReadOnlyList<double[]> directions)
    {
        double[,] cosines = new double[Modes.Count, directions.Count];
        for (int i = 0; i < Modes.Count; i++)
            for (int j = 0; j < directions.Count; j++) cosines[i, j] = Mode.Cosine(vector(Modes[i]), directions[j]);
        return cosines;
    }

    /// <summary>Linearises a cell around each of some points, fixed or slow.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="points">The points; none gives an empty list.</param>
    /// <param name="band">
    /// Largest | |lambda| - 1 | of a marginal mode; default 0.01, a time constant of about 100 steps.
    /// </param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <returns>
    /// By number of unstable modes, and in the order of the points where that is equal; points whose Jacobian is not
    /// finite come last.
    /// </returns>
    /// <exception cref="ArgumentException">A point does not fit the cell.</exception>
    public static IReadOnlyList<Linearisation> Of(Cell cell, IReadOnlyList<StatePoint> points, double band = 0.01,
        CancellationToken cancellation = default)
    {
        Demand.Given((cell, points));
        ArgumentOutOfRangeException.ThrowIfNegative(band);
        foreach (var point in points)
            if (point.State.Length != cell.StateSize || point.Input.Length != cell.InputSize)
                throw new ArgumentException(
                    $"The cell has {cell.StateSize} state variables and {cell.InputSize} inputs, but a point has "
                    + $"{point.State.Length} and {point.Input.Length}: is it a point of another network?",
                    nameof(points));
        using var work = cell.Usage.Begin();
        var exact = cell.InDouble();
        var (form, lines) = (cell.Form, new Linearisation[points.Count]);
        exact.InParallel([.. Enumerable.Range(0, points.Count).Chunk(Chunk)], chunk =>
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var inputs = chunk.Select(i => points[i].Input).ToMatrix(cell.InputSize).ToTensor();
            var states = chunk.Select(i => points[i].State).ToMatrix(cell.StateSize).ToTensor();
            var (byState, byInput) = (exact.StateJacobian(inputs, states), exact.InputJacobian(inputs, states));
            for (int i = 0; i < chunk.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                var (modes, condition) = ModesOf(byState[i]);
                lines[chunk[i]] =
                    new(points[chunk[i]], byState[i].ToMatrix(), byInput[i].ToMatrix(), modes, condition, band)
                    {
                        Form = form,
                    };
            }
        }, cancellation);
        return [.. lines.OrderBy(line => line.IsFinite ? line.UnstableModes : int.MaxValue)];
    }

    private static (IReadOnlyList<Mode> Modes, double Condition) ModesOf(Tensor jacobian)
    {
        int size = (int)jacobian.shape[0];
        // LAPACK may never return from a matrix that is not finite.
        if (!jacobian.isfinite().all().item<bool>())
        {
            var unknown = new Complex(double.NaN, double.NaN);
            return ([.. Enumerable.Repeat(new Mode(unknown, [.. Enumerable.Repeat(unknown, size)],
                [.. Enumerable.Repeat(unknown, size)]), size)], double.NaN);
        }
        var (values, vectors) = linalg.eig(jacobian);
        // Not inv_ex, which in TorchSharp 0.107 returns a Cholesky factor.
        var (inverse, _) = linalg.solve_ex(vectors, eye(size, dtype: ScalarType.ComplexFloat64));
        var complex = jacobian.to(ScalarType.ComplexFloat64);
        var moduli = inverse.abs();
        double[] lengths = (moduli * moduli).sum([1]).sqrt().ToVector();
        var errors = (inverse.mm(complex) - values.unsqueeze(1) * inverse).abs();
        double norm = jacobian.flatten().norm(0).item<double>();
        bool[] known = [.. (errors * errors).sum([1]).sqrt().ToVector()
            .Zip(lengths, (error, length) => error <= LeftTolerance * norm * length && length <= LargestLeft)];
        var (eigenvalues, right, left) = (values.data<Complex>().ToArray(), vectors.t().contiguous().data<Complex>()
            .ToArray(), inverse.contiguous().data<Complex>().ToArray());
        double condition = Math.Sqrt(size) * Math.Sqrt(lengths.Sum(length => length * length));
        return ([.. Enumerable.Range(0, size)
            .OrderByDescending(k => eigenvalues[k].Magnitude).ThenByDescending(k => eigenvalues[k].Imaginary)
            .Select(k => ModeOf(eigenvalues[k], right.AsSpan(k * size, size), left.AsSpan(k * size, size), known[k]))],
                double.IsNaN(condition) ? double.PositiveInfinity : condition);
    }

    private static Mode ModeOf(
        Complex eigenvalue, ReadOnlySpan<Complex> right, ReadOnlySpan<Complex> left, bool leftIsKnown)
    {
        double largest = 0, length = 0;
        foreach (var value in right)
        {
            largest = Math.Max(largest, value.Magnitude);
            length += value.Real * value.Real + value.Imaginary * value.Imaginary;
        }
        // The first of equals, and equals differ by rounding.
        int first = 0;
        while (right[first].Magnitude < (1 - 1e-9) * largest) first++;
        var scale = right[first] / right[first].Magnitude * Math.Sqrt(length);
        var (v, w) = (new Complex[right.Length], new Complex[right.Length]);
        for (int i = 0; i < v.Length; i++)
            (v[i], w[i]) = (right[i] / scale, leftIsKnown ? left[i] * scale : new(double.NaN, double.NaN));
        return new(eigenvalue, v, w);
    }
}
