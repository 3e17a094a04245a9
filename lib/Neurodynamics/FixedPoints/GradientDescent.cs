using System.Runtime.ExceptionServices;
using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>What "batch average speed" means: the report does not say, and the readings differ by orders of magnitude.</summary>
public enum SpeedReading
{
    /// <summary>The loss itself, the mean over candidates and state variables of (F(x) - x)^2.</summary>
    MeanSquare,

    /// <summary>q = 1/2 ||F(x) - x||^2, the report's speed (3.2), averaged over the candidates: S/2 times the loss.</summary>
    Speed,

    /// <summary>The length of the step, ||F(x) - x||, averaged over the candidates.</summary>
    Norm,
}

/// <summary>Gradient descent before a step: what a figure of it shows.</summary>
/// <param name="Step">Steps of Adam taken so far.</param>
/// <param name="Loss">The mean squared step over the candidates that are finite.</param>
/// <param name="BatchSpeed">What is compared with the tolerance, by the reading in use.</param>
/// <param name="States">The candidates as they are now [M, S].</param>
public sealed record DescentSnapshot(int Step, double Loss, double BatchSpeed, double[,] States);

/// <summary>
/// The report's Algorithm 1: Adam moves all candidates at once down the mean squared step, loss = mean of (F(x) - x)^2, until the
/// batch's average speed is at the tolerance. For results like the report's; <see cref="NewtonSolver"/> is better at finding points.
/// </summary>
/// <remarks>
/// <para>The printed loop condition, "while loss &lt; tolerance", is reversed: the loop continues while the loss is above it.</para>
/// <para>A batch that is slow on average holds candidates that are not: each is judged by itself at the end, as a fixed point where
/// step and Newton correction are below tolerance, and otherwise by what ended the batch.</para>
/// <para>Loss and stop run over all candidates, in their order, whatever the chunks. A candidate that is not finite is left out of both.</para>
/// </remarks>
public sealed record GradientDescent : FixedPointSolver
{
    /// <summary>Adam's learning rate; default 1e-3, Adam's own.</summary>
    public double LearningRate { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "LearningRate is positive."); } = 1e-3;

    /// <summary>Adam's decay of the mean gradient; default 0.9.</summary>
    public double Beta1 { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Beta1), value, "Beta1 is in [0, 1)."); } = 0.9;

    /// <summary>Adam's decay of the mean squared gradient; default 0.999.</summary>
    public double Beta2 { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Beta2), value, "Beta2 is in [0, 1)."); } = 0.999;

    /// <summary>
    /// Adam's epsilon; default 1e-8. The gradient is that of a mean over M S values: with many candidates it sinks below epsilon
    /// long before they have converged, and what follows is plain gradient descent at a rate of 2 LearningRate / (M S Epsilon).
    /// </summary>
    public double Epsilon { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Epsilon), value, "Epsilon is positive."); } = 1e-8;

    /// <summary>Steps at most; default 10,000.</summary>
    public int MaxSteps { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxSteps), value, "MaxSteps is at least 0."); } = 10_000;

    /// <summary>The batch's average speed at which it stops; default 0.01 (report 4.3). 0 runs to the step limit.</summary>
    public double StopBelow { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(StopBelow), value, "StopBelow is at least 0."); } = 0.01;

    /// <summary>How that speed is read; default q, which is what the report calls speed.</summary>
    public SpeedReading Reading { get; init; } = SpeedReading.Speed;

    /// <summary>Candidates stepped together; default 256. The results depend on it by rounding at most.</summary>
    public int ChunkSize { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(ChunkSize), value, "ChunkSize is at least 1."); } = 256;

    /// <summary>Shown the batch before the first step, after every <see cref="WatchEvery"/> steps and at the end, on the caller's thread; default none.</summary>
    public Action<DescentSnapshot>? Watch { get; init; }

    /// <summary>Steps between two looks of <see cref="Watch"/>; default 100.</summary>
    public int WatchEvery { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(WatchEvery), value, "WatchEvery is at least 1."); } = 100;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The cell's step carries no gradient to the state.</exception>
    public override FixedPointSolution Solve(FixedPointProblem problem, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        int count = problem.Candidates.GetLength(0), size = problem.Cell.StateSize;
        var squares = new double[count];
        var chunks = Enumerable.Range(0, (count + ChunkSize - 1) / ChunkSize)
            .Select(i => new Chunk(this, problem, i * ChunkSize, Math.Min(ChunkSize, count - i * ChunkSize))).ToArray();
        try
        {
            double scale = 0;
            for (int step = 0; ; step++)
            {
                // Torch itself has one thread: chunks run on threads of our own.
                InParallel(chunk =>
                {
                    if (step > 0) chunk.Move(step, scale);
                    chunk.Measure(squares);
                });
                var finite = squares.Where(double.IsFinite).ToArray();
                double loss = finite.Sum() / ((double)finite.Length * size), speed = Read(finite, size);
                scale = 1.0 / ((double)finite.Length * size);

                Ending? ended = cancellation.IsCancellationRequested ? Ending.Cancelled
                    : finite.Length == 0 || speed <= StopBelow ? Ending.SlowEnough
                    : step == MaxSteps ? Ending.StepLimit
                    : null;
                if (Watch is not null && (ended is not null || step % WatchEvery == 0)) Watch(new(step, loss, speed, States()));
                if (ended is null) continue;

                var solution = new FixedPointSolution(problem, States(), [.. squares.Select(square => square / 2)], [.. Enumerable.Repeat(step, count)], new Ending[count]);
                InParallel(chunk => chunk.Judge(solution, ended.Value));
                progress?.Report(count);
                return solution;
            }
        }
        finally
        {
            foreach (var chunk in chunks) chunk.Dispose();
        }

        double[,] States() => chunks.SelectMany(chunk => chunk.States()).ToMatrix(size);

        void InParallel(Action<Chunk> work)
        {
            try
            {
                if (chunks.Length == 1) work(chunks[0]);
                else Parallel.ForEach(chunks, problem.Cell.Threads, work);
            }
            catch (AggregateException error)
            {
                // A cell's own error reads the same, however many chunks met it.
                ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
            }
        }
    }

    private double Read(double[] squares, int size) => squares.Length == 0 ? double.NaN : Reading switch
    {
        SpeedReading.MeanSquare => squares.Average() / size,
        SpeedReading.Speed => squares.Average() / 2,
        SpeedReading.Norm => squares.Average(Math.Sqrt),
        _ => throw new ArgumentOutOfRangeException(nameof(Reading), Reading, "This is no reading of the speed."),
    };

    /// <summary>Some of the candidates, and an Adam for them: it acts on each value by itself, so only the gradient's scale is the batch's.</summary>
    /// <remarks>Not torch's Adam: its scalars are left to the finaliser, which on several threads frees them in mid-use (see <see cref="Scalars"/>).</remarks>
    private sealed class Chunk : IDisposable
    {
        private readonly GradientDescent options;
        private readonly Cell cell;
        private readonly int first;
        private readonly Tensor input, states, mean, meanSquare;
        private Tensor? gradient;

        public Chunk(GradientDescent options, FixedPointProblem problem, int first, int count)
        {
            (this.options, cell, this.first) = (options, problem.Cell, first);
            var rows = Enumerable.Range(first, count).ToArray();
            using var scope = NewDisposeScope();
            bool common = problem.Inputs.GetLength(0) == 1;
            // Clones: a tensor of an array lives in the array, whose alignment varies, and with it the last bit of a product.
            input = tensor(rows.Take(common ? 1 : count).Select(problem.InputOf).ToMatrix(cell.InputSize)).clone().DetachFromDisposeScope();
            states = tensor(rows.Select(problem.Candidates.Row).ToMatrix(cell.StateSize)).clone().DetachFromDisposeScope();
            mean = zeros_like(states).DetachFromDisposeScope();
            meanSquare = zeros_like(states).DetachFromDisposeScope();
        }

        /// <summary>||F(x) - x||^2 of each candidate, and the gradient of their sum.</summary>
        public void Measure(double[] squares)
        {
            using var scope = NewDisposeScope();
            using var gradients = enable_grad();
            var x = states.detach().requires_grad_();
            var next = cell.Step(input, x);
            if (!next.requires_grad)
                throw new InvalidOperationException($"The step of {cell.GetName()} carries no gradient to the state, which gradient descent needs: compute it with torch operations alone, or use {nameof(NewtonSolver)}.");
            var residual = next - x;
            var square = (residual * residual).sum(1);
            gradient?.Dispose();
            // A candidate that is not finite stays where it is; the others do not see it.
            gradient = autograd.grad([square.sum()], [x])[0].nan_to_num_(0, 0, 0).DetachFromDisposeScope();
            square.ToVector().CopyTo(squares, first);
        }

        /// <summary>Step <paramref name="step"/> of Adam, counted from 1.</summary>
        /// <param name="step">The step.</param>
        /// <param name="scale">1 / (M S): the loss is a mean.</param>
        public void Move(int step, double scale)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            using Scalar share = scale, epsilon = options.Epsilon;
            using Scalar keep1 = options.Beta1, add1 = 1 - options.Beta1, keep2 = options.Beta2, add2 = 1 - options.Beta2;
            using Scalar rate = -options.LearningRate / (1 - Math.Pow(options.Beta1, step)), spread = 1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step));
            gradient!.mul_(share);
            mean.mul_(keep1).add_(gradient, add1);
            meanSquare.mul_(keep2).addcmul_(gradient, gradient, add2);
            states.addcdiv_(mean, meanSquare.sqrt().mul_(spread).add_(epsilon, Scalars.One), rate);
        }

        public IEnumerable<double[]> States()
        {
            using var scope = NewDisposeScope();
            var matrix = states.ToMatrix();
            return Enumerable.Range(0, matrix.GetLength(0)).Select(matrix.Row);
        }

        public void Judge(FixedPointSolution solution, Ending otherwise)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            for (int i = 0; i < states.shape[0]; i++)
            {
                double length = Math.Sqrt(2 * solution.Speeds[first + i]);
                solution.Endings[first + i] = !double.IsFinite(length) ? Ending.NotFinite
                    : length <= options.Tolerance && Correction(i) <= options.CorrectionTolerance ? Ending.FixedPoint
                    : otherwise;
            }
        }

        /// <summary>The length of the Newton correction that a candidate would take next.</summary>
        private double Correction(int i)
        {
            using var scope = NewDisposeScope();
            var (u, x) = (input.shape[0] == 1 ? input : input.narrow(0, i, 1), states.narrow(0, i, 1));
            return cell.Correction(u, x, cell.Step(u, x) - x).norm(1).item<double>();
        }

        public void Dispose()
        {
            foreach (var held in new[] { input, states, mean, meanSquare, gradient }) held?.Dispose();
        }
    }
}
