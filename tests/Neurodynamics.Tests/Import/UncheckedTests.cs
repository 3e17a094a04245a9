using System.Reflection;
using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Import;

/// <summary>Row 26: what was assumed of a cell's form is said everywhere until a trajectory has checked it.</summary>
public sealed class UncheckedTests
{
    private const string Assumed = "tanh, no leak", Said = "form not checked (tanh, no leak)";

    /// <summary>A reference network, whose form its file does not say, and its own trials.</summary>
    private static readonly string Gru = Reference.Network("gru_flipflop3.npz");

    private static ImportedNetwork Leaky() => NetworkFile.Load(Field("c02_leaky.pt"));

    private static string Field(string file) =>
        Path.Combine(Reference.Root, "tests", "Neurodynamics.Tests", "FieldCases", file);

    /// <summary>What a tanh network without a leak does with the same weights, in plain numbers.</summary>
    private static SourceTrajectory Plain(double scale = 1, int steps = 40)
    {
        var file = ArrayFile.Read(Field("c02_leaky.pt"));
        double[] Values(string part) => file.Arrays.First(array => array.Name.Contains(part)).Values;
        var (w, u, b, c) = (Values("weight_hh"), Values("weight_ih"), Values("bias_ih"), Values("bias_hh"));
        int units = b.Length, inputs = u.Length / units;
        var random = new Random(1);
        var (given, states) = (new double[3, steps, inputs], new double[3, steps, units]);
        for (int trial = 0; trial < 3; trial++)
        {
            double[] state = new double[units];
            for (int step = 0; step < steps; step++)
            {
                for (int i = 0; i < inputs; i++) given[trial, step, i] = scale * (random.NextDouble() - 0.5);
                state = [.. Enumerable.Range(0, units).Select(n => Math.Tanh(b[n] + c[n]
                    + Enumerable.Range(0, units).Sum(m => w[n * units + m] * state[m])
                    + Enumerable.Range(0, inputs).Sum(i => u[n * inputs + i] * given[trial, step, i])))];
                for (int n = 0; n < units; n++) states[trial, step, n] = state[n];
            }
        }
        return new(given, states);
    }

    private static FixedPointSet Search(Cell cell) => new FixedPointSearch { MaxRounds = 2 }.Run(
        cell, Candidates.FromTrials(cell, Plain().Inputs, 10, seed: 1));

    [Fact]
    public void A_search_says_it_until_a_trajectory_is_reproduced()
    {
        using var folder = new TemporaryFolder();
        var imported = Leaky();
        Assert.Equal(Assumed, imported.Cell.Unchecked);
        var found = Search(imported.Cell);
        var (lines, copy) = (Linearisation.Of(imported.Cell, found.Points), imported.Cell.InDouble());
        var whole = Completeness.Of(imported.Cell, found.Points);
        string saved = Path.Combine(folder.Path, "before.json");
        found.Save(saved);
        Assert.NotEmpty(found.Points);
        RequireSaid(Assumed);

        // Its own trials, which have a leak.
        Assert.False(imported.Check(SourceTrajectory.Load(Field("c02_traj.npz"))).Reproduced);
        RequireSaid(Assumed);

        Assert.True(imported.Check(Plain()).Reproduced);
        RequireSaid(null);
        Assert.Null(imported.Network.InDouble().Cell.Unchecked);
        Assert.DoesNotContain("form", Search(imported.Cell).ToString());

        // What was saved before keeps what was known then; what is saved now says nothing of it.
        var loaded = FixedPointSet.Load(saved);
        Assert.Contains(Said, loaded.ToString());
        Assert.Equal(Assumed, loaded.Points[0].Certificate!.Unchecked);
        found.Save(saved);
        Assert.DoesNotContain("nchecked", File.ReadAllText(saved));
        Assert.Equal(found.Completeness, FixedPointSet.Load(saved).Completeness);
        Assert.Equal(found.Points[0].Certificate, FixedPointSet.Load(saved).Points[0].Certificate);

        void RequireSaid(string? assumed)
        {
            Assert.Equal(assumed, imported.Cell.Unchecked);
            Assert.Equal(assumed, copy.Unchecked);
            Assert.Equal(assumed, found.Unchecked);
            Assert.Equal(assumed, whole.Unchecked);
            Assert.All(lines, line => Assert.Equal(assumed, line.Unchecked));
            Assert.All(found.Points, point => Assert.Equal(assumed, point.Certificate!.Unchecked));
            int times = assumed is null ? 0 : 1;
            Assert.Equal(times, found.ToString().Split(Said).Length - 1);
            Assert.Equal(times, whole.Message.Split(Said).Length - 1);
        }
    }

