using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Neurodynamics;

internal static class TorchThreads
{
    /// <summary>
    /// One torch thread, whatever the host: with two or more, oneMKL solves batches of large float64 systems wrongly,
    /// and beside another busy process training becomes ten times slower. The library uses the cores with threads of
    /// its own.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage(
        "Usage", "CA2255", Justification = "Right results must not depend on a caller who remembers to ask for them.")]
    internal static void UseOne() => torch.set_num_threads(1);
}
