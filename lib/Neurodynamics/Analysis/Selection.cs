using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// How far each input moves a state along the slow direction at a point: by the selection vector, the left vector of
/// the slowest mode (Mante, Sussillo, Shenoy and Newsome 2013). What an input does across it fades.
/// </summary>
/// <param name="Point">The dynamics around the point.</param>
/// <param name="Slow">The real mode whose eigenvalue is nearest to 1.</param>
/// <param name="Vector">
/// The selection vector s, S values, in such a length that s dx is what is left in the readout of a small step dx once
/// all other modes are gone.
/// </param>
/// <param name="Effects">s B, I values: what one step of each input, of size 1, leaves in the readout.</param>
/// <param name="Seen">dh/dx at the point, N rows: what the readout sees of a step of the state.</param>
public sealed record Selection(Linearisation Point, Mode Slow, double[] Vector, double[] Effects, double[,] Seen)
    : Described
{
    /// <summary>Of a network at a point.</summary>
    /// <param name="network">The network.</param>
    /// <param name="point">The dynamics around one of its points, fixed or slow.</param>
    /// <param name="channel">Whose readout, from 0; default the first.</param>
    /// <exception cref="ArgumentException">The point has no real mode whose left vector is known.</exception>
    public static Selection Of(Network network, Linearisation point, int channel = 0)
    {
        Demand.Given((network, point));
        Demand.Index(channel, network.Channels);
        var slow = point.Modes.Where(mode => mode.Eigenvalue.Imaginary == 0 && double.IsFinite(mode.Condition))
            .MinBy(mode => Math.Abs(mode.Eigenvalue.Real - 1)) ?? throw new ArgumentException(
                "The point has no real mode with a left vector, and so no direction to select along.", nameof(point));
        double[,] seen = network.HiddenJacobianAt(point.Point.State);
        double[] readout = network.Weight.ToMatrix().Row(channel);
        double scale = readout.Dot([.. Linearisation.Seen(seen, slow.Right).Select(value => value.Real)]);
        double[] vector = [.. slow.Left.Select(value => scale * value.Real)];
        return new(point, slow, vector, [.. Enumerable.Range(0, point.InputJacobian.GetLength(1))
            .Select(j => vector.Dot(point.InputJacobian.Column(j)))], seen);
    }

    /// <summary>
    /// Why one input moves the readout more at one point than at another: because it arrives differently, or because
    /// the network takes it up differently (Pagan et al. 2022).
    /// </summary>
    /// <param name="one">In one context.</param>
    /// <param name="other">In the other.</param>
    /// <param name="input">Which input, from 0.</param>
    /// <param name="asSeen">
    /// Whether steps are counted in what the readout sees, such as rates, and not in the state itself, such as
    /// currents; default false. The effects are the same, their shares are not. It needs as many hidden values as state
    /// variables.
    /// </param>
    public static SelectionShare Between(Selection one, Selection other, int input, bool asSeen = false)
    {
        Demand.Given((one, other));
        Demand.Index(input, one.Effects.Length);
        if ((one.Vector.Length, one.Effects.Length) != (other.Vector.Length, other.Effects.Length))
            throw new ArgumentException($"One is of {one.Vector.Length} state variables and {one.Effects.Length} "
                + $"inputs, the other of {other.Vector.Length} and {other.Effects.Length}: are they of one network?",
                nameof(other));
        var ((s, b), (otherS, otherB)) = (Parts(one), Parts(other));
        double byInput = 0, byDynamics = 0;
        for (int i = 0; i < s.Length; i++)
        {
            byInput += (s[i] + otherS[i]) / 2 * (b[i] - otherB[i]);
            byDynamics += (s[i] - otherS[i]) * (b[i] + otherB[i]) / 2;
        }
        return new(one.Effects[input] - other.Effects[input], byInput, byDynamics);

        (double[] Vector, double[] Input) Parts(Selection at)
        {
            double[] column = at.Point.InputJacobian.Column(input);
            if (!asSeen) return (at.Vector, column);
            if (at.Seen.GetLength(0) != at.Seen.GetLength(1))
                throw new ArgumentException($"The readout sees {at.Seen.GetLength(0)} values of states of "
                    + $"{at.Seen.GetLength(1)}: count in states, without {nameof(asSeen)}.", nameof(asSeen));
            using var scope = NewDisposeScope();
            var jacobian = at.Seen.ToTensor();
            // s' = s (dh/dx)^-1, b' = dh/dx b: their product is the same.
            return (linalg.solve(jacobian.t(), at.Vector.ToTensor()).ToVector(),
                jacobian.mv(column.ToTensor()).ToVector());
        }
    }
}

/// <summary>The difference of an input's effect between two contexts, and its two parts.</summary>
/// <param name="Change">The difference.</param>
/// <param name="ByInput">
/// The part made by how the input arrives: mean selection vector times the change of dF/du.
/// </param>
/// <param name="ByDynamics">The part made by the network: change of the selection vector times the mean dF/du.</param>
public sealed record SelectionShare(double Change, double ByInput, double ByDynamics) : Described;