    [Fact]
    public void What_is_found_where_nothing_is_says_it_too()
    {
        var cell = Leaky().Cell;
        Assert.Contains(Said, new FixedPointSearch().Run(cell, new double[0, cell.StateSize]).ToString());
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Contains(Said, new FixedPointSearch().Run(
            cell, new double[1, cell.StateSize], cancellation: stop.Token).ToString());
    }

    /// <summary>Near 0 all forms are alike, and a large tolerance takes any for any other.</summary>
    [Theory]
    [InlineData(1e-3, 2, TrajectoryCheck.DefaultTolerance, true)]
    [InlineData(1, 1, TrajectoryCheck.DefaultTolerance, true)]
    [InlineData(1, 40, 10, true)]
    [InlineData(1, 40, TrajectoryCheck.DefaultTolerance, false)]
    public void A_trajectory_that_cannot_tell_leaves_it_open(double scale, int steps, double tolerance, bool isOpen)
    {
        var imported = Leaky();
        Assert.True(imported.Check(Plain(scale, steps), tolerance).Reproduced);
        Assert.Equal(isOpen ? Assumed : null, imported.Cell.Unchecked);
    }

    [Fact]
    public void A_form_that_the_file_or_the_reader_says_is_known()
    {
        var gru = NetworkFile.Load(Gru);
        Assert.Equal("PyTorch's GRU", gru.Cell.Unchecked);
        Assert.True(gru.Check(SourceTrajectory.Load(Gru, "sample_traj_inputs", "sample_traj_states")).Reproduced);
        Assert.Null(gru.Cell.Unchecked);
        Assert.Null(NetworkFile.Load(Gru, new() { Architecture = Architecture.Gru }).Cell.Unchecked);
        Assert.Null(NetworkFile.Load(Reference.Network("lstm_flipflop3.npz")).Cell.Unchecked);
        Assert.Null(Architecture.Gru.Create(1, 2).InDouble().Unchecked);
    }

    private static readonly Dictionary<string, Func<Cell, Cell>> Ways = new()
    {
        ["InDouble"] = cell => cell.InDouble(),
        ["As"] = cell => cell.As(cell.Architecture!),
        ["IteratedCell"] = cell => new IteratedCell(cell, 2),
        ["LayeredCell"] = cell => new LayeredCell(cell, Other(cell, cell.Units)),
        ["LayeredCell, above"] = cell => new LayeredCell(Other(cell, cell.InputSize), cell),
        ["layer"] = cell => cell is LayeredCell layered ? layered.Layers.First(one => one.Unchecked is not null) : cell,
        ["Network.InDouble"] = cell => new Network(cell).InDouble().Cell,
        ["Network.As"] = cell => new Network(cell).As(cell.Architecture!).Cell,
        ["FixedPointProblem"] = cell =>
            new FixedPointProblem(cell, new double[cell.InputSize], new double[1, cell.StateSize]).Cell,
        ["ConstantInput"] = cell => new ConstantInput(cell).Cell,
        ["own cell"] = cell => new Own(cell),
        ["Reduced"] = cell => cell is LeakyCell leaky ? leaky.Reduced() : cell,
        ["Without"] = cell => cell is LeakyCell or RecurrentCell ? cell.Without([0]) : cell,
        ["Network.Without"] = cell =>
            cell is LeakyCell or RecurrentCell ? new Network(cell).Without([0]).Cell : cell,
    };

    /// <summary>A cell beside the other, in its precision.</summary>
    private static Cell Other(Cell cell, int inputs) => Architecture.Vanilla.Create(
        inputs, inputs, cell.parameters().FirstOrDefault()?.dtype ?? ScalarType.Float64);

    /// <summary>A reader's cell around another.</summary>
    private sealed class Own : Cell
    {
        private readonly Cell inner;

