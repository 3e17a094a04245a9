using Neurodynamics.Models;
using TorchSharp;
using static Neurodynamics.Scalars;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// What "batch average speed" means: the report does not say, and the readings differ by orders of magnitude.
/// </summary>
public enum SpeedReading
{
    /// <summary>The loss itself, the mean over candidates and state variables of (F(x) - x)^2.</summary>
    MeanSquare,

    /// <summary>
    /// q = 1/2 ||F(x) - x||^2, the report's speed (3.2), averaged over the candidates: S/2 times the loss.
    /// </summary>
    Speed,

    /// <summary>The length of the step, ||F(x) - x||, averaged over the candidates.</summary>
    Norm,
}

/// <summary>Gradient descent before a step: what a figure of it shows.</summary>
/// <param name="Step">Steps of Adam taken so far.</param>
/// <param name="Loss">The mean squared step over the candidates that are finite.</param>
/// <param name="BatchSpeed">What is compared with the tolerance, by the reading in use.</param>
/// <param name="States">The candidates as they are now [M, S].</param>
public sealed record DescentSnapshot(int Step, double Loss, double BatchSpeed, double[,] States) : Described;

/// <summary>
/// The report's Algorithm 1: Adam moves all candidates at once down the mean squared step, loss = mean of (F(x) - x)^2,
/// until the batch's average speed is at the tolerance. For results like the report's; <see cref="NewtonSolver"/> is
/// better at finding points.
/// </summary>
/// <remarks>
/// <para>The printed loop condition, "while loss &lt; tolerance", is reversed: the loop continues while the loss is
/// above it.</para>
/// <para>A batch that is slow on average holds candidates that are not: each is judged by itself at the end, as a fixed
/// point where step and Newton correction are below tolerance, and otherwise by what ended the batch.</para>
/// <para>Loss and stop run over all candidates, in their order, whatever the chunks. A candidate that is not finite is
/// left out of both.</para>
/// </remarks>
public sealed record GradientDescent : FixedPointSolver
{
    /// <summary>Adam's learning rate, at most 1; default 1e-3, Adam's own.</summary>
    public double LearningRate { get; init => field = Rate(value, nameof(LearningRate)); } = 1e-3;

    /// <summary>Adam's decay of the mean gradient; default 0.9.</summary>
    public double Beta1 { get; init => field = Decay(value, nameof(Beta1)); } = 0.9;

    /// <summary>Adam's decay of the mean squared gradient; default 0.999.</summary>
    public double Beta2 { get; init => field = Decay(value, nameof(Beta2)); } = 0.999;

    /// <summary>
    /// Adam's epsilon; default 1e-8. The gradient is that of a mean over M S values: with many candidates it sinks
    /// below epsilon long before they have converged, and what follows is plain gradient descent at a rate of 2
    /// LearningRate / (M S Epsilon).
    /// </summary>
    public double Epsilon { get; init => field = Option.Positive(value, nameof(Epsilon)); } = 1e-8;

    /// <summary>Steps at most; default 10,000.</summary>
    public override int MaxSteps { get; init => field = Option.AtLeast(0, value, nameof(MaxSteps)); } = 10_000;

    /// <summary>
    /// The batch's average speed at which it stops; default 0.01 (report 4.3). 0 runs to the step limit.
    /// </summary>
    public double StopBelow { get; init => field = Option.AtLeast(0.0, value, nameof(StopBelow)); } = 0.01;

    /// <summary>How that speed is read; default q, which is what the report calls speed.</summary>
    public SpeedReading Reading { get; init => field = Demand.Known(value, nameof(Reading)); } = SpeedReading.Speed;

    /// <summary>Candidates stepped together; default 256. The results depend on it by rounding at most.</summary>
    public override int ChunkSize { get; init => field = Option.AtLeast(1, value, nameof(ChunkSize)); } = 256;

    /// <summary>
    /// Shown the batch before the first step, after every <see cref="WatchEvery"/> steps and at the end, on the
    /// caller's thread; default none.
    /// </summary>
    public Action<DescentSnapshot>? Watch { get; init; }

    /// <summary>Steps between two looks of <see cref="Watch"/>; default 100.</summary>
    public int WatchEvery { get; init => field = Option.AtLeast(1, value, nameof(WatchEvery)); } = 100;

