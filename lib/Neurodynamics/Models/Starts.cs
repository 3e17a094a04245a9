using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>Where trials begin: in the state that was asked for, or otherwise in the cell's own.</summary>
internal static class Starts
{
    /// <summary>States before the first step [B, S] for inputs [B, ...], in their precision.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="start">S values, the same for every trial; null for the cell's own.</param>
    /// <param name="inputs">The trials' inputs.</param>
    public static Tensor StartOf(this Cell cell, double[]? start, Tensor inputs) => start is null
        ? cell.Start(inputs)
        : cell.Checked(start).ToTensor().to(inputs.dtype).expand(inputs.shape[0], cell.StateSize);

    /// <summary>The same as plain numbers, S values.</summary>
    public static double[] StartOf(this Cell cell, double[]? start) =>
        start is null ? cell.StartState() : cell.Checked(start);

    /// <summary>States after each step of trials that begin there: [B, T, S] for inputs [B, T, I].</summary>
    public static Tensor RunFrom(this Cell cell, double[]? start, Tensor inputs) =>
        cell.Run(inputs, start is null ? null : cell.StartOf(start, inputs));

    private static double[] Checked(this Cell cell, double[] start) => start.Length == cell.StateSize
        ? start
        : throw new ArgumentException(
            $"{cell.Title} has {cell.StateSize} state variables, but the start state holds {start.Length} values.",
            nameof(start));
}
