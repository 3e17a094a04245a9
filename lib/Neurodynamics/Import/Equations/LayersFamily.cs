using System.Globalization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>
/// Layers one above the other, each read by the other families: arrays whose names differ in a number belong to
/// layers, the states are [layer 0, layer 1, ...], and each layer's inputs are the new hidden units of the one below.
/// </summary>
internal sealed class LayersFamily : EquationFamily
{
    /// <summary>More than these are heads or modules of another kind.</summary>
    private const int MostLayers = 8;

    /// <summary>A layer that is further off than this in single steps is not one.</summary>
    private const double Near = 1e-3;

    private static readonly Regex Number = new("[0-9]+", RegexOptions.NonBacktracking);

    public override IEnumerable<Reading> Readings(Parts parts, Moves moves) =>
        Groupings(parts.Arrays).SelectMany(groups => Read(parts, groups, moves));

    /// <summary>The arrays by the number at one place of their names, where the rest is the same.</summary>
    private static IEnumerable<IReadOnlyList<IReadOnlyList<SourceArray>>> Groupings(IReadOnlyList<SourceArray> arrays)
    {
        var named = arrays.Select(array => (Array: array, Numbers: Number.Matches(array.Name))).ToList();
        int places = named.Count == 0 ? 0 : named.Max(one => one.Numbers.Count);
        for (int place = 0; place < places; place++)
        {
            var groups = named.Where(one => one.Numbers.Count > place)
                .Select(one => (one.Array, one.Numbers[place]))
                .GroupBy(one => int.TryParse(one.Item2.Value, CultureInfo.InvariantCulture, out int layer) ? layer : -1)
                .OrderBy(group => group.Key).ToList();
            string Rest((SourceArray Array, Match At) one) => one.Array.Name.Remove(one.At.Index, one.At.Length);
            var first = groups[0].Select(Rest).ToHashSet();
            if (groups.Count is > 1 and <= MostLayers && groups.All(group => first.SetEquals(group.Select(Rest))))
                yield return [.. groups.Select(group => group.Select(one => one.Array).ToList())];
        }
    }

    /// <summary>The best reading of every layer; of the last one, those that come next too.</summary>
    private static IEnumerable<Reading> Read(
        Parts parts, IReadOnlyList<IReadOnlyList<SourceArray>> groups, Moves moves)
    {
        foreach (int[] sizes in Sizes(groups, moves.StateSize))
        {
            List<Reading> below = [], last = [];
            var (first, input) = (0, moves.Inputs);
            for (int i = 0; i < sizes.Length; i++)
            {
                var own = new Moves(input, Part(moves.Before), Part(moves.After)) { Budget = moves.Budget };
                Tensor Part(Tensor states) => states.narrow(1, first, sizes[i]).contiguous();
                last = [.. All.Where(family => family is not LayersFamily)
                    .SelectMany(family => family.Readings(parts.Of(groups[i]), own)).OrderBy(reading => reading.Error)];
                if (i == sizes.Length - 1) continue;
                if (last.Count == 0 || !(last[0].Error <= Near))
                {
                    last = [];
                    break;
                }
                below.Add(last[0]);
                using var cell = last[0].Layer.Build(ScalarType.Float64);
                input = cell.Hidden(last[0].Layer.Ordered(own.After)).detach();
                first += sizes[i];
            }
            foreach (var top in last)
            {
                Reading[] all = [.. below, top];
                yield return new(FoundLayer.Layered([.. all.Select(reading => reading.Layer)]),
                    string.Join("; ", all.Select((reading, i) => $"layer {i}: {reading.Equation}")),
                    all.Max(reading => reading.Error));
            }
        }
    }

    /// <summary>State sizes of layers that add up: N or 2 N (an LSTM's), with N a length of the arrays.</summary>
    private static IEnumerable<int[]> Sizes(IReadOnlyList<IReadOnlyList<SourceArray>> groups, int total)
    {
        int[][] each =
        [
            .. groups.Select(group => group.Where(array => array.Shape.Count == 2)
                .SelectMany(array => array.Shape).Distinct().Where(length => group.Any(array => array.Shape.Count == 2
                    && array.Shape.Contains(length) && (array.Shape[0] % length == 0 || array.Shape[1] % length == 0)))
                .SelectMany(length => new[] { length, 2 * length }).Distinct().ToArray()),
        ];
        return Adding(0, total);

        IEnumerable<int[]> Adding(int layer, int left)
        {
            if (layer == each.Length) return left == 0 ? [[]] : [];
            return each[layer].Where(size => size > 0 && size <= left)
                .SelectMany(size => Adding(layer + 1, left - size).Select(rest => (int[])[size, .. rest]));
        }
    }
}
