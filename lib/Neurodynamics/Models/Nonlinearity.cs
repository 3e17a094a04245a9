using System.Text.Json.Serialization;
using Neurodynamics.Enclosures;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// The function f of a rate network, from a unit's current to its rate. Two are equal if their names are. One of your
/// own is a record that derives from this; every leaky cell takes it.
/// </summary>
/// <remarks>
/// What an f of your own says of itself is not checked: searches and modes rest on <see cref="Slope"/>, boxes on
/// <see cref="Bound"/> and <see cref="Offset"/>, certificates and proofs on <see cref="Enclosed"/>. Without
/// <see cref="Enclosed"/> nothing is certified: points are at best verified numerically.
/// </remarks>
[JsonConverter(typeof(NonlinearityConverter))]
public abstract record Nonlinearity
{
    /// <param name="name">The name in recipes, equations and figures, such as "tanh".</param>
    protected Nonlinearity(string name) => Name = name;

    /// <summary>The name in recipes, equations and figures, such as "tanh".</summary>
    public string Name { get; }

    /// <summary>tanh, from -1 to 1.</summary>
    public static Nonlinearity Tanh { get; } = new TanhKind();

    /// <summary>
    /// max(x, 0). Its slope jumps at 0: a fixed point is certified only where no unit's current changes its sign in
    /// the ball that the proof needs.
    /// </summary>
    public static Nonlinearity Relu { get; } = new ReluKind();

    /// <summary>
    /// ln(1 + e^x). PyTorch takes x itself above 20; the two differ by at most 2.1e-9, and this one stays smooth.
    /// </summary>
    public static Nonlinearity Softplus { get; } = new SoftplusKind();

    /// <summary>The logistic function 1 / (1 + e^-x), from 0 to 1.</summary>
    public static Nonlinearity Logistic { get; } = new LogisticKind();

    /// <summary>max(x, x / 100), PyTorch's leaky ReLU.</summary>
    public static Nonlinearity LeakyRelu { get; } = new LeakyReluKind();

    /// <summary>max(tanh x, 0), from 0 to 1.</summary>
    public static Nonlinearity RectifiedTanh { get; } = new RectifiedTanhKind();

    /// <summary>Every nonlinearity that a recipe can name.</summary>
    public static IReadOnlyList<Nonlinearity> All => Kinds.All<Nonlinearity>(kind => kind.Name);

    /// <summary>The nonlinearity of this name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Nonlinearity Named(string name) =>
        Kinds.Find<Nonlinearity>(name, kind => kind.Name) ?? throw new ArgumentException(
            $"There is no nonlinearity \"{name}\"; known are {string.Join(", ", All.Select(kind => kind.Name))}.",
            nameof(name));

    /// <summary>The colour of networks with it in figures that compare architectures; default black.</summary>
    [JsonIgnore]
    public virtual Hue Hue => Hue.Ink;

    /// <summary>f at every value, of any shape.</summary>
    protected internal abstract Tensor Of(Tensor x);

    /// <summary>f' at every value, of the same shape; at a kink either side's.</summary>
    protected internal abstract Tensor Slope(Tensor x);

    /// <summary>
    /// All values of f between two numbers, and all slopes, rounded outwards; null, the default, where nobody has said:
    /// then nothing is proven of a network by intervals.
    /// </summary>
    /// <param name="x">All numbers between the two.</param>
    protected internal virtual (Enclosure Value, Enclosure Slope)? Enclosed(Enclosure x) => null;

    /// <summary>The most that |f| can be; infinite, the default, where nothing bounds it.</summary>
    [JsonIgnore]
    public virtual double Bound => double.PositiveInfinity;

    /// <summary>
    /// A number such that |f(x)| is at most it plus |x|; default |f(0)|, which is one where no slope is above 1 in
    /// modulus. It counts where there is no <see cref="Bound"/>.
    /// </summary>
    [JsonIgnore]
    public virtual double Offset
    {
        get
        {
            using var scope = NewDisposeScope();
            return Math.Abs(Of(zeros(1, dtype: ScalarType.Float64)).item<double>());
        }
    }

