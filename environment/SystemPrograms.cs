using CliWrap;
using Neurodynamics.Pictures;
using Spectre.Console;

namespace Neurodynamics.Environment;

/// <summary>What a command needs the machine for: each of these needs all that the one before does.</summary>
enum Purpose
{
    /// <summary>Opening notebooks, training, sweeping.</summary>
    Open,

    /// <summary>Executing and exporting notebooks from the command line.</summary>
    Run,

    /// <summary>The tests.</summary>
    Test,
}

/// <summary>The programs that come from outside NuGet, and the Debian packages that bring them.</summary>
sealed class SystemPrograms(Workbook workbook, IAnsiConsole console)
{
    /// <param name="Find">The program's path, or null where it is not there.</param>
    sealed record Needed(string Package, Func<string?> Find, string For);

    /// <summary>Ubuntu's own package of this name only fetches a snap, which apt-get in a container cannot.</summary>
    static bool IsSnap(string package) => package == Chromium.Package && IsUbuntu;

    static bool IsUbuntu { get; } = File.Exists("/etc/os-release")
        && File.ReadLines("/etc/os-release").Any(line => line.Replace("\"", "") == "ID=ubuntu");

    static readonly Needed Jupyter = Program("jupyter-nbconvert", "executes the notebooks and exports them");
    static readonly Needed Chromium = new("chromium", HeadlessBrowser.Find, "shows the figures to the browser tests");
    static readonly Needed Fonts = new("fonts-liberation", () => Existing("/usr/share/fonts/truetype/liberation"),
        "writes the words of the figures' stills");

    /// <summary>They read the points that the library saves, and write them again.</summary>
    static readonly Needed[] Readers =
    [
        new("python3-numpy", () => Existing("/usr/lib/python3/dist-packages/numpy"),
            "reads the points that a test has saved as .npz, and writes them again"),
        Program("octave", "does the same with those saved as .mat", "octave-cli"),
    ];

    static readonly Needed[] Slurm =
    [
        Program("slurmctld", "is the head of the small Slurm cluster that the test of job arrays starts"),
        Program("slurmd", "is the one node of that cluster"),
        Program("slurm-client", "submits a sweep to it", "sbatch"),
        Program("munge", "vouches to it for who submits", "munged"),
    ];

    static Needed Program(string package, string use, string? name = null) =>
        new(package, () => OnPath.Find(name ?? package), use);

    static string? Existing(string folder) => Directory.Exists(folder) ? folder : null;

    /// <summary>Opening notebooks needs nothing but .NET.</summary>
    /// <param name="root">
    /// Only root may start a cluster, and has the programs of other single tests installed; for others these are
    /// skipped.
    /// </param>
    static IEnumerable<Needed> All(Purpose purpose, bool root)
    {
        if (purpose >= Purpose.Run) yield return Jupyter;
        if (purpose == Purpose.Test && OperatingSystem.IsLinux())
        {
            yield return Chromium;

            // Elsewhere they lie in other folders, and any will do.
            bool isDebian = OnPath.Find("apt-get") is not null;
            if (isDebian) yield return Fonts;

            foreach (var needed in root && isDebian ? Readers : [])
                yield return needed;

            foreach (var needed in root ? Slurm : [])
                yield return needed;
        }
    }

    /// <summary>Every program that some command needs, what for, which verbs, and whether it is there.</summary>
    public static IEnumerable<(string Name, string For, string Verbs, bool Present)> Survey() =>
        All(Purpose.Test, IsRoot).Select(needed => (needed.Package, needed.For,
            needed == Jupyter ? "run, share, stills or test" : "test", IsPresent(needed)));

    /// <summary>The Debian packages without which a user who is not root cannot run all commands.</summary>
    public static IEnumerable<string> Packages => All(Purpose.Test, root: false).Select(needed => needed.Package);

    static bool IsRoot => System.Environment.IsPrivilegedProcess;

    static bool IsPresent(Needed needed) => needed.Find() is not null;

    /// <summary>The one line that brings what is missing.</summary>
    public static string Remedy(IReadOnlyCollection<string> missing)
    {
        if (!OperatingSystem.IsLinux()) return "python -m pip install nbconvert nbclient";
        if (OnPath.Find("apt-get") is null) return string.Join(' ', missing);

        var byManager = missing.GroupBy(package =>
            IsSnap(package) ? "snap install" : "apt-get install --no-install-recommends");
        return string.Join(" && ", byManager.Select(group => $"sudo {group.Key} {string.Join(' ', group)}"));
    }

    public async Task<string> EnsureAsync(Purpose purpose, bool install, CancellationToken cancellation)
    {
        var needed = All(purpose, IsRoot).ToArray();
        if (needed.Length == 0) return "none needed besides .NET";
        string[] missing = needed.Where(one => !IsPresent(one)).Select(one => one.Package).ToArray();
        if (missing.Length == 0)
            return $"all there: {string.Join(", ", needed.Select(one => one.Package))}";

        string names = string.Join(", ", missing);
        if (OperatingSystem.IsLinux() && OnPath.Find("apt-get") is null)
            throw new WorkbookException(
                $"This system has no apt-get. Install these with its own package manager: {names}.");

        if (!OperatingSystem.IsLinux() || !install || !IsRoot || missing.Any(IsSnap))
            throw new WorkbookException($"Missing {(missing.Length == 1 ? "program" : "programs")}: {names}. "
                + $"Install with:\n  {Remedy(missing)}");

        console.WriteLine($"  Installing Debian packages: {string.Join(' ', missing)}");
        await AptAsync(missing, cancellation);
        string[] still = needed.Where(one => !IsPresent(one)).Select(one => one.Package).ToArray();
        return still.Length == 0
            ? $"installed: {names}"
            : throw new WorkbookException($"apt-get said it installed {string.Join(", ", still)}, "
                + "but the program is not on the PATH: add /usr/bin to it.");
    }

    async Task AptAsync(string[] packages, CancellationToken cancellation)
    {
        const string failed =
            "apt-get could not install them: check the network and /etc/apt/sources.list, then run this again.";

        // In a session of its own and not cancelled: a dpkg that is stopped in the middle leaves packages that only the
        // administrator can mend.
        var apart = Cli.Wrap("setsid")
            .WithEnvironmentVariables(variables => variables.Set("DEBIAN_FRONTEND", "noninteractive"));
        var update = apart.WithArguments(["--wait", "apt-get", "update"]);
        var install = apart.WithArguments(
            ["--wait", "apt-get", "install", "--yes", "--no-install-recommends", .. packages]);
        using var patience = cancellation.Register(() =>
            console.WriteLine("  Stopping as soon as apt-get is done with its packages."));
        try
        {
            await Programs.RunAsync(workbook, install, failed, CancellationToken.None);
        }
        catch (WorkbookException)
        {
            // A fresh image has no package lists; an older one may have lists of packages that are gone.
            cancellation.ThrowIfCancellationRequested();
            await Programs.RunAsync(workbook, update, failed, CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            await Programs.RunAsync(workbook, install, failed, CancellationToken.None);
        }

        cancellation.ThrowIfCancellationRequested();
    }
}
