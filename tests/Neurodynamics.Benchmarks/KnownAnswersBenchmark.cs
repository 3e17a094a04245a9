using System.Diagnostics;
using System.Globalization;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tests.FixedPoints;

namespace Neurodynamics.Benchmarks;

/// <summary>
/// Whether the search finds the points that are known beforehand (Katz and Reggia 2018), by units: fifteen networks at
/// each size up to 48 and three beyond. Not by BenchmarkDotNet, since what counts is what is found within a limit of
/// time.
/// </summary>
internal static class KnownAnswersBenchmark
{
    private static readonly int[] Sizes = [2, 4, 7, 10, 16, 24, 32, 48, 64, 128];

    /// <param name="candidates">States that a search starts from, uniform in the box.</param>
    /// <param name="search">The search.</param>
    /// <param name="sizes">Units; none stands for all sizes.</param>
    /// <param name="minutes">For each network at most; twice that beyond 48 units.</param>
    public static void Run(int candidates, FixedPointSearch search, int[] sizes, double minutes)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine($"{candidates} candidates, at most {search.MaxRounds} rounds of {search.RoundSize}; limit "
            + $"{60 * minutes} s, beyond 48 units {120 * minutes} s");
        Console.WriteLine("| units | networks | known points found | all of them | listed, median (most) | "
            + "sum is 1 | stopped | seconds, median (most) | condition of V, median (most) | shift by rounding |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (int units in sizes.Length > 0 ? sizes : Sizes)
            Console.WriteLine(Row(units, candidates, search, minutes));
    }

    private static string Row(int units, int candidates, FixedPointSearch search, double minutes)
    {
        var limit = TimeSpan.FromMinutes(minutes * (units > 48 ? 2 : 1));
        int networks = units > 48 ? 3 : 15, known = 0, found = 0, whole = 0, consistent = 0, stopped = 0;
        List<double> listed = [], seconds = [], conditions = [], shifts = [];
        for (int seed = 1; seed <= networks; seed++)
        {
            var answer = new KnownAnswer(units, seed);
            using var time = new CancellationTokenSource(limit);
            var clock = Stopwatch.StartNew();
            var set = search.Run(answer.Cell, answer.Candidates(candidates, seed), cancellation: time.Token);
            seconds.Add(clock.Elapsed.TotalSeconds);
            int own = answer.In(set.Points);
            known += 2 * units + 1;
            found += own;
            if (own == 2 * units + 1) whole++;
            if (set.Completeness.Verdict == CompletenessVerdict.Consistent) consistent++;
            if (time.IsCancellationRequested) stopped++;
            listed.Add(set.Points.Count);
            conditions.Add(answer.Condition);
            shifts.Add(answer.Shift);
        }
        return $"| {units} | {networks} | {found} of {known} ({100.0 * found / known:0.0} %) | {whole} | "
            + $"{Median(listed):0} ({listed.Max():0}) | {consistent} | {stopped} | {Median(seconds):0.00} "
            + $"({seconds.Max():0.0}) | {Median(conditions):0} ({conditions.Max():0}) | {shifts.Max():0e+0} |";
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
