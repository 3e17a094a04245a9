namespace Neurodynamics.Notebooks;

/// <summary>
/// TorchSharp's native library. The commands, which come without the library, compile this too. It is not in
/// Neurodynamics: that assembly loads the native library before the first of its own lines runs.
/// </summary>
internal static class NativeTorch
{
    /// <summary>Its file on this system.</summary>
    public static string File => OperatingSystem.IsWindows() ? "LibTorchSharp.dll"
        : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
}