    /// <summary><see cref="Name"/>.</summary>
    public sealed override string ToString() => Name;

    private sealed record TanhKind() : Nonlinearity("tanh")
    {
        public override Hue Hue => Hue.Green;

        public override double Bound => 1;

        protected internal override Tensor Of(Tensor x) => tanh(x);

        protected internal override Tensor Slope(Tensor x) => RecurrentCell.TanhSlope(tanh(x));

        protected internal override (Enclosure Value, Enclosure Slope)? Enclosed(Enclosure x) =>
            (Enclosure.Tanh(x), Enclosure.TanhSlope(x));
    }

    private sealed record ReluKind() : Nonlinearity("relu")
    {
        public override Hue Hue => Hue.Vermillion;

        protected internal override Tensor Of(Tensor x) => nn.functional.relu(x);

        protected internal override Tensor Slope(Tensor x) => x.Above(0).to(x.dtype);

        protected internal override (Enclosure Value, Enclosure Slope)? Enclosed(Enclosure x) =>
            (x.AtLeast(0), x.Steps(0, 1));
    }

    private sealed record LeakyReluKind() : Nonlinearity("leaky-relu")
    {
        private const double Below0 = 0.01;

        public override Hue Hue => Hue.Vermillion;

        protected internal override Tensor Of(Tensor x) => maximum(x, x.Times(Below0));

        protected internal override Tensor Slope(Tensor x) => x.Above(0).to(x.dtype).AtLeast(Below0);

        protected internal override (Enclosure Value, Enclosure Slope)? Enclosed(Enclosure x) =>
            (new(Math.Max(x.Low, (Below0 * (Enclosure)x.Low).Low), Math.Max(x.High, (Below0 * (Enclosure)x.High).High)),
                x.Steps(Below0, 1));
    }

    private sealed record RectifiedTanhKind() : Nonlinearity("rectified-tanh")
    {
        public override Hue Hue => Hue.Green;

        public override double Bound => 1;

        protected internal override Tensor Of(Tensor x) => nn.functional.relu(tanh(x));

        protected internal override Tensor Slope(Tensor x) => x.Above(0).to(x.dtype) * Tanh.Slope(x);

        protected internal override (Enclosure Value, Enclosure Slope)? Enclosed(Enclosure x) =>
            (Enclosure.Tanh(x).AtLeast(0), Enclosure.TanhSlope(x.AtLeast(0)) * x.Steps(0, 1));
    }

    private sealed record SoftplusKind() : Nonlinearity("softplus")
    {
        public override Hue Hue => Hue.Blue;

        protected internal override Tensor Of(Tensor x) => logaddexp(x, zeros_like(x));

        protected internal override Tensor Slope(Tensor x) => sigmoid(x);

        protected internal override (Enclosure Value, Enclosure Slope)? Enclosed(Enclosure x) =>
            (Enclosure.Softplus(x), Enclosure.SoftplusSlope(x));
    }

    private sealed record LogisticKind() : Nonlinearity("logistic")
    {
        public override Hue Hue => Hue.Purple;

        public override double Bound => 1;

        protected internal override Tensor Of(Tensor x) => sigmoid(x);

        protected internal override Tensor Slope(Tensor x) => RecurrentCell.Slope(sigmoid(x));

        protected internal override (Enclosure Value, Enclosure Slope)? Enclosed(Enclosure x) =>
            (Enclosure.Logistic(x), Enclosure.LogisticSlope(x));
    }

    private sealed class NonlinearityConverter() : KindConverter<Nonlinearity>("A nonlinearity", nameAlone: true)
    {
        protected override string NameOf(Nonlinearity kind) => kind.Name;

        protected override Nonlinearity Named(string name) => Nonlinearity.Named(name);
    }
}
