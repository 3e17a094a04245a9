using Neurodynamics.Enclosures;

namespace Neurodynamics.Models;

/// <summary>Which numbers a cell's weights stand for in a proof.</summary>
public enum WeightsAre
{
    /// <summary>Exactly the numbers that they are, in float64.</summary>
    Exact,

    /// <summary>
    /// Any real numbers that round to the float32 nearest to them: what is proven holds for every network that rounds
    /// to these weights, such as the one that was trained in float32 before it was saved.
    /// </summary>
    RoundedToFloat32,
}

/// <summary>
/// A cell's step over enclosures: from all inputs and states of a box to all next states, with all Jacobians if the
/// state is given as variables. Every number is rounded outwards, so that what follows from it is proven.
/// </summary>
public sealed class EnclosedStep
{
    private readonly Func<EnclosedVector, EnclosedVector, EnclosedVector> next;
    private readonly Func<EnclosedVector, FixedPointEquation>? equation;
    private readonly Func<EnclosedVector, EnclosedVector>? seen;

    /// <param name="next">From inputs (I units) and states (S units) to the next states (S units).</param>
    /// <param name="equation">
    /// From the constant input to fewer or simpler unknowns than the state; default x = F(u, x) itself.
    /// </param>
    /// <param name="seen">From a state to what a readout sees of it (N units); default its first N units.</param>
    public EnclosedStep(Func<EnclosedVector, EnclosedVector, EnclosedVector> next,
        Func<EnclosedVector, FixedPointEquation>? equation = null, Func<EnclosedVector, EnclosedVector>? seen = null)
    {
        Demand.Given(next);
        (this.next, this.equation, this.seen) = (next, equation, seen);
    }

    /// <summary>Whether it has an equation of its own.</summary>
    public override string ToString() => "Step over enclosures, solved "
        + (equation is null ? "as x = F(u, x)" : "in unknowns of its own");

    /// <summary>All next states.</summary>
    /// <param name="input">I units.</param>
    /// <param name="state">S units.</param>
    public EnclosedVector Next(EnclosedVector input, EnclosedVector state)
    {
        Demand.Given((input, state));
        return next(input, state);
    }

    /// <summary>What a readout sees of a state.</summary>
    internal EnclosedVector Seen(EnclosedVector state, int units) => seen?.Invoke(state) ?? state.Part(0, units);

    /// <summary>
    /// What decides the fixed points under a constant input; null where the cell knows nothing simpler.
    /// </summary>
    internal FixedPointEquation? Equation(double[] input) => Equation(EnclosedVector.Constant(input));

    /// <inheritdoc cref="Equation(double[])"/>
    internal FixedPointEquation? Equation(EnclosedVector input) => equation?.Invoke(input);
}

/// <summary>
/// An equation y = G(y) whose solutions are the fixed points of a cell under a constant input, one for one: of a GRU h
/// = n(h), since the update gate only says how fast h goes there.
/// </summary>
/// <param name="Text">The equation, as for a reader.</param>
/// <param name="Box">A box in which all solutions are, a side per unknown; null where none is known.</param>
/// <param name="Map">G.</param>
/// <param name="State">The state at a solution.</param>
public sealed record FixedPointEquation(string Text, IReadOnlyList<Enclosure>? Box,
    Func<EnclosedVector, EnclosedVector> Map, Func<EnclosedVector, EnclosedVector> State) : Described;
