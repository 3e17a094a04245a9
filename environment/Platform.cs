using System.Runtime.InteropServices;

namespace Neurodynamics.Environment;

/// <summary>The kind of machine, in the names that packages use.</summary>
static class Platform
{
    /// <summary>
    /// Such as linux-x64. Not <see cref="RuntimeInformation.RuntimeIdentifier"/>, which is ubuntu.24.04-x64 where
    /// Ubuntu itself built .NET. A Linux without glibc keeps that name: there is no libtorch for it.
    /// </summary>
    public static string Name { get; } =
        RuntimeInformation.RuntimeIdentifier is var own && (own.Contains("musl") || own.StartsWith("alpine")) ? own
        : (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
            + $"-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
}
