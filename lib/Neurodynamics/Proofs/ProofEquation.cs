using Neurodynamics.Enclosures;

namespace Neurodynamics.Proofs;

/// <summary>
/// An equation y = F(y) whose solutions are a cell's fixed points under a constant input, one for one.
/// </summary>
internal abstract class ProofEquation
{
    /// <summary>The equation, as for a reader.</summary>
    public abstract string Text { get; }

    /// <summary>The box in which all solutions are, a side per unknown.</summary>
    public abstract Enclosure[] Root { get; }

    /// <summary>How many unknowns there are.</summary>
    public int Unknowns => Root.Length;

    /// <summary>A place for one thread to work in.</summary>
    public abstract BoxWork Begin();

    /// <summary>
    /// Whether a solution in a box is one fixed point of the cell, and not several with nearly the same unknowns.
    /// </summary>
    /// <param name="inverse">Y, near (I - J)^-1.</param>
    /// <param name="contraction">|I - Y (I - J)| at most, for every J over the box.</param>
    /// <param name="radius">Half of the box's sides.</param>
    public virtual bool IsOne(double[,] inverse, double[,] contraction, double[] radius) => true;

    /// <summary>The state at a solution, S values.</summary>
    public abstract Enclosure[] State(Enclosure[] solution);
}

/// <summary>Where one thread works: a box, and what F does over it.</summary>
internal abstract class BoxWork(int unknowns)
{
    /// <summary>The middle of the box, and half of each side.</summary>
    public double[] Centre { get; } = new double[unknowns];

    /// <inheritdoc cref="Centre"/>
    public double[] Radius { get; } = new double[unknowns];

    /// <summary>
    /// All values of F over the box; after <see cref="Linearise"/> those of F(y) - A (y - centre).
    /// </summary>
    public Enclosure[] Values { get; } = new Enclosure[unknowns];

    /// <summary>A.</summary>
    public Enclosure[,] Jacobian { get; } = new Enclosure[unknowns, unknowns];

    /// <summary>How far the Jacobian can be from every member of A over the box.</summary>
    public double[,] Change { get; } = new double[unknowns, unknowns];

    /// <summary>
    /// Cuts away from a box what cannot hold a solution, by what the equation knows beside F; how it ended where
    /// nothing is left, else null.
    /// </summary>
    public virtual BoxEnd? Contract(Enclosure[] box) => null;

    /// <summary>
    /// Whether <see cref="Contract"/> does all that lines which bound F can do, those of <see cref="Linearise"/> as
    /// well.
    /// </summary>
    public virtual bool ContractsByLines => false;

    /// <summary>F over the box, by component.</summary>
    public abstract void Range();

    /// <summary>F(y) = value + A (y - centre) over the box of the last <see cref="Range"/>.</summary>
    public abstract void Linearise();

    /// <summary>Whether a box is within what the equation was made for.</summary>
    public virtual bool Allows(ReadOnlySpan<double> centre, ReadOnlySpan<double> radius) => true;
}
