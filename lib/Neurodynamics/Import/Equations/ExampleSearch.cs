using System.Globalization;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Finds the equation whose whole trials are the source's.</summary>
internal sealed class ExampleSearch(ArrayFile file, Parts parts, CancellationToken cancellation)
{
    private bool isSpent;

    /// <summary>Different maps that are run over whole trials.</summary>
    private const int Finalists = 6;

    /// <summary>The error at most where the source computed in float64, as we do.</summary>
    private const double Exact = 1e-10;

    /// <summary>An equation whose error is less than so many times the least may be the right one as well.</summary>
    private const double Doubtful = 100;

    /// <summary>Maps nearer than this on random states are one, and its equations count once.</summary>
    private const double SameMap = 1e-7;

    private const double Tolerance = TrajectoryCheck.DefaultTolerance;

    /// <summary>A layer and how well it reproduces the trials.</summary>
    /// <param name="Layer">The layer.</param>
    /// <param name="Equation">Its equation, and its error over whole trials.</param>
    /// <param name="Trials">The trials as its cell takes them.</param>
    /// <param name="Notes">What was found out beside the equation, in sentences.</param>
    public sealed record Found(
        FoundLayer Layer, ExampleEquation Equation, SourceTrajectory Trials, IReadOnlyList<string> Notes);

