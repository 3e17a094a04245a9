using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>
/// A cell from any step that PyTorch can script or trace: <c>forward(input, state) -> state</c>, from inputs [B, I] and
/// states [B, S] to the next states [B, S]. Autograd supplies its Jacobians, so runs, searches, linearisations and
/// tables work on it as on <see cref="Cell.From"/>; its fixed points are at best verified numerically.
/// </summary>
/// <remarks>
/// The file is a program, and not data: see <see cref="Load"/>. In PyTorch, with a class around the model:
/// <code>
/// class Step(torch.nn.Module):                        # the state is h
///     def __init__(self, cell):                       # an nn.RNNCell or nn.GRUCell
///         super().__init__()
///         self.cell = cell
///
///     def forward(self, input, state):
///         return self.cell(input, state)
///
/// class StepOfBoth(Step):                             # the state is [h, c]
///     def forward(self, input, state):                # of an nn.LSTMCell
///         h, c = state.chunk(2, 1)
///         h, c = self.cell(input, (h, c))
///         return torch.cat([h, c], 1)
///
/// class Leaky(torch.nn.Module):                       # x' = (1 - a) x + a relu(W x + B u + b)
///     def __init__(self, inputs, units, a):
///         super().__init__()
///         self.w, self.b, self.a = torch.nn.Linear(units, units), torch.nn.Linear(inputs, units, bias=False), a
///
///     def forward(self, input, state):
///         return (1 - self.a) * state + self.a * torch.relu(self.w(state) + self.b(input))
///
/// torch.jit.script(Step(cell).double()).save("step.pt")
/// </code>
/// Where scripting fails, a trace records one call instead, with all numbers that it meets on the way:
/// <code>
/// torch.jit.trace(step.double(), (torch.zeros(2, I).double(), torch.zeros(2, S).double())).save("step.pt")
/// </code>
/// </remarks>
/// <param name="Cell">The cell, in float64.</param>
/// <param name="Assumptions">
/// What of the program is in float32 for good, such as the constants of a trace, and was taken as it is: in sentences.
/// </param>
public sealed partial record TorchScriptCell(Cell Cell, IReadOnlyList<string> Assumptions) : Described
{
    private const string SaveAdvice = "`torch.jit.script(step.double()).save(\"step.pt\")`";

    /// <summary>States of a trial run of the step.</summary>
    private const int Tried = 8;

    private static readonly ScalarType[] Real =
        [ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64];

    private static readonly ScalarType[] Whole =
        [ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Bool];

    /// <summary>
    /// Loads a program that torch.jit.save wrote, and tries its step: twice, and state by state. It goes to the CPU, to
    /// evaluation and to float64, with all that it stores in tensors; whole numbers stay whole.
    /// </summary>
    /// <remarks>
    /// No Python runs, and yet what is in the file is executed: TorchScript is a language, with loops that need not end
    /// and with functions that read and write files. Load only what you or somebody you trust has made. Nothing else
    /// in the library loads such a file.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="inputs">I, the number of inputs; at least 1, of which the step may use none.</param>
    /// <param name="units">N, the number of units that a readout sees: the first of the state.</param>
    /// <param name="stateSize">S, the number of state variables; N if omitted, and 2N for [h, c].</param>
    /// <param name="trusted">Whether you trust whoever made the file; nothing is loaded otherwise.</param>
    /// <param name="name">The name in figures and messages; that of the file if omitted.</param>
    /// <param name="box">
    /// The largest modulus of each state variable, as for <see cref="Cell.From"/>; null where you know none.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImportException">
    /// It is not trusted, damaged or of another kind; or its forward is no such step: of other sizes or arguments,
    /// random, the same everywhere, or not in float64.
    /// </exception>
    public static TorchScriptCell Load(
        string path, int inputs, int units, int? stateSize = null, bool trusted = false, string? name = null,
        double[]? box = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        int states = stateSize ?? units;
        ArgumentOutOfRangeException.ThrowIfLessThan(states, units, nameof(stateSize));
        Demand.Room(Tried, states, Math.Max(states, inputs));
        ArrayFile.RequireFile(path);
        if (!trusted)
            throw new ImportException(
                $"{path} may hold a program, which would run with your rights, read and write files or never end, so "
                + "nothing was loaded: pass trusted: true if you trust whoever made it.");

        var (program, frozen) = OpenFile.Read(path, file => Read(file));
        name ??= Path.GetFileNameWithoutExtension(path);
        using var scope = NewDisposeScope();
        var module = Loaded(path, program);
        var cell = Cell.From((input, state) => Stepped(module, input, state), inputs, units, states, name, box);
        try
        {
            Try(cell);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or ExternalException)
        {
            cell.Dispose();
            string reason = error.Message.Split('\n')[0].Split(" (Parameter")[0].TrimEnd('.');
            string where = frozen.Count == 0 ? ""
                : $"; in float32 or less are {ArrayFile.Listed(frozen.Select(one => one.At))}";
            throw new ImportException(
                $"{path}: {reason}{where}; expected was forward(input [B, {inputs}], state [B, {states}]) -> state "
                + $"[B, {states}] in float64.", error);
        }
        return new(cell, [.. frozen.Select(one => one.Sentence)]);
    }

