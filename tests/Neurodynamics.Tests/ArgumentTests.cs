using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Sweeps;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Training;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests;

/// <summary>
/// Every public constructor, method and option of the library, called with good arguments, and with one argument at a
/// time replaced by a wrong one: it works, or one sentence says what is wrong.
/// </summary>
public sealed class ArgumentTests : IDisposable
{
    private const int LongestSentence = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(1);

    private readonly TemporaryFolder folder = new();
    private readonly ArgumentSamples good, other;

    public ArgumentTests()
    {
        good = new(units: 2, channels: 1, trials: 3, steps: 5, Path.Combine(folder.Path, "good"));
        other = new(units: 3, channels: 2, trials: 4, steps: 6, Path.Combine(folder.Path, "other"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Good_arguments_are_taken()
    {
        string[] refused = [.. from member in Members
                               let error = Call(member, Arguments(member))
                               where error is not (null or ImportException)
                               select $"{Name(member)}: {error}"];
        Assert.True(refused.Length == 0, string.Join("\n", refused));
    }

    [Fact]
    public void Wrong_arguments_work_or_are_refused_in_one_sentence()
    {
        string[] faults = [.. from member in Members
                              from parameter in member.GetParameters()
                              from wrong in WrongFor(member, parameter)
                              let fault = FaultOf(Call(member, With(member, parameter, wrong)))
                              where fault is not null
                              select $"{Name(member)} with {parameter.Name} = {Text(wrong)}: {fault}"];
        Assert.True(faults.Length == 0, $"{faults.Length} faults:\n{string.Join("\n", faults)}");
    }

    [Fact]
    public void Options_refuse_null_and_undefined_values()
    {
        string[] taken = [.. from type in new[]
                             {
                                 typeof(FlipFlop), typeof(Integration), typeof(Recipe), typeof(TrainingOptions),
                                 typeof(FixedPointSearch), typeof(GradientDescent), typeof(SweepMeasurement),
                             }
                             from option in type.GetProperties()
                             where option.SetMethod is { IsPublic: true }
                             let wrong = Undefined(option)
                             where wrong is not null || IsNeeded(option)
                             where Call(option.SetMethod!, [wrong]) is not ArgumentException
                             select $"{type.Name}.{option.Name}"];
        Assert.Empty(taken);

        static object? Undefined(PropertyInfo option) =>
            option.PropertyType.IsEnum ? Enum.ToObject(option.PropertyType, 99) : null;

        static bool IsNeeded(PropertyInfo option) => !option.PropertyType.IsValueType
            && new NullabilityInfoContext().Create(option).WriteState == NullabilityState.NotNull;
    }

    [Fact]
    public void What_was_disposed_of_says_so()
    {
        string[] others = [.. from member in Members.OfType<MethodInfo>()
                              where member.DeclaringType!.IsSubclassOf(typeof(nn.Module)) && !member.IsStatic
                              // Its weights are those of another cell.
                              where member.DeclaringType != typeof(IteratedCell)
                              where member.Name is not (nameof(Cell.InvariantBox) or nameof(Cell.BoxAfter))
                                  && !member.IsAbstract
                              let error = Call(member, Arguments(member), Disposed((nn.Module)Instance(member)!))
                              where error is not ObjectDisposedException
                              select $"{Name(member)}: {error}"];
        Assert.True(others.Length == 0, string.Join("\n", others));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Weights_that_are_disposed_of_during_a_search_are_freed_after_it(bool iterated)
    {
        var network = new Network(Nets.Normal(40, 3, seed: 1), nn.Linear(40, 1, dtype: ScalarType.Float64));
        var cell = iterated ? new IteratedCell(network.Cell, 2) : network.Cell;
        double[,] candidates = Nets.Cloud(200, 40, 1, seed: 1);
        var search = new FixedPointSearch { MaxRounds = 2 };
        var set = search.Run(cell, candidates, progress: new OnProgress(network.Dispose));
        Assert.Equal(3, set.Rounds.Count);
        Assert.Throws<ObjectDisposedException>(() => search.Run(cell, candidates));
    }

    private sealed class OnProgress(Action act) : IProgress<int>
    {
        public void Report(int value) => act();
    }

    /// <summary>Constructors, methods and what can be set, but what the compiler makes of a record.</summary>
    internal static IEnumerable<MethodBase> Members =>
        from type in typeof(Distances).Assembly.GetExportedTypes()
            // What the library calls, and others implement.
        where type != typeof(FileFormat) && type != typeof(LayerLayout) && type != typeof(LayerSource)
        where !type.IsEnum && !type.IsSubclassOf(typeof(Delegate)) && !type.IsSubclassOf(typeof(Exception))
        from member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static
            | BindingFlags.DeclaredOnly).OfType<MethodBase>()
        where member is ConstructorInfo
            ? !type.IsAbstract
            : member.Name.StartsWith("set_") || member.Name is "get_Item"
                || !member.IsSpecialName && !member.IsDefined(typeof(CompilerGeneratedAttribute))
        where member.Name is not (nameof(Dispose) or "Deconstruct" or nameof(ToString))
            && !member.GetParameters().Any(parameter => parameter.ParameterType.IsByRefLike)
        select member is MethodInfo { IsGenericMethodDefinition: true } generic
            ? generic.MakeGenericMethod(typeof(int))
            : member;

    private object?[] Arguments(MethodBase member) =>
        [.. member.GetParameters().Select(parameter => good.Of(parameter.ParameterType, NameOf(parameter), member))];

    private object?[] With(MethodBase member, ParameterInfo parameter, object? wrong)
    {
        object?[] arguments = Arguments(member);
        arguments[parameter.Position] = wrong;
        return arguments;
    }

    private IEnumerable<object?> WrongFor(MethodBase member, ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (!parameter.ParameterType.IsValueType) yield return null;
        object[] values = type switch
        {
            _ when type == typeof(int) => [0, -1, int.MinValue, int.MaxValue],
            _ when type == typeof(long) => [0L, -1L, long.MinValue, long.MaxValue],
            _ when type == typeof(double) =>
                [0.0, -1.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue],
            _ when type == typeof(string) => ["", "none such", Path.Combine(folder.Path, "none", "such"), "a\0b"],
            _ when type == typeof(Index) => [^0, (Index)100],
            _ when type == typeof(Range) => [0..0, 100..200],
            _ when type.IsEnum => [Enum.ToObject(type, 99), Enum.ToObject(type, -1)],
            _ when type == typeof(double[]) => [Array.Empty<double>(), new double[7], new[] { double.NaN }],
            _ when type == typeof(double[,]) => [new double[0, 0], new double[0, 2], new double[2, 0], Nan(2, 2)],
            _ when type == typeof(double[,,]) =>
                [new double[0, 0, 0], new double[0, 5, 1], new double[3, 0, 1], new double[3, 5, 0]],
            _ when type.IsArray => [Array.CreateInstance(type.GetElementType()!, 0),
                Array.CreateInstance(type.GetElementType()!, 1)],
            _ when type == typeof(Tensor) => [zeros(0), zeros(3, 2), Disposed(zeros(9, 2))],
            _ when type.IsGenericType && good.Of(type, NameOf(parameter), member) is Array list =>
                [Array.CreateInstance(list.GetType().GetElementType()!, 0),
                    Array.CreateInstance(list.GetType().GetElementType()!, 1)],
            _ when type == typeof(Network) => [Disposed(good.Network()), good.Network(withReadout: false)],
            _ when type.IsSubclassOf(typeof(nn.Module)) =>
                [Disposed((nn.Module)good.Of(type, NameOf(parameter), member)!)],
            _ => [],
        };
        foreach (object value in values) yield return value;
        if (!type.IsValueType && type != typeof(string) && !type.IsSubclassOf(typeof(Delegate))
            && other.Of(type, NameOf(parameter), member) is { } strange) yield return strange;

        static double[,] Nan(int rows, int columns)
        {
            double[,] matrix = new double[rows, columns];
            matrix[0, 0] = double.NaN;
            return matrix;
        }
    }

    private static T Disposed<T>(T value)
        where T : IDisposable
    {
        value.Dispose();
        return value;
    }

    /// <summary>What the call throws, on a thread of its own; null where it works.</summary>
    private Exception? Call(MethodBase member, object?[] arguments, object? on = null)
    {
        Exception? error = null;
        using var patience = new CancellationTokenSource(Patience);
        for (int i = 0; i < arguments.Length; i++)
            if (arguments[i] is CancellationToken) arguments[i] = patience.Token;
        object? instance = member.IsStatic || member is ConstructorInfo ? null : on ?? Instance(member);
        var thread = new Thread(() =>
        {
            try
            {
                using var scope = NewDisposeScope();
                object? result = member is ConstructorInfo constructor
                    ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null)
                    : member.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
                if (result is IEnumerable items and not nn.Module) foreach (object? _ in items) { }
            }
            catch (Exception thrown)
            {
                error = thrown;
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread.Join(Limit) ? error : new TimeoutException();
    }

    /// <summary>What a method is called on; a copy where it sets something.</summary>
    private object? Instance(MethodBase member)
    {
        object? thing = good.Thing(member.DeclaringType!);
        return member.Name.StartsWith("set_") && thing?.GetType().GetMethod("<Clone>$") is { } clone
            ? clone.Invoke(thing, null)
            : thing;
    }

    /// <summary>What is wrong with an answer; null where there is nothing.</summary>
    private static string? FaultOf(Exception? error) => error switch
    {
        null => null,
        TimeoutException => "hang",
        ExternalException => $"text of libtorch: {error.Message}",
        ArgumentException or ImportException or InvalidDataException or InvalidOperationException or IOException
            or OperationCanceledException or JsonException =>
            Sentence(error) is { Length: <= LongestSentence } sentence && !sentence.Contains('\n')
                ? null : $"more than a sentence: {error.Message}",
        _ => $"{error}",
    };

    /// <summary>The message, without the line that .NET adds to some of its own.</summary>
    private static string Sentence(Exception error) =>
        error.Message.Split(["\nActual value was", "\nObject name:"], default)[0];

    /// <summary>What a setter sets is called after its property.</summary>
    private static string NameOf(ParameterInfo parameter) =>
        parameter.Member.Name.StartsWith("set_") ? parameter.Member.Name[4..] : parameter.Name!;

    private static string Name(MethodBase member) => $"{member.DeclaringType!.Name}.{member.Name}("
        + $"{string.Join(", ", member.GetParameters().Select(parameter => parameter.Name))})";

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text.Replace("\0", "\\0").Split('/')[^1]}\"",
        Array array =>
            $"{array.GetType().Name} [{string.Join(", ", Enumerable.Range(0, array.Rank).Select(array.GetLength))}]",
        Tensor { IsInvalid: true } => "disposed tensor",
        Tensor tensor => $"[{string.Join(", ", tensor.shape)}]",
        _ when value.GetType().IsValueType => FormattableString.Invariant($"{value}"),
        _ => value.GetType().Name,
    };
}
