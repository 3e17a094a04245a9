using Neurodynamics.Models;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Looks for all fixed points under a constant input, in rounds: first from the given candidates, then from where the
/// network itself runs from some of them, then from midpoints of the points already found, from mixtures of them,
/// fourth corners of parallelograms, their surroundings and where the network goes from there, until all five bring
/// nothing new and the completeness check does not say that points are missing. Fixed points without gaps are one
/// <see cref="Continuum"/>. Options are changed with <c>with</c>.
/// </summary>
public sealed record FixedPointSearch : Described
{
    /// <summary>What follows the candidates; default Newton.</summary>
    public FixedPointSolver Solver { get; init => field = Demand.Some(value, nameof(Solver)); } = new NewtonSolver();

    /// <summary>Rounds after the first at most; default 31. 0 uses the given candidates only.</summary>
    public int MaxRounds { get; init => field = Option.AtLeast(0, value, nameof(MaxRounds)); } = 31;

    /// <summary>
    /// Candidates of each round after the first at most; default 128. Once there are more than 64 points it is at least
    /// twice as many as there are points.
    /// </summary>
    public int RoundSize { get; init => field = Option.AtLeast(1, value, nameof(RoundSize)); } = 128;

    /// <summary>
    /// How many of the given candidates that Newton brings nowhere are followed on to a minimum of the speed that is
    /// not zero, and how many of the later rounds' together, counted anew whenever that brings a fixed point; default
    /// 64. The rest end as stalled. Only slow points depend on it, and most of the time where there are many.
    /// </summary>
    public int SlowCandidates { get; init => field = Option.AtLeast(0, value, nameof(SlowCandidates)); } = 64;

    /// <summary>Largest Euclidean distance between two ends at the same point; default 1e-6.</summary>
    public double MergeDistance { get; init => field = Option.Positive(value, nameof(MergeDistance)); } = 1e-6;

    /// <summary>Seed of the rounds after the first; default 0.</summary>
    public long Seed { get; init; }

    private bool SeeksSlowPoints => Solver.FindsSlowPoints && (SlowCandidates > 0 || Solver.Quick is null);

    /// <summary>
    /// Bytes that a search takes at its height beyond what cell and candidates hold, from sizes alone. What Newton took
    /// was within a factor of 2 of it, from 10 to 2000 state variables and up to 8192 candidates.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="candidates">M, how many candidates there are; at least 0.</param>
    public long ExpectedMemory(Cell cell, int candidates)
    {
        Demand.Given(cell);
        ArgumentOutOfRangeException.ThrowIfNegative(candidates);
        double size = cell.StateSize, states = (Solver.IsCoupled ? 20.0 : 10.0) * candidates * size;
        double matrices = 16.0 * cell.Threads.MaxDegreeOfParallelism * Math.Max(size * size, 1 << 17);
        return (1 << 26) + (long)(sizeof(double) * (states + matrices));
    }

    /// <summary>Looks for all fixed points under one constant input.</summary>
    /// <param name="cell">The cell; it is analysed in float64, and never changed.</param>
    /// <param name="candidates">
    /// The states to start from [M, S], usually states that trials visited: see <see cref="Candidates"/>.
    /// </param>
    /// <param name="input">The constant input, I values; default zeros.</param>
    /// <param name="progress">Told the number of candidates that have ended, over all rounds.</param>
    /// <param name="cancellation">
    /// Stops the search; what was found by then is returned, and nothing is concluded from it. Points that were not
    /// tested yet have no certificate.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A shape does not fit the cell, or <see cref="ExpectedMemory"/> is more than the machine has.
    /// </exception>
    public FixedPointSet Run(Cell cell, double[,] candidates, double[]? input = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Demand.Given((cell, candidates));
        using var course = new Course(this, cell, candidates, input, progress, cancellation);
        course.Begin();
        return course.ToSet();
    }

