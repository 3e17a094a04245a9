using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;

namespace Neurodynamics.Tests;

/// <summary>The listed fixed points of a reference network, linearised.</summary>
internal static class ReferencePoints
{
    public static (Network Network, IReadOnlyList<Linearisation> Points) Of(string name)
    {
        string path = Reference.Network(name + ".npz");
        var network = NetworkFile.Load(path, new() { Outputs = OutputMeaning.Logits }).Network;
        var (input, states) = (ArrayFile.Read(path)["input"].Values,
            ArrayFile.Read(Reference.FixedPoints(name))["fixed_points"].ToMatrix());
        return (network, Linearisation.Of(network.Cell,
            [.. Enumerable.Range(0, states.GetLength(0)).Select(i => new FixedPoint(states.Row(i), input, 0, 1))]));
    }
}
