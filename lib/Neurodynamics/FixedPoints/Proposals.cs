using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Further states to start from, made of the points that are known: between them Newton finds the saddles that no trial
/// comes near.
/// </summary>
internal sealed class Proposals(KnownPoints known, FixedPointProblem problem, int least, Random random)
{
    /// <summary>Kinds of proposals, which take turns.</summary>
    public const int Sources = 5;

    /// <summary>Steps that the network takes from the surroundings of a point, at most.</summary>
    private const int MostSteps = 64;

    /// <summary>Above so many points, parallelograms are drawn among neighbours: this many of them.</summary>
    private const int Many = 64, Neighbours = 16;

    private readonly double[,] candidates = problem.Candidates;

    private readonly HashSet<(int, int)> paired = [];
    private int turn;

    /// <summary>At most as many as asked for; of many points twice as many as there are of them.</summary>
    private int Size => known.Points.Count > Many ? Math.Max(least, 2 * known.Points.Count) : least;

    /// <summary>The next round's source and states [at most <see cref="Size"/>, S].</summary>
    public (string Source, double[,] States) Next() => (turn++ % Sources) switch
    {
        0 => ("midpoints", Midpoints()),
        1 => ("mixtures", Some(Mixture)),
        2 => ("parallelograms", Some(Corner)),
        3 => ("surroundings", Some(Near)),
        _ => ("departures", Departed(Some(Near))),
    };

    /// <summary>Midpoints of pairs that had no turn yet, in random order.</summary>
    private double[,] Midpoints()
    {
        var pairs = new List<(int, int)>();
        for (int i = 0; i < known.Points.Count; i++)
            for (int j = 0; j < i; j++)
                if (!paired.Contains((i, j))) pairs.Add((i, j));
        var chosen = pairs.ToArray();
        random.Shuffle(chosen);
        chosen = chosen[..Math.Min(Size, chosen.Length)];
        paired.UnionWith(chosen);
        return chosen.Select(pair => Mix([State(pair.Item1), State(pair.Item2)], [0.5, 0.5]))
            .ToMatrix(candidates.GetLength(1));
    }

    private double[,] Some(Func<double[]> draw) =>
        Enumerable.Range(0, known.Points.Count + candidates.GetLength(0) == 0 ? 0 : Size).Select(_ => draw())
            .ToMatrix(candidates.GetLength(1));

    /// <summary>Two to four of the points, with weights uniform on the simplex.</summary>
    private double[] Mixture()
    {
        double[] weights = [.. Enumerable.Range(0, 2 + random.Next(3)).Select(_ => -Math.Log(1 - random.NextDouble()))];
        double sum = weights.Sum();
        return Mix([.. weights.Select(_ => Draw())], [.. weights.Select(weight => weight / sum)]);
    }

    /// <summary>
    /// The fourth corner of three points, a + b - c: where points form a lattice, such as a cube with its edges and
    /// faces, a missing one is near. Of many points the three are neighbours, since three that are not have their
    /// corner outside of the lattice.
    /// </summary>
    private double[] Corner()
    {
        if (known.Points.Count <= Many) return Mix([Draw(), Draw(), Draw()], [1, 1, -1]);
        double[] from = Draw();
        double[][] near = [.. known.Points.Select(point => point.State).OrderBy(state => state.Distance(from)).Skip(1)
            .Take(Neighbours)];
        return Mix([near[random.Next(near.Length)], near[random.Next(near.Length)], from], [1, 1, -1]);
    }

    /// <summary>A point, and noise up to the distance to another.</summary>
    private double[] Near()
    {
        var (state, other) = (Draw(), Draw());
        double scale = random.NextDouble() * state.Distance(other) / Math.Sqrt(state.Length);
        return [.. state.Select(value => value + scale * random.Normal())];
    }

    /// <summary>
    /// Where the network takes states in up to 64 steps, each another number of them. With many units noise has next to
    /// no part in the few directions that matter; the network itself turns it there.
    /// </summary>
    private double[,] Departed(double[,] states)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (input, state) = (problem.InputOf(0).AsRow().ToTensor(), states.ToTensor());
        int[] steps = [.. Enumerable.Range(0, states.GetLength(0)).Select(_ => 1 + random.Next(MostSteps))];
        for (int step = 1; step <= MostSteps && steps.Length > 0; step++)
        {
            using var inner = NewDisposeScope();
            state = problem.Cell.Step(input, state).MoveToOuterDisposeScope();
            foreach (int row in Enumerable.Range(0, steps.Length).Where(row => steps[row] == step))
            {
                double[] reached = state[row].ToVector();
                for (int i = 0; i < reached.Length; i++) states[row, i] = reached[i];
            }
        }
        return states;
    }

    /// <summary>One of the known points; a candidate where fewer than two are known.</summary>
    private double[] Draw() =>
        known.Points.Count > 1 || candidates.GetLength(0) == 0 ? State(random.Next(known.Points.Count))
            : candidates.Row(random.Next(candidates.GetLength(0)));

    private double[] State(int point) => known.Points[point].State;

    private static double[] Mix(double[][] states, double[] weights) =>
        [.. Enumerable.Range(0, states[0].Length)
            .Select(i => states.Zip(weights, (state, weight) => weight * state[i]).Sum())];
}