    /// <summary>
    /// Looks for all fixed points until fresh candidates, which had no part in finding them, say that a share of them
    /// below the given one arrives elsewhere (<see cref="UnseenShare"/>): where one does, the check's candidates are a
    /// round of the search, which goes on from them, and others are drawn for the next look.
    /// </summary>
    /// <remarks>
    /// Every look is at candidates that were drawn for it. Those of several looks count together as long as none of
    /// them arrives elsewhere, since the list is then the same. Looking again until the bound is low enough would make
    /// it too low by itself, so every look is at a level of 1 - (1 - level) / maxLooks (Bonferroni).
    /// </remarks>
    /// <param name="cell">The cell; it is analysed in float64, and never changed.</param>
    /// <param name="fresh">
    /// Draws candidates [M, S], independent ones, and others for another seed. The search starts from the first draw,
    /// and each look takes another. For a share to be shown, about log(maxLooks / (1 - level)) / share candidates must
    /// arrive, over the looks after the last point was found.
    /// </param>
    /// <param name="share">The share to come below, between 0 and 1; default 0.01.</param>
    /// <param name="input">The constant input, I values; default zeros.</param>
    /// <param name="maxLooks">Looks at most; default 8.</param>
    /// <param name="level">How often the bound holds at least; default 0.95.</param>
    /// <param name="progress">Told the number of candidates that have ended, over all rounds.</param>
    /// <param name="cancellation">Stops the search; what was found by then is returned, without a bound.</param>
    /// <returns>
    /// What was found, with <see cref="FixedPointSet.Unseen"/> of the last looks: after maxLooks its bound may be above
    /// the share.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A shape does not fit the cell, the same candidates were drawn for two seeds, or the solver is one whose
    /// candidates depend on one another.
    /// </exception>
    public FixedPointSet RunUntil(Cell cell, Func<long, double[,]> fresh, double share = 0.01, double[]? input = null,
        int maxLooks = 8, double level = 0.95, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Demand.Given((cell, fresh));
        UnseenShare.RequireShare(share, nameof(share));
        UnseenShare.RequireShare(level, nameof(level));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLooks, 1);
        double[,] last = Draw(0);
        using var course = new Course(this, cell, last, input, progress, cancellation);
        course.Begin();
        UnseenShare? unseen = null;
        for (int look = 1; look <= maxLooks && !(unseen?.Bound < share); look++)
        {
            double[,] drawn = Draw(look);
            if (UnseenShare.Same(last, drawn))
                throw new ArgumentException("The same candidates were drawn for two seeds, so they are not fresh: use "
                    + "the seed.", nameof(fresh));
            var now = course.Check(last = drawn, level, maxLooks);
            if (now.Cancelled > 0 || cancellation.IsCancellationRequested) return course.ToSet();
            unseen = unseen is { Unlisted: 0 } ? unseen.And(now) : now;
        }
        return course.ToSet() with { Unseen = unseen! with { Asked = share, Added = unseen.Unlisted > 0 } };

