using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>
/// GRUs and LSTMs: in one kernel or several, gates in any order, with the reset gate before or after the product, and
/// an update gate that keeps the state or lets go of it.
/// </summary>
internal sealed class GatedFamily : EquationFamily
{
    private const int Kept = 12;

    /// <summary>A kind of cell, how many of its gates there are, and what code changes about it.</summary>
    /// <param name="Architecture">The cell.</param>
    /// <param name="Gates">Its gates in the library's order.</param>
    /// <param name="States">S over N.</param>
    /// <param name="Changes">What may be done to one gate: its sign turned, or 1 added to its bias.</param>
    private sealed record Kind(Architecture Architecture, string Gates, int States, params Change[] Changes)
    {
        /// <summary>What may stand in the states: all of them in either order, or the hidden units alone.</summary>
        public IEnumerable<(int Units, bool CellFirst)> Forms(Moves moves)
        {
            if (moves.StateSize % States == 0) yield return (moves.StateSize / States, false);
            if (States == 1) yield break;
            if (moves.StateSize % States == 0) yield return (moves.StateSize / States, true);
            if (moves.Trials is not null) yield return (moves.StateSize, false);
        }
    }

    /// <summary>A change of the rows of one gate.</summary>
    private sealed record Change(char Gate, double Factor, double Added, string Text);

    private static readonly Change None = new(' ', 1, 0, "");

    private static readonly Change[] OfUpdate =
    [
        None, new('z', -1, 0, ", update gate as the share of the new: h' = (1 - z) h + z n"),
        new('z', 1, 1, ", 1 added to z's argument"),
        new('z', -1, -1, ", 1 added to z's argument, update gate as the share of the new: h' = (1 - z) h + z n"),
    ];

    private static readonly Kind[] Kinds =
    [
        new(Architecture.Gru, "rzn", 1, OfUpdate),
        new(Architecture.GruResetBefore, "rzn", 1, OfUpdate),
        new(Architecture.Lstm, "ifgo", 2, None, new('f', 1, 1, ", 1 added to f's argument")),
    ];

    /// <summary>Weights of all gates, a block of N rows for each, in the order of the file.</summary>
    private sealed record Stack(Part Inputs, Part Units, Part? InputBias, Part? UnitBias)
    {
        public IReadOnlyList<SourceArray> From => [.. new[] { Inputs, Units, InputBias, UnitBias }.OfType<Part>()
            .SelectMany(part => part.From).Distinct()];
    }

    public override IEnumerable<Reading> Readings(Parts parts, Moves moves)
    {
        var found = new List<Reading>();
        foreach (var kind in Kinds)
            foreach (var (units, cellFirst) in kind.Forms(moves))
                foreach (var stack in Stacks(parts, kind.Gates.Length, units, moves.InputSize))
                    foreach (string gates in Orders(kind.Gates))
                        foreach (var change in kind.Changes)
                            if (moves.Budget.Take(5 * Math.Max(1, units * units / 2500)))
                                found.Add(Tried(kind, stack, units, gates, change, cellFirst, moves));
        return found.OrderBy(reading => reading.Error).Take(Kept);
    }

    private static Reading Tried(
        Kind kind, Stack stack, int units, string gates, Change change, bool cellFirst, Moves moves)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor[] each = [stack.Inputs.Values, stack.Units.Values, Bias(stack.InputBias), Bias(stack.UnitBias)];
        var blocks = each.Select((rows, i) => InOrder(rows, i == 2 ? change.Added : 0)).ToArray();
        string[] names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
        var layer = new FoundLayer(kind.Architecture, moves.InputSize, units,
            names.Zip(blocks, (name, rows) => (name, rows.flatten().ToVector())).ToDictionary(), stack.From)
        {
            CellFirst = cellFirst,
        };
        using var cell = layer.Build(ScalarType.Float64);
        double error = units == moves.StateSize && kind.States > 1 ? OfHidden(cell, moves.Trials!)
            : moves.Error(layer.Ordered(cell.Step(moves.Inputs, layer.Ordered(moves.Before))));
        return new(layer, Equation(kind, stack, gates, change, cellFirst), error);

        Tensor Bias(Part? bias) => bias?.Values ?? zeros(units * kind.Gates.Length, dtype: ScalarType.Float64);

