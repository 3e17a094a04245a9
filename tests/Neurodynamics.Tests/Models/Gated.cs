using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Models;

/// <summary>The architectures whose cells are made of gates: the library's, and the tests' own.</summary>
internal static class Gated
{
    public static TheoryData<Architecture> Architectures => [.. Kinds];

    /// <summary>These, and rate networks with every option: what every cell with closed forms has to obey.</summary>
    public static TheoryData<Architecture> AndRateNetworks => [.. Kinds, .. RateNetworks];

    /// <summary>Rate networks: each nonlinearity, and each option at least once, in both conventions.</summary>
    public static IReadOnlyList<LeakyArchitecture> RateNetworks =>
    [
        .. Nonlinearity.All.SelectMany(f => new LeakyArchitecture[]
        {
            new Currents { Nonlinearity = f, Leak = 0.3, InnerBias = true },
            new Rates { Nonlinearity = f, Leak = 0.3 },
        }),
        new Currents { ReadsRates = false }, new Rates(),
        new Currents { Rank = 1, Leak = 0.2, LearnedStart = true }, new Rates { Rank = 1, Leak = 0.9, LastLeak = 0.05 },
        new Currents { Inhibitory = 0.4, LastLeak = 0.1, Nonlinearity = Nonlinearity.Relu },
        new Rates { Inhibitory = 0.4, LearnedStart = true, Nonlinearity = Nonlinearity.Logistic },
    ];

    private static IEnumerable<Architecture> Kinds => Architecture.All.Where(kind =>
        kind.GetType().DeclaringType?.IsSubclassOf(typeof(RecurrentCell)) == true);
}
