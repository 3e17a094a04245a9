using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Row 23 of the field cases: the packages are in the cache, and there is no network.</summary>
public sealed class SetupTests
{
    [Fact]
    public async Task AFreshCloneIsSetUpFromThePackageCacheWithoutANetwork()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && (await OfflineAsync(".", "true")).ExitCode == 0,
            "This system takes the network away from no process (Linux's unshare does).");
        using var copy = new WorkbookCopy("offline", "environment", "lib", "tests");

        var setup = await OfflineAsync(
            copy.Workbook.Root, "dotnet", "run", "--project", "environment", "--", "setup", "--no-install");
        Assert.True(setup.ExitCode == 0, setup.StandardOutput + setup.StandardError);
        Assert.Contains("Kernel       ", setup.StandardOutput);
        Assert.True(File.Exists(Path.Combine(copy.Workbook.Library, "Neurodynamics.Notebooks.dll")));
    }

    static async Task<BufferedCommandResult> OfflineAsync(string folder, params string[] command) =>
        await Cli.Wrap("unshare").WithArguments(["--map-root-user", "--net", .. command]).WithWorkingDirectory(folder)
        // No earlier build process, which has a network, may do the work, nor may NuGet's half-hour cache of versions.
        .WithEnvironmentVariables(variables => variables.Set("MSBUILDDISABLENODEREUSE", "1")
            .Set("NUGET_HTTP_CACHE_PATH", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())))
        .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
}
