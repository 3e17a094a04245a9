using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

public static partial class NetworkFile
{
    /// <summary>
    /// Reads a recurrent layer from a file that does not say what its arrays mean, by trials of the source's own: the
    /// equation is the one that reproduces them.
    /// </summary>
    /// <remarks>
    /// Tried are rate networks (currents and rates, every <see cref="Nonlinearity"/>, leaks from the file or estimated,
    /// biases inside and outside, masks, signs, low rank, one kernel or two), plain RNNs, GRUs and LSTMs (gates in any
    /// order, reset before or after, either sense of the update gate, 1 added to the forget gate), and layers of these;
    /// matrices as they are and turned. <see cref="ImportedNetwork.Example"/> says which it is, how far it is off, and
    /// what comes next.
    /// </remarks>
    /// <param name="path">The file, in any format of <see cref="ArrayFile"/>.</param>
    /// <param name="trials">
    /// A few trials without noise, [B, T, ...]; if omitted, the arrays inputs, states and, where there are any, outputs
    /// and start [B, S] of the same file. States of one step more than inputs begin with the start.
    /// </param>
    /// <param name="options">
    /// Names of arrays, where there are too many to try (<see cref="ImportOptions.Arrays"/>), what to leave out, and
    /// what outputs mean.
    /// </param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImportException">
    /// The file cannot be read, or no equation reproduces the trials: then the message names the nearest.
    /// </exception>
    public static ImportedNetwork LoadByExample(string path, SourceTrajectory? trials = null,
        ImportOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        var file = ArrayFile.Read(path);
        if (options.Architecture is not null || options.DividesByUnits is not null)
        {
            string given = options.Architecture is null ? nameof(options.DividesByUnits) : nameof(options.Architecture);
            throw file.Refusal($"{ImportOptions.NameOf(given)} was given, but trials show what the cell is: leave it "
                + $"out, or name the arrays and use {nameof(Load)}");
        }
        string[] ofTrials = trials is null ? SourceTrajectory.Names : [];
        trials = (trials ?? SourceTrajectory.In(file)).Whole();
        if (options.Arrays.Values.FirstOrDefault(name => file.Find(name) is null) is { } missing) _ = file[missing];
        var arrays = file.Arrays.Where(array => !ofTrials.Contains(array.Name) && !Belongings.IsElsewhere(array)
            && !options.LeaveOut.Contains(array.Name)
            && (options.Layer is null || array.Name.StartsWith(options.Layer, StringComparison.Ordinal))).ToList();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (found, example) = new ExampleSearch(file, new(arrays, options.Arrays), cancellation).Run(trials);

        var cell = Kept(found.Layer.Build(ScalarType.Float64));
        var left = new Parts([.. arrays.Except(found.Layer.Used)], options.Arrays);
        var readout = options.WithoutReadout ? null : ReadoutOf(
            file, left, cell, found);
        if (readout?.Reads is { } reads)
        {
            cell.Dispose();
            cell = Kept((found.Layer with { Architecture = reads with { LearnedStart = false } })
                .Build(ScalarType.Float64));
        }
        if (example.Rivals.Count > 0) cell.Unchecked = "the trials fit another form as well";
        string[] names =
            [.. found.Layer.Used.Concat(readout?.Readout.Used ?? []).Select(array => array.Name).Distinct()];
        return new(
            cell, Kept(Joined(cell, readout?.Readout, options, ScalarType.Float64)),
            readout?.Readout.Activation ?? Activation.Linear, file.Format, names,
            [.. file.Arrays.Select(array => array.Name).Except([.. names, .. ofTrials]), .. file.Unread],
            [
                .. file.Assumptions, .. found.Notes,
                .. Idle(left, Parts.IsZero, "zero"), .. Idle(left, Parts.IsOne, "one"),
                .. readout is null ? Array.Empty<string>() : [readout.Error is null
                    ? $"The outputs are taken to be {readout.Text}, by its name alone: the trials have no outputs."
                    : $"The outputs are {readout.Text}."],
                .. AssumedOf(readout?.Readout, options),
            ])
        {
            Example = example,
        };
    }

    private static IEnumerable<string> Idle(Parts left, Func<SourceArray, bool> idle, string what)
    {
        // Single numbers are settings, not scales.
        string[] names = [.. left.Arrays.Where(array => array.Shape.Count > 0).Where(idle).Select(array => array.Name)];
        if (names.Length > 0)
            yield return
                $"{ArrayFile.Listed(names)} {(names.Length == 1 ? "is" : "are")} {what} and would change nothing.";
    }

    private static ExampleReadout? ReadoutOf(ArrayFile file, Parts left, Cell cell, ExampleSearch.Found found)
    {
        var trials = found.Trials;
        if (trials.Outputs is not { } outputs)
            return ExampleReadout.ByName(left, cell, found.Layer.DividesByUnits);
        var states = trials.States.ToTensor().flatten(0, 1);
        if (states.shape[1] != cell.StateSize) states = cell.Run(trials.Inputs.ToTensor()).flatten(0, 1);
        var readout = ExampleReadout.Checked(left, cell, states, outputs.ToTensor().flatten(0, 1));
        const double most = TrajectoryCheck.DefaultTolerance;
        if (readout?.Error <= most) return readout;
        string nearest = readout is null ? "no array has a shape that fits"
            : FormattableString.Invariant($"the nearest is {readout.Text}, {readout.Error:0.0e+0} off");
        throw file.Refusal(
            $"the states are reproduced, but the outputs are not: {nearest}; leave the outputs out of the trials, or "
            + $"set {ImportOptions.NameOf(nameof(ImportOptions.WithoutReadout))}");
    }

    /// <summary>A module whose weights outlive the scope that they were made in.</summary>
    private static T Kept<T>(T module)
        where T : nn.Module
    {
        foreach (var parameter in module.parameters()) parameter.DetachFromDisposeScope();
        foreach (var buffer in module.buffers()) buffer.DetachFromDisposeScope();
        return module;
    }
}
