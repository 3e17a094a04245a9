using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Models;

/// <summary>The architectures whose cells are made of gates: the library's, and the tests' own.</summary>
internal static class Gated
{
    public static TheoryData<Architecture> Architectures =>
        [.. Architecture.All.Where(kind => kind.GetType().DeclaringType?.IsSubclassOf(typeof(RecurrentCell)) == true)];
}
