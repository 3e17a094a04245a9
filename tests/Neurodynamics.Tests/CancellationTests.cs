using System.Reflection;
using System.Reflection.Emit;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests;

/// <summary>Whatever takes long can be stopped, and is.</summary>
public sealed class CancellationTests : IDisposable
{
    /// <summary>What returns what it has when it is stopped.</summary>
    private static readonly string[] Returning =
    [
        "CandidatePaths.Of", "ConstantInput.Arrivals", "Continuation.Follow", "Continuation.FollowAll",
        "FixedPointSearch.Run", "FixedPointSearch.RunUntil", "FixedPointSolution.Polished", "FixedPointSolver.Solve",
        "NetworkStore.LoadOrTrain", "NetworkStore.Train", "Prover.Run", "ReadingRun.All", "Standing.Of",
        "Trainer.Train", "TransitionGraph.Of", "UnseenShare.Of",
    ];

    /// <summary>What needs no token although it calls something with one: a single step.</summary>
    private static readonly string[] Exempt = ["SlowCurve.Readouts"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_token_that_is_cancelled_beforehand_stops_all_but_what_returns_what_it_has()
    {
        var good = new ArgumentSamples(units: 2, channels: 1, trials: 3, steps: 5, folder.Path);
        string[] returned = [.. ArgumentTests.Members.Where(TakesToken).Where(member => !IsStopped(good, member))
            .Select(Name).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(string.Join("\n", Returning), string.Join("\n", returned));
    }

    [Fact]
    public void What_calls_something_that_can_be_stopped_can_be_stopped_itself()
    {
        string[] deaf = [.. ArgumentTests.Members.Where(member => !TakesToken(member) && Called(member).Any(TakesToken))
            .Select(Name)];
        Assert.Equal(Exempt, deaf);
    }

    [Fact]
    public void A_branch_that_is_stopped_has_nothing_left_to_judge()
    {
        const int Most = 5;
        using var stop = new CancellationTokenSource();
        var cell = new Counting();
        var start = Assert.Single(new NewtonSolver().Solve(new(cell, [-1.5], new double[,] { { -1 } })).Distinct());
        int atStop = 0;
        var branch = new Continuation().Follow(cell, start, [1.5], new OnProgress(count =>
        {
            if (count != Most) return;
            stop.Cancel();
            atStop = cell.Jacobians;
        }), stop.Token);
        Assert.Equal((BranchEnding.Cancelled, Most), (branch.Ending, branch.Points.Count));
        Assert.All(branch.Points, point => Assert.Equal(0, point.UnstableModes));
        Assert.Equal(atStop, cell.Jacobians);
    }

    private static string Name(MethodBase member) => $"{member.DeclaringType!.Name}.{member.Name}";

    private static bool TakesToken(MethodBase member) =>
        member.GetParameters().Any(parameter => parameter.ParameterType == typeof(CancellationToken));

    private static bool IsStopped(ArgumentSamples good, MethodBase member)
    {
        object?[] arguments = [.. member.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(CancellationToken) ? new CancellationToken(canceled: true)
                : good.Of(parameter.ParameterType, parameter.Name!, member))];
        try
        {
            member.Invoke(member.IsStatic ? null : good.Thing(member.DeclaringType!),
                BindingFlags.DoNotWrapExceptions, null, arguments, null);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>
    /// What of the library a method calls by itself: not by way of lambdas, local functions or other methods. Each
    /// place of its code where a call could stand is looked at.
    /// </summary>
    private static IEnumerable<MethodBase> Called(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int i = 0; i + 5 <= code.Length; i++)
        {
            if (code[i] != OpCodes.Call.Value && code[i] != OpCodes.Callvirt.Value) continue;
            MethodBase? called = null;
            try
            {
                called = method.Module.ResolveMethod(BitConverter.ToInt32(code, i + 1),
                    method.DeclaringType!.GetGenericArguments(), null);
            }
            catch (ArgumentException)
            {
                // No call, but part of a number.
            }
            if (called?.Module == method.Module) yield return called;
        }
    }

    private sealed class OnProgress(Action<int> act) : IProgress<int>
    {
        public void Report(int value) => act(value);
    }

    /// <summary>x' = tanh(2 x + u), and how often its Jacobian was asked for.</summary>
    private sealed class Counting() : Cell("Counting", inputSize: 1, units: 1)
    {
        public int Jacobians { get; private set; }

        public override Tensor Step(Tensor input, Tensor state) => (2 * state + input).tanh();

        public override Tensor StateJacobian(Tensor input, Tensor state)
        {
            Jacobians++;
            return base.StateJacobian(input, state);
        }
    }
}
