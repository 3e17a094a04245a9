namespace Neurodynamics;

/// <summary>TorchSharp's native library. The commands, which come without the library, compile this too.</summary>
internal static class NativeTorch
{
    /// <summary>Its file on this system.</summary>
    public static string File => OperatingSystem.IsWindows() ? "LibTorchSharp.dll"
        : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
}
