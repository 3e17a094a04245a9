using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Models;

/// <summary>The architectures whose cells are made of gates: the library's, and the tests' own.</summary>
internal static class Gated
{
    public static TheoryData<Architecture> Architectures => [.. Kinds];

    /// <summary>These, rate networks with every option, and layers: all cells with closed forms.</summary>
    public static TheoryData<Architecture> AndOthers => [.. Kinds, .. RateNetworks, .. Layers];

    /// <summary>Layers of every kind of cell.</summary>
    public static IReadOnlyList<Architecture> Layers =>
    [
        .. Kinds.Select(kind => new Stacked { Layer = kind }),
        new Stacked { Layer = new Currents { Leak = 0.3, InnerBias = true, LearnedStart = true }, Layers = 3 },
        new Stacked { Layer = new Rates { Leak = 0.3, Nonlinearity = Nonlinearity.Softplus } },
        new Stacked { Layer = new Currents { Nonlinearity = Nonlinearity.Logistic, Rank = 1 } },
    ];

    /// <summary>Rate networks: each nonlinearity, and each option at least once, in both conventions.</summary>
    public static IReadOnlyList<LeakyArchitecture> RateNetworks =>
    [
        .. Nonlinearity.All.SelectMany(f => new LeakyArchitecture[]
        {
            new Currents { Nonlinearity = f, Leak = 0.3, InnerBias = true },
            new Rates { Nonlinearity = f, Leak = 0.3 },
        }),
        new Currents { ReadsRates = false }, new Rates(),
        new Currents { ReadsPlainRates = true, InnerBias = true, Leak = 0.4 },
        new Currents { Rank = 1, Leak = 0.05, LastLeak = 0.9, LearnedStart = true },
        new Rates { Rank = 1, Leak = 0.9, LastLeak = 0.05 },
        new Currents { Inhibitory = 0.4, LastLeak = 0.1, Nonlinearity = Nonlinearity.Relu },
        new Rates { Inhibitory = 0.4, LearnedStart = true, Nonlinearity = Nonlinearity.Logistic },
    ];

    private static IEnumerable<Architecture> Kinds => Architecture.All.Where(kind =>
        kind.GetType().DeclaringType?.IsSubclassOf(typeof(RecurrentCell)) == true);
}