    /// <summary>What a program has in float32 or less, and keeps so whatever its weights are in.</summary>
    /// <param name="At">Where, in a few words.</param>
    /// <param name="Sentence">All about it.</param>
    private sealed record Frozen(string At, string Sentence);

    /// <summary>All bytes of a program that is not damaged, and what in it is in float32 or less.</summary>
    private static (byte[] Program, IReadOnlyList<Frozen> Frozen) Read(OpenFile file)
    {
        if (!new TorchScriptFormat().Matches(file))
            throw new ImportException(
                $"{file.Path} is no TorchScript program, but one was expected: save it with {SaveAdvice}, or load "
                + $"weights with {nameof(NetworkFile)}.{nameof(NetworkFile.Load)}.");
        file.Kind = "TorchScript program";
        var frozen = PyTorchZipFormat.ConstantsOf(file).Where(one => one.IsFloating && one.Type != "float64")
            .Select(one => new Frozen($"constant {one.Name}", $"The constant {one.Name} of its code was frozen in "
                + $"{one.Type} {one.ShapeText}: its values are taken as they are there.")).ToList();
        foreach (var entry in file.Zip!.Entries)
        {
            // What libtorch reads is whole: every entry has its length and its checksum.
            byte[] bytes = entry.ReadAll(Limits.ArrayBytes);
            if (!entry.FullName.EndsWith(".py", StringComparison.Ordinal)) continue;
            string name = entry.FullName[(entry.FullName.IndexOf('/') + 1)..].Shown();
            string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
            for (int i = 0; i < lines.Length; i++)
                if (Narrow().IsMatch(lines[i]))
                    frozen.Add(new($"line {i + 1} of {name}", $"Line {i + 1} of {name} makes numbers in float32 or "
                        + $"less: {lines[i].Trim().Shown(80)}"));
        }
        byte[] program = new byte[file.Stream.Length];
        file.Stream.Position = 0;
        file.Stream.ReadExactly(program);
        return (program, frozen);
    }

    // PyTorch's numbers of types: 5 is float16, 6 float32 and 15 bfloat16. Where a tensor is made without one, it is in
    // float32.
    [GeneratedRegex(@"\bdtype=(5|6|15)\b|\btorch\.to\(([^()]|\([^()]*\))*, (5|6|15)\b"
        + @"|\btorch\.(zeros|ones|full|eye|empty|tensor|linspace|rand|randn)\((?!.*\bdtype=(?!None))")]
    private static partial Regex Narrow();

    private static jit.ScriptModule Loaded(string path, byte[] program)
    {
        try
        {
            var module = jit.load(program);
            module.eval();
            ToDouble(module);
            return module;
        }
        catch (Exception error) when (error is ExternalException or NotSupportedException)
        {
            throw new ImportException(
                $"{path} cannot be loaded as the TorchScript program it seems to be "
                + $"({ImportException.FirstSentence(error)}): save it again with {SaveAdvice}.", error);
        }
    }