        Tensor InOrder(Tensor rows, double added)
        {
            var given = rows.split(units, 0);
            return cat([.. kind.Gates.Select(gate => given[gates.IndexOf(gate)] is var block && gate == change.Gate
                ? block.Times(change.Factor).Plus(added) : block)], 0);
        }
    }

    /// <summary>How far hidden units are off in the first steps of trials that begin at zero.</summary>
    private static double OfHidden(Cell cell, SourceTrajectory trials)
    {
        int steps = Math.Min(12, trials.Inputs.GetLength(1));
        var ours = cell.Run(trials.Inputs.ToTensor().narrow(1, 0, steps)).narrow(2, 0, cell.Units);
        var theirs = trials.States.ToTensor().narrow(1, 0, steps);
        return (ours - theirs).abs().max().item<double>();
    }

    /// <summary>All ways in which arrays make G blocks of input weights, of recurrent weights, and of biases.</summary>
    private static IEnumerable<Stack> Stacks(Parts parts, int gates, int units, int inputs)
    {
        int rows = gates * units;
        Part[] biases = [.. Joined(parts, rows, gates)];
        foreach (var (byInputs, byUnits) in Pairs(parts, rows, units, inputs)
            .OrderByDescending(pair => pair.Inputs.Alikeness + pair.Units.Alikeness))
        {
            yield return new(byInputs, byUnits, null, null);
            foreach (var bias in biases) yield return new(byInputs, byUnits, bias, null);
            foreach (var one in biases)
                foreach (var two in biases.Where(two => !two.Shares(one)))
                    yield return new(byInputs, byUnits, one, two);
            // Keras: [2, G N], the inputs' and the units'.
            foreach (var both in parts.Arrays.Where(array => array.HasShape(2, rows)).Select(Parts.Matrix))
                yield return new(byInputs, byUnits, both with { Values = both.Values[0] },
                    both with { Values = both.Values[1] });
        }
    }

    /// <summary>Input and recurrent weights, from one kernel or two.</summary>
    private static IEnumerable<(Part Inputs, Part Units)> Pairs(Parts parts, int rows, int units, int inputs)
    {
        foreach (bool turned in new[] { false, true })
        {
            foreach (var kernel in Below(parts, rows, inputs + units, units, turned))
            {
                yield return (Columns(kernel, 0, inputs, "[u, h] "), Columns(kernel, inputs, units, "[u, h] "));
                yield return (Columns(kernel, units, inputs, "[h, u] "), Columns(kernel, 0, units, "[h, u] "));
            }
            Part[] recurrent = [.. Below(parts, rows, units, units, turned)];
            foreach (var byInputs in Below(parts, rows, inputs, units, turned))
                foreach (var byUnits in recurrent)
                    if (!byUnits.Shares(byInputs)) yield return (byInputs, byUnits);
        }

        static Part Columns(Part kernel, int first, int count, string order) => kernel with
        {
            Text = order + kernel.Text,
            Values = kernel.Values.narrow(1, first, count).contiguous(),
        };
    }

    /// <summary>
    /// Matrices [G N, columns] from one array, or from several below each other in the order of their names.
    /// </summary>
    private static IEnumerable<Part> Below(Parts parts, int rows, int columns, int units, bool turned)
    {
        Part[] all = [.. parts.Arrays.Where(array => array.Shape.Count == 2
                && array.Shape[turned ? 0 : 1] == columns && array.Shape[turned ? 1 : 0] % units == 0)
            .OrderBy(array => array.Name, StringComparer.Ordinal).Select(Parts.Matrix)
            .Select(part => turned ? Parts.Turned(part) : part)];
        return Chosen(all, rows).Select(Stacked);
    }

    /// <summary>Vectors of G N values, from one array or several.</summary>
    private static IEnumerable<Part> Joined(Parts parts, int rows, int gates)
    {
        int units = rows / gates;
        Part[] all = [.. Enumerable.Range(1, gates).SelectMany(count => parts.Vectors(count * units))
            .OrderBy(part => part.Text, StringComparer.Ordinal)];
        return Chosen(all, rows).Select(Stacked).OrderByDescending(part => part.Alikeness);
    }

    private static Part Stacked(IReadOnlyList<Part> chosen) => chosen.Count == 1 ? chosen[0]
        : new($"[{string.Join("; ", chosen.Select(part => part.Text))}]",
            cat([.. chosen.Select(part => part.Values)], 0), [.. chosen.SelectMany(part => part.From)])
        {
            Alikeness = Alikeness([.. chosen.Select(part => part.Text)]),
        };

    /// <summary>Minus how many characters of names differ: W_ir, W_iz and W_in belong together.</summary>
    private static int Alikeness(string[] names)
    {
        string one = names[0];
        int prefix = names.Min(name => one.Zip(name).TakeWhile(pair => pair.First == pair.Second).Count());
        int suffix = names.Min(name => one.Reverse().Zip(name.Reverse())
            .TakeWhile(pair => pair.First == pair.Second).Count());
        return Math.Min(0, prefix + suffix - names.Max(name => name.Length));
    }

    /// <summary>
    /// The ways to choose parts, in their order, that have so many rows together; of very many the first.
    /// </summary>
    private static IEnumerable<IReadOnlyList<Part>> Chosen(IReadOnlyList<Part> all, long rows)
    {
        return From(0, rows).Take(500);

        IEnumerable<IReadOnlyList<Part>> From(int first, long left)
        {
            if (left == 0) yield return [];
            if (left <= 0) yield break;
            for (int i = first; i < all.Count; i++)
                foreach (var rest in From(i + 1, left - all[i].Values.shape[0])) yield return [all[i], .. rest];
        }
    }

    private static IEnumerable<string> Orders(string gates) => gates.Length <= 1 ? [gates]
        : gates.SelectMany((gate, i) => Orders(gates.Remove(i, 1)).Select(rest => gate + rest));

    private static string Equation(Kind kind, Stack stack, string gates, Change change, bool cellFirst)
    {
        string biases = (stack.InputBias, stack.UnitBias) switch
        {
            (null, _) => "no bias",
            ({ } one, null) => $"b = {one.Text}",
            ({ } one, { } two) => one.Text == two.Text ? $"biases {one.Text}" : $"b = {one.Text}, b_h = {two.Text}",
        };
        string weights = stack.Inputs.From.SequenceEqual(stack.Units.From) ? $"W = {stack.Inputs.Text}"
            : $"W_u = {stack.Inputs.Text}, W_h = {stack.Units.Text}";
        return $"{kind.Architecture.Equation}, where {weights}, {biases}, gates in the order "
            + string.Join(' ', gates.AsEnumerable()) + change.Text + (cellFirst ? ", states [c, h]" : "");
    }
}
