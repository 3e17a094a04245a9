using System.Numerics;
using System.Reflection;
using System.Text.Json;
using Neurodynamics.Analysis;
using Neurodynamics.Enclosures;
using Neurodynamics.Export;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Neurodynamics.Sweeps;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Tests;

/// <summary>
/// An argument of every type that the public interface takes, all of one small world: one network, its trials and its
/// fixed points. What another world holds has other shapes, and so is a wrong argument in this one.
/// </summary>
internal sealed class ArgumentSamples
{
    private const int Period = 2, Axis = 4;
    private readonly int units, channels, trials, steps;
    private readonly string folder;
    private readonly Lazy<FixedPointSolution> solution;
    private readonly Lazy<FixedPointSet> set;
    private readonly Lazy<IReadOnlyList<Linearisation>> lines;
    private readonly Lazy<TrainedNetwork> trained;
    private readonly Lazy<SweepRow> row;

    /// <param name="units">N; the cell is a GRU, so S as well.</param>
    /// <param name="channels">I and K.</param>
    /// <param name="trials">B.</param>
    /// <param name="steps">T.</param>
    /// <param name="folder">Where the files of this world are.</param>
    public ArgumentSamples(int units, int channels, int trials, int steps, string folder)
    {
        (this.units, this.channels, this.trials, this.steps, this.folder) = (units, channels, trials, steps, folder);
        Directory.CreateDirectory(folder);
        solution = new(() => new NewtonSolver().Solve(new(Cell(), new double[channels], States())));
        set = new(() => Search().Run(Cell(), States()));
        lines = new(() => Linearisation.Of(Cell(), set.Value.Points));
        trained = new(() => Trainer.Train(Recipe()));
        row = new(() => Plan().Measure.Of(trained.Value));
        NetworkExport.SaveSafetensors(Network(), Weights);
        File.WriteAllText(PlanFile, JsonSerializer.Serialize(
            new { Base = Recipe(), Seeds = 1, Measure = Measurement(), Cells = new[] { new { Name = "all" } } },
            Json.Options));
        File.WriteAllText(System.IO.Path.Combine(folder, "plan.jsonl"), "");
        new NetworkStore(folder).Save("net", trained.Value);
        set.Value.Save(System.IO.Path.Combine(folder, "set.json"));
        ShapeErrors.Save(System.IO.Path.Combine(folder, "errors.jsonl"), []);
        new Prover().Run(LowRank()).Save(System.IO.Path.Combine(folder, "proof.json"), LowRank());
    }

    private string Weights => System.IO.Path.Combine(folder, "weights.safetensors");

    private string PlanFile => System.IO.Path.Combine(folder, "plan.json");

    private int Moments => trials * steps;

