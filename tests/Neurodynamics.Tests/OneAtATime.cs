using System.Runtime.CompilerServices;
using CsCheck;
using Xunit.Sdk;
using Xunit.v3;

// TorchSharp's implicit scalars may be freed in mid-use when another thread sets off a collection, which can end the
// process. The library avoids them; tests write `2 * x`, and run one at a time instead.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Neurodynamics.Tests;

internal static class OneAtATime
{
    /// <summary>CsCheck would draw its samples on as many threads as there are processors.</summary>
    [ModuleInitializer]
    internal static void DrawOnOneThread() => Check.Threads = 1;
}
