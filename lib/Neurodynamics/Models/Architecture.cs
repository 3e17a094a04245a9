using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A kind of cell. A recipe names it, and it makes cells of that kind. Two are equal if their names and options are.
/// </summary>
/// <remarks>
/// Each of the library's cells declares its own architecture in its own file: name, title, options such as a leak, mark
/// and drawing. Nothing else lists them. For a cell of your own, use <see cref="Of"/> or derive from this.
/// </remarks>
[JsonConverter(typeof(ArchitectureConverter))]
public abstract partial record Architecture
{
    private static readonly ConcurrentDictionary<string, Architecture> Own = [];

    /// <param name="name">The name in recipes and files, such as "gru".</param>
    protected Architecture(string name) => Name = name;

    /// <summary>The name in recipes and files, such as "gru".</summary>
    public string Name { get; }

    /// <summary>The name in figures and tables, such as "GRU"; default <see cref="Name"/>.</summary>
    public virtual string Title => Name;

    /// <summary>One step, as an equation in plain text; null where nobody has written it down.</summary>
    public virtual string? Equation => null;

    /// <summary>Colour and symbol in figures that compare architectures; default black circles.</summary>
    public virtual Mark Mark => new(Hue.Ink, MarkShape.Circle);

    /// <summary>A drawing of one step, or null.</summary>
    public virtual Diagram? Diagram => null;

    /// <summary>
    /// Every architecture that a recipe can name: the library's, and those made with <see cref="Of"/>.
    /// </summary>
    public static IReadOnlyList<Architecture> All => [.. Kinds.All<Architecture>(kind => kind.Name), .. Own.Values];

    /// <summary>The architecture with this name, with its options at their defaults.</summary>
    /// <exception cref="ArgumentException">No architecture has that name.</exception>
    public static Architecture Named(string name) =>
        Kinds.Find<Architecture>(name, kind => kind.Name) ?? Own.GetValueOrDefault(name) ?? throw new ArgumentException(
            $"There is no architecture \"{name}\"; known are {string.Join(", ", All.Select(kind => kind.Name))}.",
            nameof(name));

    /// <summary>An architecture of your own, known by its name from now on in recipes and saved networks.</summary>
    /// <param name="name">
    /// A name that the library does not use. Your own name used again replaces the earlier architecture.
    /// </param>
    /// <param name="make">
    /// Makes a cell from I, N and the precision (training asks for Float32, the analysis for Float64).
    /// </param>
    /// <exception cref="ArgumentException">A type already has that name.</exception>
    public static Architecture Of(string name, Func<int, int, ScalarType, Cell> make)
    {
        if (Kinds.Find<Architecture>(name, kind => kind.Name) is not null)
            throw new ArgumentException(
                $"There is an architecture \"{name}\" already: choose another name.", nameof(name));
        return Own[name] = new OwnArchitecture(name, make);
    }

    /// <summary>A cell of this kind; the library's have all weights zero until <see cref="Cell.Initialise"/>.</summary>
    /// <param name="inputSize">I, the number of inputs; at least 1.</param>
    /// <param name="units">N, the number of hidden units; at least 1.</param>
    /// <param name="precision">Float32 or Float64; default Float32, as for training.</param>
    /// <exception cref="InvalidOperationException">
    /// Your own cell has other sizes than asked for.
    /// </exception>
    public Cell Create(int inputSize, int units, ScalarType precision = ScalarType.Float32)
    {
        var cell = Make(inputSize, units, precision);
        if (cell.InputSize != inputSize || cell.Units != units)
            throw new InvalidOperationException(
                $"A {Title} with {inputSize} inputs and {units} units was asked for, but its constructor made one with "
                + $"{cell.InputSize} and {cell.Units}.");
        cell.Architecture = this;
        return cell;
    }

    /// <summary>Makes the cell.</summary>
    /// <inheritdoc cref="Create"/>
    protected abstract Cell Make(int inputSize, int units, ScalarType precision);

    /// <summary><see cref="Title"/>.</summary>
    public sealed override string ToString() => Title;

    private sealed record OwnArchitecture : Architecture
    {
        private readonly Func<int, int, ScalarType, Cell> make;

        public OwnArchitecture(string name, Func<int, int, ScalarType, Cell> make) : base(name) => this.make = make;

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            make(inputSize, units, precision);

        // By name alone: running a notebook cell again makes a new delegate from the same text.
        public bool Equals(OwnArchitecture? other) => other?.Name == Name;

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
    }

    private sealed class ArchitectureConverter() : KindConverter<Architecture>("An architecture", nameAlone: true)
    {
        protected override string NameOf(Architecture kind) => kind.Name;

        protected override Architecture Named(string name) => Architecture.Named(name);
    }
}