        double[,] Draw(int look) => Demand.Some(fresh(Seeds.Derive(Seed, "fresh candidates", look)), nameof(fresh));
    }

    /// <summary>A search on its way, which can be asked to go on.</summary>
    private sealed class Course : IDisposable
    {
        private readonly FixedPointSearch search;
        private readonly FixedPointProblem problem;
        private readonly IProgress<int>? progress;
        private readonly CancellationToken cancellation;
        private readonly KnownPoints known;
        private readonly List<SearchRound> rounds = [];
        private readonly Proposals proposals;
        private readonly IDisposable work;
        private FixedPointSolution? first;
        private int ended;

        public Course(FixedPointSearch search, Cell cell, double[,] candidates, double[]? input,
            IProgress<int>? progress, CancellationToken cancellation)
        {
            (this.search, this.progress, this.cancellation) = (search, progress, cancellation);
            search.RequireMemory(cell, candidates);
            problem = new(cell, input ?? new double[cell.InputSize], candidates);
            known = new(problem, search.MergeDistance, search.SlowCandidates);
            proposals = new(known, problem, search.RoundSize, new Random((int)Seeds.Derive(search.Seed, "rounds")));
            work = problem.Cell.Usage.Begin();
        }

        /// <summary>Searches from the candidates until nothing new turns up.</summary>
        public void Begin()
        {
            first = Follow("candidates", problem);
            if (search.MaxRounds > 0 && !cancellation.IsCancellationRequested)
            {
                double[,] ends = known.Runs(problem.Candidates, cancellation);
                if (ends.GetLength(0) > 0) Follow("runs", new(problem.Cell, problem.Inputs, ends));
            }
            Explore();
        }

        public FixedPointSet ToSet() => known.ToSet([.. rounds], first!, cancellation) with
        {
            SlowPointsSought = search.SeeksSlowPoints,
        };

        /// <summary>
        /// Looks where fresh candidates arrive. Those that arrive elsewhere are a round, after which it goes on.
        /// </summary>
        public UnseenShare Check(double[,] fresh, double level, int looks)
        {
            var (share, ends) = UnseenShare.Count(new(problem.Cell, problem.Inputs, fresh), ToSet(), search.Solver,
                search.MergeDistance, level, looks, progress is null ? null : new Offset(progress, ended),
                cancellation);
            Count("fresh candidates", () => known.Keep(ends, search.Solver, cancellation));
            if (share.Unlisted > 0) Explore();
            return share;
        }

        /// <summary>The rounds after the candidates' own.</summary>
        private void Explore()
        {
            for (int round = 1, quiet = 0; round < search.MaxRounds && !cancellation.IsCancellationRequested; round++)
            {
                var (source, states) = proposals.Next();
                if (states.GetLength(0) > 0) Follow(source, new(problem.Cell, problem.Inputs, states));
                quiet = states.GetLength(0) > 0 && rounds[^1].NewPoints > 0 ? 0 : quiet + 1;
                if (quiet >= Proposals.Sources && known.Completeness(cancellation).Verdict
                    != CompletenessVerdict.Missing) break;
            }
        }

        private FixedPointSolution Follow(string source, FixedPointProblem from) => Count(source, () => known.Follow(
            from, search.Solver, progress is null ? null : new Offset(progress, ended), cancellation));

        private FixedPointSolution Count(string source, Func<FixedPointSolution> follow)
        {
            int before = known.Points.Count;
            var solution = follow();
            var endings = solution.Endings.CountBy(ending => ending).ToDictionary();
            rounds.Add(new(source, new SortedDictionary<Ending, int>(endings), known.Points.Count - before));
            ended += solution.Endings.Length;
            return solution;
        }

        public void Dispose() => work.Dispose();
    }

    private void RequireMemory(Cell cell, double[,] candidates)
    {
        var (needed, available) = (ExpectedMemory(cell, candidates.GetLength(0)),
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (needed > available)
            throw new ArgumentException($"A search from {candidates.GetLength(0)} candidates of {cell.StateSize} "
                + FormattableString.Invariant($"values takes about {needed / 1e9:0.0} GB of memory, but there are ")
                + FormattableString.Invariant($"{available / 1e9:0.0} GB: give fewer candidates, a smaller cell, or ")
                + "search on another machine.", nameof(candidates));
    }

    /// <summary>
    /// Looks for all fixed points under each of several constant inputs, such as the report's +1, 0 and -1 (4.4.1).
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="candidates">The states to start from under every input [M, S].</param>
    /// <param name="inputs">The constant inputs, each of I values.</param>
    /// <param name="progress">Told the number of candidates that have ended, over all inputs.</param>
    /// <param name="cancellation">
    /// Stops the search; inputs that were not begun have the candidates' endings as cancelled.
    /// </param>
    /// <returns>A set per input, in their order.</returns>
    public IReadOnlyList<FixedPointSet> Run(Cell cell, double[,] candidates, IEnumerable<double[]> inputs,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        Demand.Given((cell, candidates, inputs));
        int ended = 0;
        var sets = new List<FixedPointSet>();
        foreach (double[] input in inputs)
        {
            sets.Add(Run(cell, candidates, input, progress is null ? null : new Offset(progress, ended), cancellation));
            ended += sets[^1].Rounds.Sum(round => round.Candidates);
        }
        return sets;
    }

    private sealed class Offset(IProgress<int> progress, int before) : IProgress<int>
    {
        public void Report(int value) => progress.Report(before + value);
    }
}
