using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

public sealed class DoctorTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workbook-doctor-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>The set-up installs no programs, so after it none is missing.</summary>
    [Fact]
    public async Task AfterASetUpAllIsWellWithoutTheProgramsOfSingleVerbs()
    {
        var ran = await Verb.RunAsync(
            ["doctor"], ("PATH", folder.FullName), ("JUPYTER_DATA_DIR", folder.FullName));

        Assert.Contains("not there  jupyter-nbconvert: ", ran.StandardOutput);
        Assert.Contains(", which only run, share, stills or test needs: ", ran.StandardOutput);
        Assert.DoesNotContain("MISSING", ran.StandardOutput);
        Assert.True(ran.ExitCode == 0, ran.StandardOutput + ran.StandardError);
    }

    /// <summary>Where they are missing, what they read and write again is skipped and nobody notices.</summary>
    [Fact]
    public void TestInstallsForRootWhatReadsTheSavedPoints()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess && OnPath.Find("apt-get") is not null,
            "Only root has packages installed, and only on Debian and Ubuntu.");

        Assert.Superset(new HashSet<string> { "python3-numpy", "octave" },
            SystemPrograms.Survey().Where(program => program.Verbs == "test").Select(program => program.Name)
                .ToHashSet());
    }
}
