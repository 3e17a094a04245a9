using System.Runtime.Loader;

namespace Neurodynamics.Notebooks;

/// <summary>
/// Keeps the kernel from loading a library of the workbook twice. Its loader takes two versions of a name for two
/// libraries: asked by TorchSharp.PyBridge for TorchSharp 0.103, it loads the 0.107 that is there once more, and the
/// tensors of one copy are strangers to the other ("Method not found" where a network is loaded). The runtime asks here
/// before it asks that loader.
/// </summary>
internal static class OneCopy
{
    private static readonly string Folder = Path.GetDirectoryName(typeof(OneCopy).Assembly.Location) ?? "";

    /// <summary>
    /// From now on an assembly that was loaded from the library's folder is the answer to every version of its name.
    /// </summary>
    public static void Ensure() => AssemblyLoadContext.Default.Resolving += (_, wanted) =>
        AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(loaded => !loaded.IsDynamic
        && string.Equals(loaded.GetName().Name, wanted.Name, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Path.GetDirectoryName(loaded.Location), Folder, StringComparison.Ordinal));
}