    /// <summary>A good argument; the name says which of several meanings a plain type has.</summary>
    public object? Of(Type type, string name, MemberInfo at) => (type.Name, name.ToLowerInvariant()) switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } value => Of(value, name, at),
        _ when type == typeof(int) => Number(name, at),
        _ when type == typeof(long) => 1L,
        _ when type == typeof(double) && at.Name.EndsWith("Period") => 9.0,
        _ when type == typeof(double) => name.StartsWith("Beta") ? 0.9 : 0.5,
        _ when type == typeof(bool) => false,
        (_, "path") when type == typeof(string) => at.DeclaringType!.Name switch
        {
            nameof(SweepPlan) => PlanFile,
            nameof(SweepRows) => System.IO.Path.Combine(folder, "plan.jsonl"),
            nameof(FixedPointSet) => System.IO.Path.Combine(folder, "set.json"),
            nameof(ShapeErrors) => System.IO.Path.Combine(folder, "errors.jsonl"),
            nameof(ProofCheck) => System.IO.Path.Combine(folder, "proof.json"),
            nameof(CompletenessProof) => System.IO.Path.Combine(folder, "written.json"),
            nameof(PointFile) => System.IO.Path.Combine(folder, "points.npz"),
            _ => Weights,
        },
        (_, "folder") when type == typeof(string) => folder,
        (_, "line") when type == typeof(string) => row.Value.ToLine(),
        (_, "name") when type == typeof(string) => at.DeclaringType!.Name switch
        {
            nameof(Architecture) => at.Name == nameof(Architecture.Of) ? "own" : "gru",
            nameof(Nonlinearity) => "tanh",
            nameof(ArrayFile) => "rnn.weight_hh_l0",
            nameof(Sweep) => "plan",
            nameof(RecipeList) => "flipflop3-gru",
            _ => "net",
        },
        (_, "unfinished") when type == typeof(string) => System.IO.Path.Combine(folder, "unfinished"),
        (_, "inputs") when type == typeof(string) => "inputs",
        (_, "steps") when type == typeof(IReadOnlyList<int>) => (int[])[1, 2],
        (_, "columns") => (string[])["found", "clouds"],
        (_, "gates") when type == typeof(string) => "rzn",
        (_, "frozen") when type == typeof(string) => "readout.bias",
        _ when type == typeof(string) => name,
        (_, "input") when type == typeof(double[]) => new double[channels],
        // Of as many dimensions as the points.
        (_, "reduced") when at.DeclaringType == typeof(PointFile) => LeakyCell.CreateLowRank(new Currents(),
            new double[units, channels], new double[units, units], new double[units, units]).Reduced(),
        // Only currents have one.
        (_, "innerbias") => null,
        _ when type == typeof(double[]) => Values(Length(name, at), i => 0.1 * (i + 1)),
        _ when type == typeof(int[]) => Values(name is "First" or "End" ? trials : Moments, i => i % 2),
        _ when type == typeof(int?[]) => new int?[] { 1, null },
        _ when type == typeof(double[,]) => Matrix(name, at),
        _ when type == typeof(double[,,]) => Cube(name),
        _ when type == typeof(double[][]) => (double[][])[[1, -1, 1], [-1, 1, 1], [1, 1, -1], [0, 0, 0], [1, 1, 1]],
        _ when type == typeof(string[]) => (string[])["all"],
        _ when type == typeof(bool[]) => (bool[])[true, false],
        _ when type == typeof(Spot[]) => (Spot[])[(0, 0), (1, 1)],
        _ when type == typeof(Pace[]) => (Pace[])[new(0.5, 0.125)],
        _ when type == typeof(Complex[]) => Values(units, i => new Complex(i == 0 ? 1 : 0, 0)),
        _ when type == typeof(Ending[]) => solution.Value.Endings,
        (_, "input") when type == typeof(Tensor) => Random(States().GetLength(0), channels),
        (_, "inputs") when type == typeof(Tensor) => Random(trials, steps, channels),
        (_, "state") when type == typeof(Tensor) && at.DeclaringType == typeof(ReducedCell) =>
            Random(States().GetLength(0), 1),
        (_, "radius") when type == typeof(Tensor) => ones(States().GetLength(0), dtype: ScalarType.Float64),
        (_, "noise") when type == typeof(Tensor) => Random(trials, steps, units),
        (_, "start") when type == typeof(Tensor) => Random(trials, units),
        _ when type == typeof(Tensor) => Random(States().GetLength(0), units),
        _ when type == typeof(CancellationToken) => CancellationToken.None,
        _ when type == typeof(ScalarType) => ScalarType.Float64,
        _ when type.IsEnum => Enum.GetValues(type).GetValue(0),
        _ when type == typeof(Index) => (Index)0,
        _ when type == typeof(Range) => Range.All,
        _ when type == typeof(Enclosure) => new Enclosure(0.25, 0.5),
        _ when type == typeof(Enclosure[]) => Values(units, i => new Enclosure(0.1 * i, 0.1 * i + 0.05)),
        _ when type == typeof(TimeSpan) => TimeSpan.Zero,
        _ when type == typeof(Complex) => new Complex(0.5, 0),
        _ when type == typeof(JsonElement) => JsonDocument.Parse("{}").RootElement,
        _ when typeof(Delegate).IsAssignableFrom(type) => Function(type),
        _ when type == typeof(Cell) && (at.DeclaringType == typeof(PhaseLine) || name == "reduced") =>
            LowRank().Reduced(),
        _ when type == typeof(Cell) && at.DeclaringType?.Namespace == typeof(Prover).Namespace => LowRank(),
        (_, "input") when type == typeof(EnclosedVector) => EnclosedVector.Constant(new double[channels]),
        _ when type.IsGenericType && Listed(type, name, at) is { } list => list,
        _ when type == typeof(ContextDecision.Condition) => new ContextDecision.Condition(0, 0.1, -0.2),
        _ when type == typeof(DelayedMatch.Condition) => new DelayedMatch.Condition(true, false, 12),
        _ when type == typeof(Network) && at.DeclaringType == typeof(Psychometric) =>
            Neurodynamics.Models.Network.Create(Architecture.Gru, 4, units, 1, seed: 1),
        _ when type == typeof(StatePoint) && at.DeclaringType == typeof(StatePoints) =>
            new FixedPoint([0.5], new double[channels], 0, 1),
        _ => Thing(type),
    };

    /// <summary>An object of one of the library's types.</summary>
    public object? Thing(Type type) => type.Name switch
    {
        nameof(Cell) or nameof(RecurrentCell) => Cell(),
        nameof(IteratedCell) => new IteratedCell(Cell(), Period),
        nameof(LayeredCell) => new LayeredCell(Cell()),
        nameof(CurrentsCell) => new CurrentsCell(new(), channels, units, ScalarType.Float64),
        nameof(LeakyCell) => LowRank(),
        nameof(ReducedCell) => LowRank().Reduced(),
        nameof(RatesCell) => new RatesCell(new(), channels, units, ScalarType.Float64),
        nameof(LeakyArchitecture) => new Rates(),
        nameof(Nonlinearity) => Nonlinearity.Tanh,
        nameof(Gru) or nameof(GruAsPrinted) or nameof(GruResetBefore) or nameof(VanillaRnn) =>
            Activator.CreateInstance(type, channels, units, ScalarType.Float64),
        nameof(Lstm) or nameof(LstmAsPrinted) =>
            Activator.CreateInstance(type, channels, units / 2, ScalarType.Float64),
        nameof(Network) => Network(),
        nameof(Linear) => Readout(),
        nameof(Architecture) => Architecture.Gru,
        nameof(Diagram) => new Diagram("title", 10),
        nameof(TrialTask) or nameof(ChannelTask) or nameof(FlipFlop) => Task(),
        nameof(Integration) => new Integration { Channels = channels },
        nameof(Trials) => Trials(),
        nameof(TargetPlace) => new TargetPlace(0, 0, 0),
        nameof(Epoch) => Epoch.Alike("delay", 0, 1, trials),
        nameof(Recipe) => Recipe(),
        nameof(TrainingOptions) => Recipe().Training,
        nameof(TrainedNetwork) => trained.Value,
        nameof(RecipeList) => Shipped.Recipes,
        nameof(TrainingRecord) => trained.Value.Record,
        nameof(NetworkStore) => new NetworkStore(folder),
        nameof(SweepMeasurement) => Measurement(),
        nameof(SweepPlan) => Plan(),
        nameof(SweepRows) => new SweepRows(Plan(), folder),
        nameof(SweepRow) => row.Value,
        nameof(SweepCell) => Plan().Cells[0],
        nameof(SweepGroup) => new SweepGroup(Plan().Cells[0], [row.Value]),
        nameof(Sweep) => new Sweep(Plan(), [new(Plan().Cells[0], [row.Value])]),
        nameof(SweepCloud) => SweepCloud.Candidates,
        nameof(FixedPointSolver) or nameof(NewtonSolver) => new NewtonSolver(),
        nameof(GradientDescent) => new GradientDescent { MaxSteps = 3 },
        nameof(FixedPointSearch) => Search(),
        nameof(FixedPointProblem) => solution.Value.Problem,
        nameof(FixedPointSolution) => solution.Value,
        nameof(FixedPointSet) => set.Value,
        nameof(StatePoint) or nameof(FixedPoint) => set.Value.Points[0],
        nameof(Certificate) => set.Value.Points[0].Certificate,
        nameof(Reachability) => set.Value.Points[0].Reachability,
        nameof(Completeness) => set.Value.Completeness,
        nameof(UnseenShare) => UnseenShare.Of(Cell(), set.Value, Nets.Cloud(9, units, 1, seed: 3)),
        nameof(Branch) => new Branch([BranchPoint(0), BranchPoint(1)],
            [new(BifurcationKind.Fold, 0.5, set.Value.Points[0], 0, 1)], BranchEnding.ReachedEnd),
        nameof(Goal) => Goal.At(set.Value.Points[0], 0.1),
        nameof(ConstantInput) => new ConstantInput(Cell()),
        nameof(Linearisation) => lines.Value[0],
        nameof(Mode) => lines.Value[0].Modes[0],
        nameof(PulseResponses) => PulseResponses.Of(Cell(), lines.Value, [new double[channels]], 1, 0.01, 5),
        nameof(TransitionGraph) => TransitionGraph.Of(Cell(), lines.Value, maxSteps: 20),
        nameof(Evidence) => Evidence.Of(Network(), Trials()),
        nameof(Pca) => Pca.Fit(States(), 2),
        nameof(CloudShape) => CloudShape.Of(States()),
        nameof(DecisionGrid) => DecisionGrid.Fit([[1, -1, 1], [-1, 1, 1], [1, 1, -1], [0, 0, 0], [1, 1, 1]],
            Nets.Cloud(5, 3, 1, 1)),
        nameof(ChannelAxes) => new ChannelAxes(States().Row(0), [States().Row(1), States().Row(2)], 1),
        nameof(PairedCount) => new PairedCount(10, 8, 0),
        nameof(ShapeErrors) => ShapeErrors.Of("blob", ShapeKind.None, 8, [ShapeKind.None]),
        nameof(AxesByStep) => new AxesByStep(1, 1, new(1, 1), new(1, 1), [], 1),
        nameof(AcceptedEnds) => AcceptedEnds.Of(solution.Value, lines.Value, tolerance: 1),
        nameof(DescentEnds) => DescentEnds.Of(solution.Value, Network()),
        nameof(LocalLinear) => new LocalLinear(Cell(), lines.Value),
        nameof(PhasePlane) => new PhasePlane(Cell(), new double[channels], [-1, -0.3, 0.3, 1],
            new double[Axis, Axis], new double[Axis, Axis]),
        nameof(Portrait) => new Portrait("name", Network(), Network().Run(Trials().Inputs), set.Value,
            lines.Value),
        nameof(TrialSteps) => TrialSteps.Sample(Cell(), Trials().Inputs, States().GetLength(0), 1),
        nameof(ArrayFile) => ArrayFile.Read(Weights),
        nameof(FileFormat) => ArrayFile.Read(Weights).Format,
        nameof(OpenFile) => new OpenFile(Weights),
        nameof(ImportedNetwork) => NetworkFile.Load(Weights),
        nameof(LayerLayout) => LayerLayout.All[0],
        nameof(LayerSource) => Layer(),
        nameof(FoundLayer) => Layer().Layer(),
        nameof(FoundReadout) => Layer().Readout(Layer().Layer()),
        nameof(SourceArray) => new SourceArray("a", "float64", [2, 2], [1, 2, 3, 4]),
        nameof(SourceTrajectory) => new SourceTrajectory(Trials().Inputs, Network().Run(Trials().Inputs)),
        nameof(TrajectoryCheck) => new TrajectoryCheck(new(0, 0, 0, 0), null, 1e-5),
        nameof(FileContent) => new FileContent([], []),
        nameof(Proportion) => new Proportion(1, 2),
        nameof(ImportOptions) => new ImportOptions(),
        nameof(Continuation) => new Continuation { MaxSteps = 5 },
        nameof(CertifiedIndex) => CertifiedIndex.Of(Cell(), set.Value.Points)[0],
        nameof(Disc) => new Disc(new Complex(0.5, 0), 0.1),
        nameof(EnclosedMatrix) => new EnclosedMatrix(Nets.Cloud(units, units, 1, 1)),
        nameof(EnclosedVector) => EnclosedVector.Variables(Values(units, i => new Enclosure(0.1 * i, 0.1 * i + 0.05))),
        nameof(FixedPointEquation) => new FixedPointEquation("y = y", null, y => y, y => y),
        nameof(EnclosedStep) => Cell().Enclosed(),
        nameof(CompletenessProof) => new Prover().Run(LowRank()),
        nameof(ProvenPoint) => new Prover().Run(LowRank()).Points[0],
        nameof(ProvenContinuum) => new Prover().Run(HalfLine()).Continua[0],
        nameof(ProvenState) => new Prover().Run(HalfLine()).Continua[0].Corners[0],
        nameof(ProofBox) => new Prover().Run(LowRank()).Boxes[0],
        nameof(Standing) => Standing.Of(LowRank(), new FixedPointSearch().Run(LowRank(), States())),
        nameof(ProofCheck) => ProofCheck.Of(System.IO.Path.Combine(folder, "proof.json"), LowRank()),
        nameof(ProofComparison) => new Prover().Run(LowRank()).Compare(set.Value),
        _ => Made(type),
    };

    /// <summary>By the first constructor, from good arguments; null where there is none.</summary>
    private object? Made(Type type) => !type.IsAbstract && type.GetConstructors() is [var first, ..]
        ? first.Invoke([.. first.GetParameters().Select(one => Of(one.ParameterType, one.Name!, first))])
        : null;

    /// <summary>
    /// Weights with which every unit by itself has the fixed points of x = tanh(2 x): two attractors, and 0 between.
    /// </summary>
    private RecurrentCell Cell()
    {
        double[,] recurrent = new double[3 * units, units], input = new double[3 * units, channels];
        for (int i = 0; i < units; i++) (recurrent[2 * units + i, i], input[2 * units + i, 0]) = (4, 0.5);
        return RecurrentCell.Create(Architecture.Gru, input, recurrent);
    }

    private LeakyCell LowRank() => LeakyCell.CreateLowRank(new Currents(), new double[units, channels],
        Nets.Cloud(units, 1, 1, seed: 1), Nets.Cloud(units, 1, 1, seed: 2));

    /// <summary>x = relu(x) in every unit.</summary>
    private LeakyCell HalfLine()
    {
        double[,] ones = Values(units, _ => new[] { 1.0 }).ToMatrix(1);
        return LeakyCell.CreateLowRank(
            new Currents { Nonlinearity = Nonlinearity.Relu }, new double[units, channels], ones, ones);
    }

    private Linear Readout()
    {
        var readout = nn.Linear(units, channels, dtype: ScalarType.Float64);
        using var frozen = no_grad();
        readout.weight.fill_(1);
        readout.bias!.zero_();
        return readout;
    }

    public Network Network(bool withReadout = true) => new(Cell(), withReadout ? Readout() : null);

    private FlipFlop Task() => new() { Channels = channels, PulseAtStart = true };

    private Trials Trials() => Task().Sample(trials, steps, 1);

    private Recipe Recipe() => new()
    {
        Architecture = Architecture.Gru,
        Units = units,
        Task = Task(),
        Training = new() { Updates = 1, BatchSize = 2, Steps = steps, EvaluateEvery = 1 },
    };

    private static SweepMeasurement Measurement() => new()
    {
        Trials = 3,
        DescentCandidates = 4,
        DescentSteps = 3,
        Candidates = 4,
        HoldSteps = 3,
        EarlySteps = 1,
    };

    private SweepPlan Plan() => SweepPlan.Load(PlanFile);

    private static FixedPointSearch Search() => new() { MaxRounds = 1, RoundSize = 4 };

    private LayerSource Layer() => LayerLayout.All.SelectMany(layout => layout.Find(ArrayFile.Read(Weights), new()))
        .First();

    private BranchPoint BranchPoint(double position) => new(position, set.Value.Points[0], 1, 0);

    /// <summary>A state beside each fixed point [3^N, S].</summary>
    private double[,] States()
    {
        double[,] states = new double[(int)Math.Pow(3, units), units];
        for (int i = 0; i < states.GetLength(0); i++)
            for (int j = 0, digits = i; j < units; j++, digits /= 3) states[i, j] = 0.9 * (digits % 3 - 1) + 0.01 * j;
        return states;
    }

    private static T[] Values<T>(int count, Func<int, T> value) => [.. Enumerable.Range(0, count).Select(value)];

    private static Tensor Random(params long[] shape)
    {
        using var generator = new Generator(1);
        return rand(shape, dtype: ScalarType.Float64, generator: generator);
    }

    private int Number(string name, MemberInfo at) => name switch
    {
        "trial" or "channel" or "column" or "candidate" or "at" or "First" or "After" or "layer" => 0,
        "Rank" => 1,
        "stateSize" => units,
        "period" => Period,
        "units" => units,
        "inputSize" or "channels" or "Channels" => channels,
        "EarlySteps" or "lag" or "step" or "hold" or "UnstableModes" => 1,
        "trials" or "Trials" => trials,
        "Steps" => steps,
        "steps" when at.DeclaringType == typeof(DelayedMatch) => 60,
        "steps" when at.DeclaringType == typeof(ContextDecision) || at.DeclaringType == typeof(Psychometric) => 20,
        "steps" when at.DeclaringType == typeof(InvariantCurve) || at.DeclaringType == typeof(RunEnds) => 12,
        "input" => 0,
        "multipliers" => 1,
        "row" or "first" => 0,
        "count" when at.DeclaringType == typeof(EnclosedVector) => 1,
        "count" when at.DeclaringType == typeof(Epoch) => trials,
        "maxParts" => 1000,
        "resolution" => 6,
        _ => 3,
    };

    private int Length(string name, MemberInfo at) => (at.DeclaringType!.Name, name) switch
    {
        (_, "input" or "Input" or "to") => channels,
        (_, "inputBias" or "recurrentBias") => 3 * units,
        (_, "along") => States().GetLength(0),
        (_, "quantity") => States().GetLength(0),
        (_, "value" or "by" or "a" or "b" or "Sum" or "Logit") => Moments,
        (_, "direction") => 2,
        (nameof(Rotation), _) => 2,
        (_, "Axis") => Axis,
        (nameof(FixedPointSolution), _) => States().GetLength(0),
        (nameof(SourceArray), _) => 4,
        _ => units,
    };

    private double[,] Matrix(string name, MemberInfo at) => (at.DeclaringType!.Name, name) switch
    {
        (nameof(IteratedCell), "drive") => new double[Period, channels],
        (nameof(ReducedCell), "k") => new double[States().GetLength(0), 1],
        (_, "inputs" or "Inputs") => new double[States().GetLength(0), channels],
        (nameof(LeakyCell), "inputWeights") => new double[units, channels],
        (nameof(LeakyCell), "recurrentWeights") => new double[units, units],
        (nameof(LeakyCell), "m" or "n") => new double[units, 1],
        (_, "inputWeights") => new double[3 * units, channels],
        (_, "recurrentWeights") => new double[3 * units, units],
        (nameof(TargetedAxes), "variables") => new[,] { { 1.0 }, { 2 }, { 4 } },
        (nameof(TargetedAxes), _) => new double[1, units],
        (_, "StateJacobian") => new double[units, units],
        (_, "InputJacobian") => new double[units, channels],
        (_, "Norms") => new double[2, trials],
        (_, "Components") => new double[2, units],
        (_, "Start") => new double[trials, units],
        (nameof(PhasePlane) or nameof(TaylorRegion), not "starts") => new double[Axis, Axis],
        (nameof(DecisionGrid), "places") when at is MethodInfo { } method
            && method.GetParameters()[0].ParameterType == typeof(double[][]) => Nets.Cloud(5, 3, 1, 1),
        (nameof(Evidence), _) => new double[Moments, units],
        (nameof(UnseenShare), _) => Nets.Cloud(9, units, 1, seed: 3),
        (nameof(Rotation), _) => Nets.Cloud(9, 2, 1, seed: 4),
        _ => States(),
    };

    private double[,,] Cube(string name) => name.ToLowerInvariant() switch
    {
        "inputs" => Trials().Inputs,
        "targets" => Trials().Targets,
        "weights" => Trials().Weights,
        "readout" or "outputs" => Network().Readouts(Trials().Inputs),
        _ => Network().Run(Trials().Inputs),
    };

    private object? Listed(Type type, string name, MemberInfo at)
    {
        var item = type.GetGenericArguments()[0];
        if (type.GetGenericTypeDefinition() == typeof(IProgress<>)) return null;
        if (type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()));
        object?[] items = item switch
        {
            _ when item == typeof(int) => name switch { "steps" => [0, 1, 2], "units" => [0], _ => [1, 2] },
            _ when item == typeof(double) => [0.1, 0.5],
            _ when item == typeof(double[]) => [new double[name is "places" or "States" ? units : channels]],
            _ when item.IsAssignableFrom(typeof(FixedPoint)) && item != typeof(object) => [.. set.Value.Points],
            _ when item == typeof(Linearisation) => [.. lines.Value],
            _ when item == typeof(Certificate) => [.. set.Value.Points.Select(point => point.Certificate)],
            _ when item == typeof(Mode) => [.. lines.Value[0].Modes],
            _ when item == typeof(SourceArray) && at.DeclaringType == typeof(FileContent) => [],
            _ => [Of(item, name, at)],
        };
        var array = Array.CreateInstance(item, items.Length);
        for (int i = 0; i < items.Length; i++) array.SetValue(items[i], i);
        return array;
    }

    private Delegate Function(Type type) => type switch
    {
        _ when type == typeof(Func<TargetPlace, bool>) => (Func<TargetPlace, bool>)(_ => true),
        _ when type == typeof(Func<SweepRow, double>) => (Func<SweepRow, double>)(_ => 1),
        _ when type == typeof(Func<SweepRow, bool>) => (Func<SweepRow, bool>)(row => row.Updates > 0),
        _ when type == typeof(Func<int, bool>) => (Func<int, bool>)(_ => true),
        _ when type == typeof(Func<int, int, ScalarType, Cell>) => (Func<int, int, ScalarType, Cell>)(
            (inputs, size, precision) => new Gru(inputs, size, precision)),
        _ when type == typeof(Func<Tensor, Tensor, Tensor>) => (Func<Tensor, Tensor, Tensor>)(
            (_, states) => states.tanh()),
        _ when type == typeof(Func<long, double[,]>) => (Func<long, double[,]>)(
            seed => Nets.Cloud(9, units, 1, seed)),
        _ when type == typeof(Func<double[]>) => (Func<double[]>)(() => [1, 2, 3, 4]),
        _ when type == typeof(Func<OpenFile, double[]>) => (Func<OpenFile, double[]>)(_ => [1, 2, 3, 4]),
        _ when type == typeof(Action<string>) => (Action<string>)(_ => { }),
        _ when type == typeof(Func<EnclosedVector, EnclosedVector>) => (Func<EnclosedVector, EnclosedVector>)(
            x => x.Tanh()),
        _ when type == typeof(Func<EnclosedVector, EnclosedVector, EnclosedVector>) =>
            (Func<EnclosedVector, EnclosedVector, EnclosedVector>)((_, x) => x.Tanh()),
        _ when type == typeof(Func<EnclosedVector, FixedPointEquation>) =>
            (Func<EnclosedVector, FixedPointEquation>)(_ => new("x = tanh(x)", null, x => x.Tanh(), x => x)),
        _ when type == typeof(Func<Enclosure, (Enclosure, Enclosure)>) =>
            (Func<Enclosure, (Enclosure, Enclosure)>)(x => (x, 1)),
        _ => (Action<DescentSnapshot>)(_ => { }),
    };
}
