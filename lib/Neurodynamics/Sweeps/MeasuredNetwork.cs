using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;

namespace Neurodynamics.Sweeps;

/// <summary>A network under measurement. What several statistics need of it is computed once.</summary>
internal sealed class MeasuredNetwork(SweepMeasurement measure, TrainedNetwork trained, CancellationToken cancellation)
{
    public SweepMeasurement Measure => measure;

    public Network Network => trained.Network;

    public Cell Cell => Network.Cell;

    public Recipe Recipe => trained.Record.Recipe;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Trials, of as many steps as in training, from whose states everything starts.</summary>
    public Trials Trials => field ??= Drawn(0);

    /// <summary>What the search finds under zero input.</summary>
    public FixedPointSet Set =>
        field ??= Search(new() { Seed = Recipe.Seed }, FromTrials(measure.Candidates, measure.Noise));

    /// <summary>The fixed points of <see cref="Set"/>.</summary>
    public IReadOnlyList<Linearisation> Points => field ??= Linearisation.Of(Cell, Set.Points);

    /// <summary>The attractors among them.</summary>
    public IEnumerable<Linearisation> Attractors => Points.Where(point => point.IsAttractor);

    /// <summary>Where the fixed points are [M, S].</summary>
    public double[,] Places => field ??= Matrix(Points.Select(point => point.Point.State));

    /// <summary>Algorithm 1 from <see cref="SweepMeasurement.DescentCandidates"/>.</summary>
    public Descent Descent => field ??= Descent.Of(this);

    /// <summary>Where the fixed points under the constant input 1 in every channel are [M, S].</summary>
    public double[,] UnderOnes => field ??= Matrix(Search(
        new() { Seed = Recipe.Seed, SlowCandidates = 0, MaxRounds = 2 }, FromTrials(measure.Candidates, measure.Noise),
        Enumerable.Repeat(1.0, Cell.InputSize).ToArray()).Points.Select(point => point.State));

    /// <param name="draw">Trials other than <see cref="Trials"/> where not 0.</param>
    public double[,] FromTrials(int count, double noise = 0, Range? steps = null, int draw = 0) =>
        Candidates.FromTrials(Cell, (draw == 0 ? Trials : Drawn(draw)).Inputs, count,
            Seeds.Derive(Recipe.Seed, "sweep candidates"), noise, steps);

    /// <summary>The distinct fixed points to which Newton leads states [M, S].</summary>
    public double[,] Polished(double[,] states) =>
        Matrix(Search(new() { MaxRounds = 0, SlowCandidates = 0 }, states).Points.Select(point => point.State));

    public double[,] Matrix(IEnumerable<double[]> states) =>
        states.ToMatrix(states.FirstOrDefault()?.Length ?? Cell.StateSize);

    private Trials Drawn(int draw) => Recipe.Task.Sample(measure.Trials, Recipe.Training.Steps,
        Seeds.Derive(Recipe.Seed, draw == 0 ? "sweep trials" : $"sweep trials {draw}"));

    private FixedPointSet Search(FixedPointSearch search, double[,] states, double[]? input = null)
    {
        var found = search.Run(Cell, states, input, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return found;
    }
}