    /// <summary>The best equation and what there is to say of it, or a refusal that names the nearest.</summary>
    public (Found Best, Example Example) Run(SourceTrajectory trials)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var found = All(trials, []);
        if (found.Count == 0 || !found[0].Equation.Fits)
            found = InOrder(
                found.Concat(All(trials.Turned(), ["The trials are taken to be time first, [T, B, ...]."])));
        if (found.Count == 0)
            throw file.Refusal(
                $"none of {ArrayFile.Listed(parts.Arrays.Select(array => $"{array.Name} {array.ShapeText}"))} fits "
                + $"trials of {trials.Inputs.GetLength(2)} inputs and {trials.States.GetLength(2)} state variables, "
                + "but recurrent weights of such a network were expected: check that the trials are of this network");
        var best = found[0];
        string untried = isSpent ? " (not every combination of so many arrays was tried)" : "";
        if (!best.Equation.Fits)
            throw file.Refusal(string.Create(CultureInfo.InvariantCulture,
                $"no equation reproduces the trials within {Tolerance:0e+0}; the nearest is {best.Equation}{untried}")
                + ": check that the trials are without noise and of this very network, name the arrays in "
                + $"{ImportOptions.NameOf(nameof(ImportOptions.Arrays))}, or write its step as a cell of your own");
        // How far off the best is says how the source rounds. States far below 1 are off by as much less.
        double scale = Math.Min(1, trials.States.Values().ToArray().Max(Math.Abs));
        double level = Math.Max(Doubtful * best.Equation.StepError, Exact * scale);
        var rivals = found.Skip(1).TakeWhile(one => one.Equation.Fits && one.Equation.StepError <= level).ToList();
        return (best, new(best.Equation, [.. rivals.Select(rival => rival.Equation)],
            rivals.Count == 0 ? null : Telling(best, rivals[0]),
            found.Skip(1 + rivals.Count).FirstOrDefault()?.Equation));
    }

    /// <summary>The maps that come nearest in single steps, by their error over whole trials.</summary>
    private List<Found> All(SourceTrajectory trials, IReadOnlyList<string> notes)
    {
        if (trials.Inputs.GetLength(1) < (trials.Start is null ? 2 : 1)) return [];
        // A given start says which axis is the trials'.
        if (trials.Start is { } start && start.GetLength(0) != trials.Inputs.GetLength(0)) return [];
        var moves = Moves.Of(trials);
        if (!moves.HaveInput) notes = [.. notes, "The trials have no input: what inputs do is not checked."];
        var steps = new List<Tensor>();
        var found = new List<Found>();
        foreach (var reading in EquationFamily.All.SelectMany(family => Readings(family, moves))
            .OrderBy(reading => reading.Error))
        {
            cancellation.ThrowIfCancellationRequested();
            using var cell = reading.Layer.Build(ScalarType.Float64);
            // In the source's order of states, so that maps compare.
            var (inputs, states) = Probes(moves, cell.StateSize);
            var step = reading.Layer.Ordered(cell.Step(inputs, reading.Layer.Ordered(states)));
            if (steps.Any(known => known.shape[1] == step.shape[1] && Moves.Distance(known, step) < SameMap)) continue;
            steps.Add(step);
            found.Add(InWhole(reading, cell, trials, notes));
            if (found.Count == Finalists) break;
        }
        return InOrder(found);
    }

    /// <summary>The best first: what reproduces the trials, and by how much.</summary>
    private static List<Found> InOrder(IEnumerable<Found> found) =>
        [.. found.OrderByDescending(one => one.Equation.Fits).ThenBy(one => one.Equation.StepError)];

    private IReadOnlyList<Reading> Readings(EquationFamily family, Moves moves)
    {
        cancellation.ThrowIfCancellationRequested();
        moves = moves with { Budget = new(cancellation) };
        IReadOnlyList<Reading> readings = [.. family.Readings(parts, moves)];
        isSpent |= moves.Budget.IsSpent;
        return readings;
    }

    /// <summary>A reading over whole trials, from where they begin.</summary>
    private Found InWhole(Reading reading, Cell cell, SourceTrajectory trials, IReadOnlyList<string> notes)
    {
        var layer = reading.Layer;
        trials = trials with
        {
            States = layer.Ordered(trials.States.ToTensor()).ToCube(),
            // Hidden units alone do not say where an LSTM's cells began: zero is tried.
            Start = trials.Start is { } given && given.GetLength(1) == cell.StateSize
                ? layer.Ordered(given.ToTensor()).ToMatrix() : null,
        };
        var (start, known) = Start(cell, trials, Math.Max(10 * reading.Error, Exact));
        if (start is not null)
        {
            trials = trials with { Start = start };
            if (known is not null)
            {
                bool one = IsOneRow(start);
                string of = one ? "" : " of every trial";
                notes = [.. notes, $"{known.Text} is the state before the first step{of}."];
                layer = layer with { Start = one ? start.Row(0) : null, Used = [.. layer.Used, .. known.From] };
            }
        }
        else
        {
            // Nothing says where the trials began: their first state is where the rest begins.
            notes =
            [
                .. notes, "The state before the first step is neither zero nor in an array: the trials are checked "
                + "from their first state on.",
            ];
            int steps = trials.Inputs.GetLength(1) - 1;
            trials = trials with
            {
                Inputs = trials.Inputs.ToTensor().narrow(1, 1, steps).ToCube(),
                States = trials.States.ToTensor().narrow(1, 1, steps).ToCube(),
                Outputs = trials.Outputs?.ToTensor().narrow(1, 1, steps).ToCube(),
                Start = trials.States.AtStep(0),
            };
        }
        using var network = new Network(cell);
        var check = TrajectoryCheck.Run(network, trials with { Outputs = null });
        double whole = check.States.Value;
        return new(layer, new(reading.Equation, whole, StepError(cell, trials) ?? whole), trials, notes);
    }

    /// <summary>How far off steps from the source's own states are at most; null where only part is known.</summary>
    private static double? StepError(Cell cell, SourceTrajectory trials)
    {
        var (states, steps) = (trials.States.ToTensor(), trials.States.GetLength(1));
        if (states.shape[2] != cell.StateSize) return null;
        var before = cat([trials.Start!.ToTensor().unsqueeze(1), states.narrow(1, 0, steps - 1)], 1);
        var after = cell.Step(trials.Inputs.ToTensor().flatten(0, 1), before.flatten(0, 1));
        return Moves.Distance(after, states.flatten(0, 1));
    }

    /// <summary>
    /// The states before the first step [B, S], and the array that holds them; null where none leads to the first
    /// states. Zeros are of no array.
    /// </summary>
    private (double[,]? Start, Part? From) Start(Cell cell, SourceTrajectory trials, double tolerance)
    {
        var (count, size) = (trials.Inputs.GetLength(0), trials.States.GetLength(2));
        Part[] all =
        [
            .. parts.Vectors(size, "x0"),
            .. parts.Arrays.Where(array => array.HasShape(count, size)).Select(Parts.Matrix),
        ];
        if (trials.Start is { } given)
            return (given, all.FirstOrDefault(part =>
                Moves.Distance(part.Values.expand(count, given.GetLength(1)), given.ToTensor()) < 1e-12));
        var inputs = trials.Inputs.ToTensor().select(1, 0);
        var first = trials.States.ToTensor().select(1, 0);
        foreach (var part in (Part?[])[null, .. all])
        {
            if (part is not null && size != cell.StateSize) continue;
            var start = part?.Values.expand(count, size)
                ?? zeros(count, cell.StateSize, dtype: ScalarType.Float64);
            var step = cell.Step(inputs, start.contiguous()).narrow(1, 0, size);
            if (Moves.Distance(step, first) <= tolerance) return (start.ToMatrix(), part);
        }
        return (null, null);
    }

    private static bool IsOneRow(double[,] rows) => Enumerable.Range(1, rows.GetLength(0) - 1)
        .All(i => rows.RowSpan(i).SequenceEqual(rows.RowSpan(0)));

    /// <summary>Random inputs and states as large as the trials' and half as large again.</summary>
    private static (Tensor Inputs, Tensor States) Probes(Moves moves, int stateSize)
    {
        using var generator = new Generator(1);
        Tensor Random(Tensor like, int columns) => randn([32, columns], dtype: ScalarType.Float64, generator: generator)
            .Times(1.5 * Math.Max(like.abs().max().item<double>(), 0.1));
        return (Random(moves.Inputs, moves.InputSize), Random(moves.Before, stateSize));
    }

    /// <summary>The trial that tells two maps apart, which the given ones do not.</summary>
    private static string Telling(Found one, Found two)
    {
        using var a = one.Layer.Build(ScalarType.Float64);
        using var b = two.Layer.Build(ScalarType.Float64);
        var states = one.Trials.States.ToTensor().flatten(0, 1);
        var quiet = zeros(1, a.InputSize, dtype: ScalarType.Float64);
        var tried = Enumerable.Range(0, a.InputSize).Select(k =>
        {
            var input = quiet.clone();
            input[0, k] = tensor(1.0);
            return ($"where input {k} is 1 and the others are 0", input, states);
        });
        using var generator = new Generator(1);
        double most = Math.Max(1, states.abs().max().item<double>());
        tried = tried.Concat(new[] { 1.0, 3 }.Select(by => (
            string.Create(CultureInfo.InvariantCulture,
                $"that begins in random states as far as {by * most:0.#} from zero, without input"), quiet,
            rand(64, states.shape[1], dtype: ScalarType.Float64, generator: generator)
                .Times(2).Plus(-1).Times(by * most))));
        foreach (var (text, input, from) in tried)
        {
            double apart = Moves.Distance(
                one.Layer.Ordered(a.Step(input, from)), two.Layer.Ordered(b.Step(input, from)));
            if (apart > 1e-3)
                return string.Create(CultureInfo.InvariantCulture,
                    $"A trial {text} would tell them apart: by {apart:0.0e+0} in one step.");
        }
        return "They differ only far from these trials.";
    }
}
