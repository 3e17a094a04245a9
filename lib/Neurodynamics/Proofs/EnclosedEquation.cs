using Neurodynamics.Enclosures;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>
/// What a cell that knows its step over enclosures says itself of its fixed points, with slopes by the chain rule.
/// </summary>
internal sealed class EnclosedEquation : ProofEquation
{
    private readonly FixedPointEquation equation;

    private EnclosedEquation(FixedPointEquation equation) =>
        (this.equation, Root) = (equation, [.. equation.Box!]);

    /// <inheritdoc/>
    public override string Text => equation.Text;

    /// <inheritdoc/>
    public override Enclosure[] Root { get; }

    /// <summary>The equation of a cell; null where no box is known, or there are too many unknowns.</summary>
    public static EnclosedEquation? Of(
        Cell cell, EnclosedStep step, double[] input, WeightsAre weights, int maxUnknowns)
    {
        var constant = EnclosedVector.Constant(input);
        // A box that was rounded to nearest, and a little more; much more where weights may be others, by 6e-8 of each.
        double more = weights == WeightsAre.Exact ? 1e-9 : 1e-3;
        var equation = step.Equation(input) ?? new("x = F(u, x)",
            cell.InvariantBox(input)?.Select(side => Enclosure.Around(0, side * (1 + more))).ToArray(),
            x => step.Next(constant, x), x => x);
        return equation.Box is { } box && box.Count <= maxUnknowns ? new(equation) : null;
    }

    /// <inheritdoc/>
    public override BoxWork Begin() => new Workspace(this);

    /// <inheritdoc/>
    public override Enclosure[] State(Enclosure[] solution) =>
        [.. equation.State(EnclosedVector.Constant(solution)).Values];

    private sealed class Workspace(EnclosedEquation of) : BoxWork(of.Unknowns)
    {
        private readonly Enclosure[] sides = new Enclosure[of.Unknowns];
        private EnclosedVector? values;

        public override void Range()
        {
            for (int i = 0; i < sides.Length; i++) sides[i] = Enclosure.Around(Centre[i], Radius[i]);
            values = of.equation.Map(EnclosedVector.Variables(sides));
            for (int i = 0; i < sides.Length; i++) Values[i] = values.Values[i];
        }

        /// <summary>
        /// The mean value theorem: F(y) is F(centre) + J (y - centre) with J between its ends over the box.
        /// </summary>
        public override void Linearise()
        {
            var middle = of.equation.Map(EnclosedVector.Constant(Centre));
            for (int i = 0; i < sides.Length; i++)
            {
                Values[i] = middle.Values[i];
                for (int j = 0; j < sides.Length; j++)
                {
                    var slope = values!.Slopes is { } slopes ? slopes[i, j] : 0;
                    Jacobian[i, j] = slope.Middle;
                    Change[i, j] = slope.Radius;
                    Values[i] += (slope - slope.Middle) * (sides[j] - Centre[j]);
                }
            }
        }
    }
}
