using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

/// <summary>Networks and points that several tests look at.</summary>
internal static class Nets
{
    /// <summary>The positive solution of x = tanh(2 x).</summary>
    public const double Root = 0.957504024079;

    /// <summary>x' = tanh(W x + input u + bias).</summary>
    public static VanillaRnn Tanh(double[,] weights, double bias = 0, double input = 0)
    {
        var cell = new VanillaRnn(1, weights.GetLength(0), ScalarType.Float64);
        using (no_grad())
        {
            cell.WeightHh.copy_(tensor(weights));
            cell.WeightIh.fill_(input);
            cell.BiasHh.fill_(bias);
        }
        return cell;
    }

    public static RecurrentCell Random(Architecture architecture, int units, double gain, long seed)
    {
        using var generator = new Generator((ulong)seed);
        var cell = RecurrentCell.Create(architecture, 1, units, ScalarType.Float64);
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.uniform_(-gain, gain, generator);
        return cell;
    }

    /// <summary>A vanilla RNN with normal recurrent weights of standard deviation gain / sqrt(N).</summary>
    public static VanillaRnn Normal(int units, double gain, long seed, double input = 0)
    {
        using var generator = new Generator((ulong)seed);
        return Tanh((gain / Math.Sqrt(units) * randn([units, units], dtype: ScalarType.Float64, generator: generator))
            .ToMatrix(), input: input);
    }

    public static double[,] Cloud(int count, int size, double scale, long seed)
    {
        using var generator = new Generator((ulong)seed);
        return (scale * randn([count, size], dtype: ScalarType.Float64, generator: generator)).ToMatrix();
    }

    public static FixedPoint Point(params double[] state) => new(state, [0], 0, 1);

    /// <summary>A reference network and its listed fixed points.</summary>
    public static (Cell Cell, double[] Input, FixedPoint[] Points) Listed(string name)
    {
        double[] input = ArrayFile.Read(Reference.Network(name + ".npz"))["input"].Values;
        double[,] states = ArrayFile.Read(Reference.FixedPoints(name))["fixed_points"].ToMatrix();
        return (NetworkFile.Load(Reference.Network(name + ".npz")).Cell, input,
            [.. Enumerable.Range(0, states.GetLength(0)).Select(i => new FixedPoint(states.Row(i), input, 0, 1))]);
    }

    /// <summary>
    /// A GRU whose update gate saturates: every state stands nearly still, and a state far outside the box is where no
    /// GRU can be.
    /// </summary>
    public static (Gru Cell, FixedPoint Ghost) Saturated()
    {
        var cell = new Gru(1, 2, ScalarType.Float64);
        using (no_grad()) cell.BiasHh[TensorIndex.Slice(2, 4)] = 30;
        return (cell, new([5.0, -7.0], [0], 1e-25, 1));
    }

    /// <summary>Pulses of +1 and -1, one channel [B, T, 1].</summary>
    public static double[,,] Trials(int count, int steps, long seed) =>
        new FlipFlop { Channels = 1 }.Sample(count, steps, seed).Inputs;

    /// <summary>x' = W x + bias.</summary>
    public static Cell Linear(double[,] weights, double bias = 0) => new Affine(weights, bias);

    private sealed class Affine(double[,] weights, double bias) : Cell("Linear", 1, weights.GetLength(0))
    {
        public override Tensor Step(Tensor input, Tensor state) => state.mm(tensor(weights).t()) + bias;

        public override Tensor StateJacobian(Tensor input, Tensor state) =>
            tensor(weights).expand(state.shape[0], StateSize, StateSize);
    }

    /// <summary>A user's own cell that says nothing of itself but a step: x' = 2 tanh x.</summary>
    public class StepOnly() : Cell("StepOnly", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => 2 * state.tanh();
    }

    /// <summary>The same cell with a box.</summary>
    public sealed class Boxed : StepOnly
    {
        public override double[] InvariantBox(double[] input) => [2];
    }
}
