namespace Neurodynamics.Import;

/// <summary>One way to read a file's arrays as a recurrent layer, and how well it predicts single steps.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Equation">Its equation, with what each letter is made of.</param>
/// <param name="Error">How far a step is off at most, relative to max(1, |state|).</param>
internal sealed record Reading(FoundLayer Layer, string Equation, double Error);

/// <summary>
/// A family of equations that arrays and trials are tried on. Each is one file of this folder; nothing else lists them.
/// </summary>
internal abstract class EquationFamily
{
    /// <summary>The readings whose shapes fit; only those that come nearest to the trials need to be given.</summary>
    /// <param name="parts">The arrays.</param>
    /// <param name="moves">Steps of the source.</param>
    public abstract IEnumerable<Reading> Readings(Parts parts, Moves moves);

    internal static IReadOnlyList<EquationFamily> All => Kinds.All<EquationFamily>(family => family.GetType().Name);
}