    /// <summary>
    /// All real numbers to float64. In libtorch's own way, so that lists of weights follow; but that turns whole
    /// numbers into real ones as well, and leaves tensors alone that are neither parameter nor buffer.
    /// </summary>
    private static void ToDouble(jit.ScriptModule module)
    {
        var parts = module.named_modules().Select(part => (jit.ScriptModule)part.module).Prepend(module).ToArray();
        foreach (var (_, weights) in module.named_parameters()) weights.requires_grad_(false);
        var before = Tensors().Select(one => (one.Part, one.Name, one.Values.dtype, Whole: IsWhole(one.Values)
            ? one.Values.clone() : null)).ToArray();
        if (before.FirstOrDefault(one => !Real.Contains(one.dtype) && one.Whole is null) is { Name: not null } odd)
            throw new NotSupportedException($"{odd.Name} is neither of real nor of whole numbers");
        module.to(ScalarType.Float64);
        foreach (var (part, name, _, whole) in before)
            if (whole is not null) part.set_attribute(name, whole);
        foreach (var (part, name, values) in Tensors())
            if (Real.Contains(values.dtype) && values.dtype != ScalarType.Float64)
                part.set_attribute(name, values.to(ScalarType.Float64));

        // Places that hold no tensor have no name.
        IEnumerable<(jit.ScriptModule Part, string Name, Tensor Values)> Tensors() =>
            from part in parts
            from one in part.named_attributes(recurse: false)
            where one.name is not null
            select (part, one.name, one.buffer);

        static bool IsWhole(Tensor values) => Whole.Contains(values.dtype);
    }

    private static Tensor Stepped(jit.ScriptModule module, Tensor input, Tensor state)
    {
        object? next;
        try
        {
            // Some programs look at their arguments as they lie in memory.
            next = module.forward(input.contiguous(), state.contiguous());
        }
        catch (Exception error) when (error is NotImplementedException or ArgumentOutOfRangeException)
        {
            // What TorchSharp does not take over, such as a dictionary.
            next = null;
        }
        return next as Tensor ?? throw new InvalidOperationException($"Its forward returns "
            + (next is null ? "no tensor" : "several values, to be joined as by torch.cat([h, c], 1)"));
    }

    /// <summary>Tries the step at some states, from small to large.</summary>
    /// <exception cref="InvalidOperationException">It is no step of a cell.</exception>
    private static void Try(Cell cell)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator(1);
        var (input, state) = (Around(cell.InputSize), Around(cell.StateSize));
        var next = cell.Step(input, state);
        // Often enough for libtorch to have compiled it.
        for (int i = 0; i < 3; i++)
            if (Apart(cell.Step(input, state), next) > 1e-9)
                throw new InvalidOperationException(
                    "Its step gives other states when it is called again: leave out noise and dropout");
        for (int i = 0; i < Tried; i++)
            if (Apart(cell.Step(input[i..(i + 1)], state[i..(i + 1)]), next[i..(i + 1)]) > 1e-9)
                throw new InvalidOperationException(
                    "Its step mixes the states of a batch: a state alone goes elsewhere than beside others");
        if (Apart(next, next[..1]) == 0)
            throw new InvalidOperationException("Its step gives the same state everywhere: a trace takes for a "
                + "constant what is computed outside PyTorch, so script it or keep to PyTorch's functions");
        // Differences over two lengths are alike in float64; in float32 they are of the size of its roundings.
        var (u, x) = (Around(cell.InputSize), Around(cell.StateSize));
        var (slope, other) = (Slope(1e-7), Slope(3e-7));
        if (Apart(slope, other) > 1e-4 * Math.Max(1, Largest(slope) + Largest(next)))
            throw new InvalidOperationException(
                $"Its step rounds to float32 or less on the way: save it with {SaveAdvice}");
        // The first Jacobians are compared with differences.
        cell.StateJacobian(input, state);
        cell.InputJacobian(input, state);

        Tensor Around(int size) => randn([Tried, size], dtype: ScalarType.Float64, generator: generator)
            * linspace(0.1, 1.5, Tried, dtype: ScalarType.Float64).unsqueeze(1);

        Tensor Slope(double length) => (cell.Step(input.Plus(u.Times(length)), state.Plus(x.Times(length)))
            - cell.Step(input.Plus(u.Times(-length)), state.Plus(x.Times(-length)))).Over(2 * length);

        // What is not finite says nothing.
        static double Apart(Tensor a, Tensor b) => Largest(a - b);

        static double Largest(Tensor a) => a.abs().nan_to_num(0, 0, 0).max().item<double>();
    }
}