    /// <inheritdoc/>
    public override bool IsCoupled => true;

    /// <summary>
    /// Stops all at once, where their average speed is at <see cref="StopBelow"/>; also where none of them is finite.
    /// </summary>
    protected internal override bool IsSlowEnough(SolverStep step) => Squares(step) is var finite
        && (finite.Length == 0 || Read(finite, step.StateSize) <= StopBelow);

    /// <inheritdoc/>
    protected internal override void Look(SolverStep step, bool isLast, Func<double[,]> states)
    {
        if (Watch is null || !(isLast || step.Step % WatchEvery == 0)) return;
        double[] finite = Squares(step);
        Watch(new(step.Step, finite.Sum() / ((double)finite.Length * step.StateSize), Read(finite, step.StateSize),
            states()));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The cell's step carries no gradient to the state.</exception>
    protected internal override CandidateChunk Begin(Cell cell, Tensor inputs, Tensor states) =>
        new Chunk(this, cell, inputs, states);

    private static double Rate(double value, string name) => value is > 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value,
            $"{name} is about how far Adam moves each value at every update: above 0 and at most 1; 0.001 is usual.");

    private static double Decay(double value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is in [0, 1).");

    /// <summary>||F(x) - x||^2 of the candidates that are finite.</summary>
    private static double[] Squares(SolverStep step) =>
        [.. step.Paces.Select(pace => 2 * pace.Speed).Where(double.IsFinite)];

    private double Read(double[] squares, int size) => squares.Length == 0 ? double.NaN : Reading switch
    {
        SpeedReading.MeanSquare => squares.Average() / size,
        SpeedReading.Speed => squares.Average() / 2,
        _ => squares.Average(Math.Sqrt),
    };

    /// <summary>
    /// Some of the candidates, and an Adam for them: it acts on each value by itself, so only the gradient's scale is
    /// the batch's.
    /// </summary>
    /// <remarks>
    /// Not torch's Adam: its scalars are left to the finaliser, which on several threads frees them in mid-use (see
    /// <see cref="Scalars"/>).
    /// </remarks>
    private sealed class Chunk(GradientDescent options, Cell cell, Tensor inputs, Tensor states)
        : CandidateChunk(cell, inputs, states)
    {
        private readonly Tensor mean = Hold(zeros_like(states)), meanSquare = Hold(zeros_like(states));
        private Tensor? gradient;

        protected internal override Pace[] Look()
        {
            using var gradients = enable_grad();
            var x = States.detach().requires_grad_();
            var next = Cell.Step(Inputs, x);
            if (!next.requires_grad)
                throw new InvalidOperationException($"The step of {Cell.GetName()} carries no gradient to the state, "
                    + "which gradient "
                    + $"descent needs: compute it with torch operations alone, or use {nameof(NewtonSolver)}.");
            var residual = next - x;
            var square = (residual * residual).sum(1);
            // A candidate that is not finite stays where it is; the others do not see it.
            gradient = Hold(autograd.grad([square.sum()], [x])[0].nan_to_num_(0, 0, 0), gradient);
            return Array.ConvertAll(square.ToVector(), value => new Pace(Math.Sqrt(value), value / 2));
        }

        /// <summary>A step of Adam on the loss, which is a mean: the gradient of the sum is divided by M S.</summary>
        protected internal override void Move(SolverStep last)
        {
            using Scalar share = Held(1.0 / ((double)Squares(last).Length * last.StateSize)),
                keep1 = Held(options.Beta1), add1 = Held(1 - options.Beta1),
                keep2 = Held(options.Beta2), add2 = Held(1 - options.Beta2), epsilon = Held(options.Epsilon);
            int step = last.Step + 1;
            using Scalar rate = Held(-options.LearningRate / (1 - Math.Pow(options.Beta1, step))),
                spread = Held(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)));
            gradient!.mul_(share);
            mean.mul_(keep1).add_(gradient, add1);
            meanSquare.mul_(keep2).addcmul_(gradient, gradient, add2);
            States.addcdiv_(mean, meanSquare.sqrt().mul_(spread).add_(epsilon, One), rate);
        }

        public override void Dispose()
        {
            foreach (var held in new[] { mean, meanSquare, gradient }) held?.Dispose();
            base.Dispose();
        }
    }
}
