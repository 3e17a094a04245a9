using Neurodynamics.Enclosures;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// What a network of rank R does in its own R dimensions (<see cref="LeakyCell.Reduced"/>): k' = (1 - a) k
/// + a n' f(m k + B u + b + c) / N. Its fixed points are those of the whole network, one for one, with the same
/// unstable modes; the N - R modes that it lacks decay with 1 - a. Nothing of N by N is built, so it is quick at any N.
/// </summary>
/// <remarks>Mastrogiuseppe and Ostojic 2018. The weights are those of the moment in which it was made.</remarks>
public sealed class ReducedCell : Cell
{
    private readonly LeakyCell whole;
    private readonly Tensor m, n;

    /// <param name="whole">The network, a copy in float64 that nobody changes.</param>
    internal ReducedCell(LeakyCell whole)
        : base($"{whole.Title} in k", whole.InputSize, (int)whole.Connectivity.Parameters[0].Values.shape[1])
    {
        this.whole = whole;
        (m, n) = (whole.Connectivity.Parameters[0].Values, whole.Connectivity.Parameters[1].Values);
        Leak = whole.Leak[0].item<double>();
        register_module("whole", whole);
    }

    /// <summary>The network of N units.</summary>
    internal LeakyCell Whole => whole;

    /// <summary>How much farther apart states of units are than their k, at most.</summary>
    internal double Stretch()
    {
        using var scope = NewDisposeScope();
        return m.norm().item<double>();
    }

    /// <summary>N, the number of units of the whole network.</summary>
    public int UnitsOfWhole => whole.Units;

    /// <summary>a = dt/tau of all units.</summary>
    public double Leak { get; }

    /// <summary>
    /// Where states of the whole network are in its own dimensions: k = n' r / N of their rates r. It is exact at fixed
    /// points; of rates everywhere.
    /// </summary>
    /// <param name="states">States of the whole network [M, N].</param>
    /// <returns>k [M, R].</returns>
    public double[,] FromUnits(double[,] states)
    {
        Usage.Check();
        Demand.Shape(states, [-1, whole.Units]);
        using var scope = NewDisposeScope();
        return FromUnits(states.ToTensor()).ToMatrix();
    }

    /// <inheritdoc cref="FromUnits(double[,])"/>
    /// <param name="states">States of trials of the whole network [B, T, N].</param>
    /// <returns>k [B, T, R].</returns>
    public double[,,] FromUnits(double[,,] states)
    {
        Usage.Check();
        Demand.Shape(states, [-1, -1, whole.Units]);
        using var scope = NewDisposeScope();
        return FromUnits(states.ToTensor()).ToCube();
    }

    private Tensor FromUnits(Tensor states)
    {
        using var frozen = no_grad();
        return Sent(whole.RatesOf(states));
    }

    /// <summary>
    /// The states of the whole network for some k: x = m k + B u + b (currents) or r = f(m k + B u + b) (rates).
    /// </summary>
    /// <param name="k">Points [M, R], such as fixed points.</param>
    /// <param name="input">The constant input, I values.</param>
    /// <returns>States [M, N].</returns>
    public double[,] ToUnits(double[,] k, double[] input)
    {
        Usage.Check();
        Demand.Shape(k, [-1, StateSize]);
        Demand.Shape(input, [InputSize]);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return whole.StateOf(Sum(input.ToTensor().unsqueeze(0), k.ToTensor())).ToMatrix();
    }

    /// <inheritdoc cref="ToUnits(double[,], double[])"/>
    /// <param name="k">One point, R values.</param>
    /// <returns>A state, N values.</returns>
    internal double[] ToUnits(double[] k, double[] input) => ToUnits(new[] { k }.ToMatrix(StateSize), input).Row(0);

    /// <inheritdoc/>
    public override bool IsThreadSafe => true;

    private protected override ScalarType? Precision => ScalarType.Float64;

    /// <inheritdoc/>
    public override Tensor Step(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        var sent = Sent(whole.RatesOf(whole.StateOf(Sum(input, state))));
        return state.Times(1 - Leak).Plus(sent.Times(Leak)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor StateJacobian(Tensor input, Tensor state)
    {
        var jacobian = Through(input, state, m);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        jacobian.diagonal(0, 1, 2).add_(ones(1, dtype: ScalarType.Float64).Times(1 - Leak), Scalars.One);
        return jacobian;
    }

    /// <inheritdoc/>
    public override Tensor InputJacobian(Tensor input, Tensor state) => Through(input, state, whole.InputWeights);

    /// <inheritdoc/>
    public override EnclosedStep? Enclosed(WeightsAre weights = WeightsAre.Exact)
    {
        if (whole.Enclosed(weights) is not { } step) return null;
        var share = EnclosedVector.Constant([.. Enumerable.Repeat(whole.Leak.EnclosedValues(weights)[0], StateSize)]);
        return new((u, k) => (1 - share) * k + share * step.Equation(u)!.Map(k),
            u => step.Equation(u)! with { State = k => k });
    }

    /// <summary>
    /// n' r / N of the rates r before the network's first step, whether its start is learned or zero. From there k
    /// moves as the network's n' r / N does, whatever the inputs: of rates always, of currents where a is 1. Of
    /// currents that leak it is an approximation, since they begin elsewhere than at m k + B u + b.
    /// </summary>
    /// <inheritdoc/>
    protected internal override Tensor Start(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return FromUnits(whole.Start(inputs)).MoveToOuterDisposeScope();
    }

    /// <summary>Where |f| is bounded, |k| is at most |n'| times that bound over N, or as far as the start.</summary>
    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input)
    {
        Demand.Shape(input, [InputSize]);
        return BoxUnder(input);
    }

    internal override double[]? BoxUnder(double[] reach)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        if (!double.IsFinite(whole.Nonlinearity.Bound)) return null;
        double[] box = Sent(ones(1, whole.Units, dtype: ScalarType.Float64), n.abs()).squeeze(0)
            .Times(whole.Nonlinearity.Bound).Times(1 + 1e-9).Plus(1e-12).ToVector();
        return [.. box.Zip(StartState(), (most, value) => Math.Max(most, Math.Abs(value)))];
    }

    /// <summary>m k + B u + b [B, N].</summary>
    private Tensor Sum(Tensor input, Tensor k) => k.mm(m.t()).Plus(whole.Drive(input));

    /// <summary>n' r / N of rates [B, N].</summary>
    private Tensor Sent(Tensor rates, Tensor? by = null) => rates.matmul(by ?? n).Over(whole.Units);

    /// <summary>a n' diag(f') columns / N for columns [N, C] of what f is taken of: [B, R, C].</summary>
    private Tensor Through(Tensor input, Tensor state, Tensor columns)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var slopes = whole.SlopeOf(Sum(input, state));
        return n.t().matmul(slopes.unsqueeze(-1) * columns).Over(whole.Units).Times(Leak).MoveToOuterDisposeScope();
    }
}
