using System.Globalization;
using System.Text.Json.Serialization;
using Neurodynamics.Enclosures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A rate network: every unit goes a share a = dt/tau, its leak, of the way to where its input drives it. Currents and
/// rates are its two conventions (<see cref="Currents"/>, <see cref="Rates"/>); this is what they share.
/// </summary>
/// <remarks>
/// Parameters: weight_ih (B) [N, I], bias (b) [N]; W as weight_hh [N, N], or as m and n [N, R] where it is of low rank;
/// where there is one, the learned start [N]. Buffers: leak (a) [N], and under Dale's law sign [N].
/// </remarks>
public abstract class LeakyCell : Cell
{
    private protected LeakyCell(LeakyArchitecture options, int inputSize, int units, ScalarType precision)
        : base(options.Name, inputSize, units)
    {
        if (precision is not (ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException($"A cell is in Float32 or Float64, not {precision}.", nameof(precision));
        Demand.Room(units, (long)units + inputSize);
        (Architecture, Nonlinearity) = (options, options.Nonlinearity);
        Connectivity = options.Connect(units, precision);
        InputWeights = Register("weight_ih", units, inputSize);
        foreach (var (name, values) in Connectivity.Parameters) register_parameter(name, values);
        Bias = Register("bias", units);
        if (options.LearnedStart) LearnedStart = Register("start", units);
        Leak = tensor(options.Leaks(units)).to(precision);
        register_buffer("leak", Leak);
        if (Connectivity is Connectivity.Dale dale) register_buffer("sign", dale.Sign);

        Parameter Register(string name, params long[] shape)
        {
            var parameter = new Parameter(zeros(shape, dtype: precision));
            register_parameter(name, parameter);
            return parameter;
        }
    }

    /// <summary>A cell with weights written out, in float64.</summary>
    /// <param name="options">Currents or rates, f, leak and the rest, without a rank.</param>
    /// <param name="inputWeights">B [N, I].</param>
    /// <param name="recurrentWeights">
    /// W [N, N]. Under Dale's law each column has one sign, which becomes its unit's.
    /// </param>
    /// <param name="bias">b, N values; default zeros.</param>
    /// <param name="leak">a of every unit, N values in (0, 1]; default as the options say.</param>
    /// <param name="innerBias">c, the bias inside f, N values, of currents; default none.</param>
    /// <param name="start">The state before the first step, N values; default zeros.</param>
    /// <exception cref="ArgumentException">A shape, a leak or a sign does not fit.</exception>
    public static LeakyCell Create(LeakyArchitecture options, double[,] inputWeights, double[,] recurrentWeights,
        double[]? bias = null, double[]? leak = null, double[]? innerBias = null, double[]? start = null)
    {
        Demand.Given((options, inputWeights, recurrentWeights));
        if (options.Rank is { } rank)
            throw new ArgumentException(
                $"W is of rank {rank} by these options: use {nameof(CreateLowRank)} with m and n.", nameof(options));
        int units = recurrentWeights.GetLength(0);
        Demand.Shape(recurrentWeights, [units, units]);
        return Create(options, inputWeights, [recurrentWeights], bias, leak, innerBias, start);
    }

    /// <summary>A cell of low rank with weights written out, W = m n' / N, in float64.</summary>
    /// <param name="options">Currents or rates, f, leak and the rest; the rank is that of m and n.</param>
    /// <param name="inputWeights">B [N, I].</param>
    /// <param name="m">[N, R].</param>
    /// <param name="n">[N, R].</param>
    /// <param name="bias">b, N values; default zeros.</param>
    /// <param name="leak">a of every unit, N values in (0, 1]; default as the options say.</param>
    /// <param name="innerBias">c, the bias inside f, N values, of currents; default none.</param>
    /// <param name="start">The state before the first step, N values; default zeros.</param>
    /// <exception cref="ArgumentException">A shape or a leak does not fit.</exception>
    public static LeakyCell CreateLowRank(LeakyArchitecture options, double[,] inputWeights, double[,] m, double[,] n,
        double[]? bias = null, double[]? leak = null, double[]? innerBias = null, double[]? start = null)
    {
        Demand.Given((options, inputWeights, m, n));
        Demand.Shape(n, [m.GetLength(0), m.GetLength(1)]);
        return Create(
            options with { Rank = m.GetLength(1) }, inputWeights, [m, n], bias, leak, innerBias, start);
    }

    private static LeakyCell Create(LeakyArchitecture options, double[,] inputWeights, double[][,] recurrent,
        double[]? bias, double[]? leak, double[]? innerBias, double[]? start)
    {
        int units = recurrent[0].GetLength(0);
        Demand.Shape(inputWeights, [units, -1]);
        foreach (double[]? given in new[] { bias, leak, innerBias, start })
            if (given is not null) Demand.Shape(given, [units], "the values per unit");
        if (start is not null) options = options with { LearnedStart = true };
        if (innerBias is not null)
            options = options is Currents currents ? currents with { InnerBias = true } : throw new ArgumentException(
                "Rates have one bias, inside f: give it as bias.", nameof(innerBias));
        if (leak?.FirstOrDefault(a => a is not (> 0 and <= 1), 1) is { } odd and not 1)
            throw new ArgumentException($"A leak is a share of the way, in (0, 1], and not {odd}.", nameof(leak));
        var cell = (LeakyCell)options.Create(inputWeights.GetLength(1), units, ScalarType.Float64);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        cell.InputWeights.copy_(inputWeights.ToTensor());
        cell.Connectivity.Set(recurrent);
        if (bias is not null) cell.Bias.copy_(bias.ToTensor());
        if (leak is not null) cell.Leak.copy_(leak.ToTensor());
        if (innerBias is not null) ((CurrentsCell)cell).InnerBias!.copy_(innerBias.ToTensor());
        if (start is not null) cell.LearnedStart!.copy_(start.ToTensor());
        return cell;
    }

    /// <summary>f.</summary>
    public Nonlinearity Nonlinearity { get; }

    /// <summary>B, weight_ih [N, I].</summary>
    public Parameter InputWeights { get; }

    /// <summary>b, bias [N].</summary>
    public Parameter Bias { get; }

    /// <summary>The learned state before the first step, start [N]; null where it is zero.</summary>
    public Parameter? LearnedStart { get; }

    /// <summary>a = dt/tau of every unit, leak [N]. It is no parameter: training leaves it as it is.</summary>
    public Tensor Leak { get; }

    internal sealed override Tensor Leaks => Leak;

    /// <summary>W [N, N], whatever is stored of it.</summary>
    public double[,] RecurrentWeights()
    {
        Usage.Check();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Connectivity.Matrix().ToMatrix();
    }

    /// <summary>
    /// Whether the network has dynamics of a few dimensions: W is given as m and n, and all units have one leak.
    /// </summary>
    public bool IsReducible => Connectivity is Connectivity.LowRank && Leak.ToVector().Distinct().Count() == 1;

    /// <summary>
    /// What a network of rank R does in its own R dimensions: k' = (1 - a) k + a n' f(m k + B u + b + c) / N. From
    /// states x = m k + B u + b (currents), or from any (rates, k = n' r / N), the network moves as this does while its
    /// input stays the same; its fixed points are all there, with the same unstable modes (Mastrogiuseppe and Ostojic
    /// 2018).
    /// </summary>
    /// <returns>A cell of R units in float64, of the weights of this moment.</returns>
    /// <exception cref="InvalidOperationException">The network is not <see cref="IsReducible"/>.</exception>
    public ReducedCell Reduced()
    {
        using var work = Usage.Begin();
        if (!IsReducible)
            throw new InvalidOperationException($"{Title} has no dynamics of a few dimensions: they need W as m and n ("
                + $"{nameof(CreateLowRank)}), and one leak for all units.");
        var made = new ReducedCell((LeakyCell)As(Architecture!, ScalarType.Float64));
        MadeOf(this, made);
        return made;
    }

    private protected sealed override bool Silence(IEnumerable<int> units)
    {
        Connectivity.Silence(units);
        return true;
    }

    /// <summary>W, as it is stored and multiplied.</summary>
    internal Connectivity Connectivity { get; }

    /// <inheritdoc/>
    public sealed override bool IsThreadSafe => true;

    private protected sealed override ScalarType? Precision => InputWeights.dtype;

    /// <summary>
    /// Glorot's uniform initialisation of B and W; under Dale's law of its moduli; m and n from a standard normal
    /// distribution; the rest zero.
    /// </summary>
    /// <param name="seed">The same seed gives the same weights.</param>
    public sealed override void Initialise(long seed)
    {
        Usage.Check();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        Glorot.Fill(InputWeights, generator);
        Connectivity.Initialise(generator);
        Bias.zero_();
        LearnedStart?.zero_();
    }

    /// <inheritdoc/>
    public sealed override Tensor Step(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        return Advance(Drive(input), state, Connectivity.Product()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor Run(Tensor inputs, Tensor? start = null)
    {
        RequireRun(inputs, start);
        using var scope = NewDisposeScope();
        // The input's part of all steps in one product, and the weights once.
        var product = Connectivity.Product();
        return Unroll(Drive(inputs).unbind(1), start ?? Start(inputs), (drive, state) => Advance(drive, state, product))
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override EnclosedStep? Enclosed(WeightsAre weights = WeightsAre.Exact)
    {
        Demand.Known(weights, nameof(weights));
        using var work = Usage.Begin();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        if (Nonlinearity.Enclosed(Enclosure.Line) is not { Value: var range }) return null;
        var (inputs, bias) = (InputWeights.Enclosed(weights), Bias.EnclosedVector(weights));
        var (from, onto) = Connectivity.Enclosed(weights);
        return EnclosedBy(new(from, onto, u => inputs * u + bias, Leak.EnclosedVector(weights),
            !double.IsFinite(range.Modulus) ? null
                : from(EnclosedVector.Constant([.. Enumerable.Repeat(range, Units)])).Values), weights);
    }

    /// <inheritdoc/>
    public sealed override Tensor StateJacobian(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var jacobian = StateJacobianAt(Drive(input), state);
        jacobian.diagonal(0, 1, 2).add_(Scalars.OneMinus(Leak), Scalars.One);
        return jacobian.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor InputJacobian(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return InputJacobianAt(Drive(input), state).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor Correction(Tensor input, Tensor state, Tensor residual)
    {
        Require(input, state);
        RequireLike(residual, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return (CorrectionAt(Drive(input), state, residual / Leak) ?? base.Correction(input, state, residual))
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override double[]? InvariantBox(double[] input)
    {
        Demand.Shape(input, [InputSize]);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return InputWeights.dtype == ScalarType.Float64
            ? BoxUnder(Drive(input.ToTensor().unsqueeze(0)).squeeze(0).abs())
            : InDouble().InvariantBox(input);
    }

    /// <inheritdoc/>
    internal sealed override double[]? BoxUnder(double[] reach)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return BoxUnder(InputWeights.abs().mv(reach.ToTensor()).Plus(Bias.abs()));
    }

    /// <inheritdoc/>
    protected internal sealed override Tensor Start(Tensor inputs) =>
        LearnedStart is null ? base.Start(inputs) : LearnedStart.expand(inputs.shape[0], Units);

    /// <summary>The state of units that settle on a sum W f + B u + b [B, N].</summary>
    internal abstract Tensor StateOf(Tensor sum);

    /// <summary>The rates of states [B, N], which units send each other.</summary>
    internal abstract Tensor RatesOf(Tensor states);

    /// <summary>f' where units settle on a sum [B, N].</summary>
    internal abstract Tensor SlopeOf(Tensor sum);

    /// <summary>B u + b.</summary>
    internal Tensor Drive(Tensor input) => nn.functional.linear(input, InputWeights, Bias);

    private protected abstract Tensor Advance(Tensor drive, Tensor state, Func<Tensor, Tensor> product);

    /// <summary>What the step over enclosures is made of.</summary>
    /// <param name="From">From rates z to the values between, such as n' z / N.</param>
    /// <param name="Onto">From the values between to W z.</param>
    /// <param name="Drive">From the input to B u + b.</param>
    /// <param name="Leak">a.</param>
    /// <param name="Box">A box of the values between; null where f grows without bound.</param>
    private protected sealed record Parts(Func<EnclosedVector, EnclosedVector> From,
        Func<EnclosedVector, EnclosedVector> Onto, Func<EnclosedVector, EnclosedVector> Drive, EnclosedVector Leak,
        IReadOnlyList<Enclosure>? Box)
    {
        /// <summary>(1 - a) x + a y.</summary>
        public EnclosedVector Mix(EnclosedVector x, EnclosedVector y) => (1 - Leak) * x + Leak * y;
    }

    /// <summary>The step over enclosures.</summary>
    private protected abstract EnclosedStep EnclosedBy(Parts parts, WeightsAre weights);

    /// <summary>f over enclosures.</summary>
    private protected EnclosedVector Rates(EnclosedVector arguments) =>
        arguments.Map(x => Nonlinearity.Enclosed(x)!.Value);

    /// <summary>dF/dx without its diagonal 1 - a; a tensor of its own.</summary>
    private protected abstract Tensor StateJacobianAt(Tensor drive, Tensor state);

    private protected abstract Tensor InputJacobianAt(Tensor drive, Tensor state);

    /// <summary>Newton's correction from the residual over a, where it needs no matrix of N by N; else null.</summary>
    private protected abstract Tensor? CorrectionAt(Tensor drive, Tensor state, Tensor residual);

    /// <summary>The invariant box where |B u + b| is at most this [N].</summary>
    private protected abstract double[]? BoxUnder(Tensor drive);

    /// <summary>Where f is bounded: every box that holds this one is invariant too, as one with the start.</summary>
    private protected double[] BoundedBox(Tensor box) =>
        (LearnedStart is null ? box : maximum(box, LearnedStart.abs())).ToVector();

    /// <summary>
    /// Where f grows without bound: y at least |W| y + outside, and at least the start, which one step maps into
    /// itself; null where feedback is too strong for one.
    /// </summary>
    private protected double[]? LinearBox(Tensor outside)
    {
        using var identity = eye(Units, dtype: ScalarType.Float64);
        var moduli = Connectivity.ModuliTimes(identity).t();
        var least = LearnedStart is null ? outside : outside.Plus(LearnedStart.abs());
        // A little more, since it is found only up to rounding.
        var box = linalg.solve_ex(moduli.FromIdentity(),
            least.Plus(least.amax().Times(1e-9)).Plus(1e-12).unsqueeze(-1)).result.squeeze(-1);
        bool holds = box.isfinite().all().item<bool>() && box.Above(0).all().item<bool>()
            && (moduli.mv(box).Plus(least).Times(1 + 1e-12) <= box).all().item<bool>();
        return holds ? box.ToVector() : null;
    }
}

/// <summary>The options of a rate network, the same in both conventions.</summary>
public abstract record LeakyArchitecture : Architecture
{
    private protected LeakyArchitecture(string name) : base(name) { }

    /// <summary>f; default tanh.</summary>
    public Nonlinearity Nonlinearity
    {
        get;
        init => field = Demand.Some(value, nameof(Nonlinearity));
    } = Nonlinearity.Tanh;

    /// <summary>a = dt/tau, in (0, 1]; default 1, a plain RNN.</summary>
    public double Leak { get; init => field = Share(value, nameof(Leak)); } = 1;

    /// <summary>
    /// a of the last unit, in (0, 1]: the units between have geometric steps from <see cref="Leak"/> to it, and so time
    /// constants of their own. Default null, one leak for all.
    /// </summary>
    public double? LastLeak { get; init => field = value is { } leak ? Share(leak, nameof(LastLeak)) : null; }

    /// <summary>R, the rank of W = m n' / N; default null, every weight by itself.</summary>
    public int? Rank
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Rank), value, "A rank is at least 1.");
    }

    /// <summary>
    /// How far n leans on m before training, n = overlap m + noise of its own: about the largest eigenvalues of the
    /// first W. Default 0, where W's eigenvalues are near 0 and little is kept from step to step; 1 keeps R numbers.
    /// Only with a rank.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Overlap
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(Overlap), value, "An overlap is a finite number.");
    }

    /// <summary>
    /// Dale's law with this share of inhibitory units, in [0, 1]; default null, weights of any sign.
    /// </summary>
    public double? Inhibitory
    {
        get;
        init => field = value is null or (>= 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Inhibitory), value, "A share lies in [0, 1].");
    }

    /// <summary>Whether the state before the first step is learned; default false, zero.</summary>
    public bool LearnedStart { get; init; }

    /// <inheritdoc/>
    public override string Title =>
        $"{char.ToUpperInvariant(Name[0])}{Name[1..]} {F}"
        + (Rank is { } rank ? $", rank {rank}" : "") + (Inhibitory is null ? "" : ", Dale")
        + (LearnedStart ? ", learned start" : "") + (LastLeak is null ? "" : ", own leaks");

    /// <summary>What the options add to the equation.</summary>
    private protected string Particulars => string.Create(CultureInfo.InvariantCulture,
        $"a = {Leak}{(LastLeak is { } last ? $" to {last}" : "")}")
        + (Rank is { } rank ? $", W = m n' / N of rank {rank}" : "")
        + (Inhibitory is null ? "" : ", each column of W of one sign")
        + (LearnedStart ? ", learned start" : "");

    /// <summary>f as a drawing names it.</summary>
    private protected string F => Nonlinearity == Nonlinearity.Relu ? "ReLU" : Nonlinearity.Name;

    /// <summary>What both drawings share: the state along the top, and the leak.</summary>
    private protected static Diagram Drawing(string title, string state) => new Diagram(title, 50)
        .Frame(11, 6, 88, 47)
        .Arrow((5, 40), (33.7, 40)).Arrow((38.3, 40), (69.7, 40)).Arrow((74.3, 40), (95, 40))
        .Operation(36, 40, "×", $"(1 − a) {state}<sub>t−1</sub>: what is kept")
        .Operation(72, 18, "×", "a times the drive: what is new")
        .Operation(72, 40, "+", $"{state}<sub>t</sub> = (1 − a) {state}<sub>t−1</sub> + a (…)")
        .Arrow((72, 20.3), (72, 37.7))
        .Label(36, 44, "1 − a", hue: Hue.Vermillion).Label(73.2, 14.2, "a", DiagramAnchor.Left, Hue.Vermillion)
        .Label(4, 40, $"{state}<sub>t−1</sub>", DiagramAnchor.Right)
        .Label(96, 40, $"{state}<sub>t</sub>", DiagramAnchor.Left);

    /// <summary>a of each of N units.</summary>
    internal double[] Leaks(int units) => [.. Enumerable.Range(0, units).Select(i =>
        LastLeak is { } last && units > 1 ? Leak * Math.Pow(last / Leak, i / (units - 1.0)) : Leak)];

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    internal Connectivity Connect(int units, ScalarType precision) => (Rank, Inhibitory) switch
    {
        (not null, not null) => throw new ArgumentException(
            $"A rank ({Rank}) and Dale's law ({nameof(Inhibitory)} {Inhibitory}) cannot both decide the weights: "
            + "leave one of them out."),
        (null, _) when Overlap != 0 => throw new ArgumentException(
            $"{nameof(Overlap)} is {Overlap}, but without a rank there are no m and n to overlap: give "
            + $"{nameof(Rank)}."),
        ({ } rank, _) => rank <= units ? new Connectivity.LowRank(units, rank, precision, Overlap)
            : throw new ArgumentException($"A rank is at most the number of units, {units}, but is {rank}."),
        (_, { } share) => new Connectivity.Dale(units, share, precision),
        _ => new Connectivity.Full(units, precision),
    };

    private static double Share(double value, string name) => value is > 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is a share of the way, in (0, 1].");
}