        public Own(Cell inner) : base("own", inner.InputSize, inner.Units, inner.StateSize)
        {
            this.inner = inner;
            register_module("inner", inner);
        }

        public override Tensor Step(Tensor input, Tensor state) => inner.Step(input, state);

        public override Cell InDouble() => inner.InDouble() is var exact && exact == inner ? this : new Own(exact);
    }

    /// <summary>Whatever is made of a cell, and of that, says what it says: before a check and after it.</summary>
    [Fact]
    public void Copies_and_cells_that_are_made_of_it_say_what_the_cell_says() =>
        Gen.Select(Gen.Int[0, Ways.Count - 1].Array[1, 5], Gen.Int[0, 4]).Sample((chosen, kind) =>
        {
            var cell = kind switch
            {
                0 => NetworkFile.Load(Field("c02_leaky.pt")).Cell,
                1 => Architecture.Gru.Create(2, 3),
                2 => new Stacked { Layer = Architecture.Vanilla }.Create(2, 3),
                3 => new Currents { Rank = 1 }.Create(2, 3),
                _ => Architecture.Lstm.Create(2, 3, ScalarType.Float64),
            };
            cell.Unchecked = Assumed;
            var made = new List<Cell> { cell };
            // What has no architecture cannot be asked for another.
            foreach (string way in chosen.Select(i => Ways.Keys.ElementAt(i)))
                if (made[^1].Architecture is not null || !way.EndsWith("As", StringComparison.Ordinal))
                    made.Add(Ways[way](made[^1]));
            Assert.All(made, one => Assert.Equal(Assumed, one.Unchecked));
            cell.Unchecked = null;
            Assert.All(made, one => Assert.Null(one.Unchecked));
        }, iter: 300);

    /// <summary>
    /// Every public member that makes a cell or a network of another is a way of the property above, so that a new one
    /// is not forgotten.
    /// </summary>
    [Fact]
    public void The_ways_are_all_there_are()
    {
        var members = typeof(Cell).Assembly.GetExportedTypes().SelectMany(type => type
            .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .OfType<MethodBase>()
            .Where(member => Gives(member) && (IsCell(type) && member is MethodInfo { IsStatic: false }
                || member.GetParameters().Any(one => IsCell(one.ParameterType)))))
            .Select(member => $"{member.DeclaringType!.Name}.{member.Name}").Distinct()
            .Order(StringComparer.Ordinal);
        Assert.Equal(["Cell.As", "Cell.InDouble", "Cell.Without", "IteratedCell..ctor", "IteratedCell.InDouble",
            "LayeredCell..ctor", "LayeredCell.InDouble", "LayeredCell.get_Layers", "LeakyCell.Reduced",
            "Network..ctor", "Network.As", "Network.InDouble", "Network.Without", "Network.get_Cell"], members);

        static bool Gives(MethodBase member) =>
            IsCell(member is MethodInfo method ? method.ReturnType : member.DeclaringType!);

        static bool IsCell(Type type) => typeof(Cell).IsAssignableFrom(type) || type == typeof(Network)
            || type.GetGenericArguments() is [var item] && IsCell(item);
    }

    [Fact]
    public void Other_equations_have_a_form_of_their_own_that_a_check_of_the_first_leaves_open()
    {
        var imported = NetworkFile.Load(Gru);
        var other = imported.Cell.As(Architecture.GruResetBefore);
        Assert.Equal(Architecture.GruResetBefore.Title, other.Unchecked);
        imported.Check(SourceTrajectory.Load(Gru, "sample_traj_inputs", "sample_traj_states"));
        Assert.Equal((null, Architecture.GruResetBefore.Title), (imported.Cell.Unchecked, other.Unchecked));
        Assert.Null(imported.Cell.As(Architecture.GruResetBefore).Unchecked);
    }

    [Fact]
    public void A_copy_that_is_made_anew_because_the_weights_have_changed_says_it_too()
    {
        var cell = NetworkFile.Load(Gru).Cell;
        var before = cell.InDouble();
        using (no_grad()) cell.parameters().First().add_(1);
        var after = cell.InDouble();
        Assert.NotSame(before, after);
        Assert.Equal(cell.Unchecked, after.Unchecked);
        Assert.NotNull(after.Unchecked);
    }
}
