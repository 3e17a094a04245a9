using CliWrap;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Where something cannot be written a sentence says what, and what to do; no stack trace.</summary>
public sealed class DeniedTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workbook-denied-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task AFolderOfPagesThatCannotBeMadeIsASentence()
    {
        Assert.SkipWhen(OnPath.Find("jupyter-nbconvert") is null, "jupyter-nbconvert is not installed.");
        var (code, error) = await RunAsync("share", Path.Combine(AFile(), "pages"), "--no-install");

        Assert.Equal(1, code);
        Assert.StartsWith("A file or folder cannot be read or written (", error);
        Assert.EndsWith("use a clone of your own where it is the workbook's.", error);
    }

    [Fact]
    public async Task AKernelThatCannotBeRegisteredNamesTheVariableThatMovesIt()
    {
        var (code, error) = await RunAsync("kernel");

        Assert.Equal(1, code);
        Assert.StartsWith("The registration in ", error);
        Assert.EndsWith("name a folder that you may write to in JUPYTER_DATA_DIR.", error);
    }

    /// <summary>What `dotnet restore` prints where HOME belongs to somebody else.</summary>
    [Fact]
    public async Task AProgramThatMayNotWriteIsToldFromOneThatHasNoNetwork()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no /bin/sh.");
        var command = Cli.Wrap("/bin/sh").WithArguments(["-c",
            "echo \"error : Access to the path '/x/.nuget' is denied.\"; echo '   at NuGet.Error()'; exit 1"]);

        var failed = await Assert.ThrowsAsync<WorkbookException>(() => Programs.RunAsync(
            new(folder.FullName), command, "go online", TestContext.Current.CancellationToken));

        Assert.StartsWith("sh may not write where it has to: make HOME and NuGet's folder writable", failed.Message);
        Assert.Contains("'/x/.nuget' is denied", failed.Message);
        Assert.DoesNotContain("go online", failed.Message);
        Assert.DoesNotContain("at NuGet", failed.Message);
    }

    string AFile()
    {
        string file = Path.Combine(folder.FullName, "file");
        File.WriteAllText(file, "");
        return file;
    }

    async Task<(int Code, string Error)> RunAsync(params string[] arguments)
    {
        var ran = await Verb.RunAsync(arguments, ("JUPYTER_DATA_DIR", AFile()));
        return (ran.ExitCode, ran.StandardError.Trim());
    }
}
