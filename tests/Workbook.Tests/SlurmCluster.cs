using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Neurodynamics.Pictures;

namespace Neurodynamics.Workbook.Tests;

/// <summary>
/// A real Slurm of one node with two cores, for as long as a test runs: Debian's daemons with configuration, key,
/// sockets and state in one temporary folder. The system's own Slurm and munge are neither read nor touched.
/// </summary>
sealed class SlurmCluster : IAsyncDisposable
{
    static readonly string[] Needed = ["slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "munged"];

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workbook-slurm-");
    readonly List<Process> daemons = [];
    readonly string? before = System.Environment.GetEnvironmentVariable(Variable);

    const string Variable = "SLURM_CONF";

    /// <summary>Why there can be no cluster here; null where there can.</summary>
    public static string? Reason =>
        !OperatingSystem.IsLinux() ? "Slurm is for Linux."
        : !System.Environment.IsPrivilegedProcess ? "Only root may start Slurm's daemons."
        : Needed.FirstOrDefault(name => OnPath.Find(name) is null) is { } missing
            ? $"{missing} is not here: `dotnet run --project environment -- setup` installs Debian's Slurm."
        : null;

    /// <summary>Starts it, and makes it the one that sbatch and its like speak to in this process.</summary>
    public static async Task<SlurmCluster> StartAsync(CancellationToken cancellation)
    {
        var cluster = new SlurmCluster();
        try
        {
            await cluster.StartDaemonsAsync(cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    async Task StartDaemonsAsync(CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException(Reason);

        string At(string name) => Path.Combine(folder.FullName, name);
        string host = System.Environment.MachineName.Split('.')[0];
        string socket = At("munge.socket"), configuration = At("slurm.conf");
        folder.CreateSubdirectory("state");
        folder.CreateSubdirectory("spool");
        // munge refuses a key that others can read, and a socket in a folder that they cannot enter.
        File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await File.WriteAllBytesAsync(At("munge.key"), RandomNumberGenerator.GetBytes(1024), cancellation);
        File.SetUnixFileMode(At("munge.key"), UnixFileMode.UserRead);
        await File.WriteAllTextAsync(configuration, $"""
            ClusterName=workbook
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            # A requeued job starts again when its credential has expired.
            AuthInfo=socket={socket},cred_expire=5
            StateSaveLocation={At("state")}
            SlurmdSpoolDir={At("spool")}
            SlurmctldPidFile={At("slurmctld.pid")}
            SlurmdPidFile={At("slurmd.pid")}
            SlurmctldLogFile={At("slurmctld.log")}
            SlurmdLogFile={At("slurmd.log")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            MpiDefault=none
            ReturnToService=2
            SlurmdParameters=config_overrides
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
            PartitionName=workbook Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """, cancellation);
        System.Environment.SetEnvironmentVariable(Variable, configuration);

        Daemon("munged", "--foreground", "--origin=127.0.0.1", $"--key-file={At("munge.key")}", $"--socket={socket}",
            $"--pid-file={At("munged.pid")}", $"--seed-file={At("munged.seed")}");
        await UntilAsync("munged has its socket", () => Task.FromResult(File.Exists(socket)), cancellation);
        Daemon("slurmctld", "-D", "-f", configuration);
        Daemon("slurmd", "-D", "-f", configuration);
        await UntilAsync("the node is idle",
            async () => (await AskAsync("sinfo", "--noheader", "--format=%t")).Trim() == "idle", cancellation);
    }

    void Daemon(string name, params string[] arguments)
    {
        // No pipe: its output would be for nobody, and once full it would stop the daemon.
        string script = $"exec \"$@\" > '{Path.Combine(folder.FullName, name)}.out' 2>&1";
        daemons.Add(Process.Start("sh", ["-c", script, "sh", name, .. arguments]));
    }

    /// <summary>What one of Slurm's programs answers; what it complains of where it fails.</summary>
    public static async Task<string> AskAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await said : await complained;
    }

    /// <summary>Waits for something, five minutes at most: it takes seconds, but the cores may be busy.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> there, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await there())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(5))
            {
                var ends = folder.EnumerateFiles("*.log").Concat(folder.EnumerateFiles("*.out"))
                    .SelectMany(file => File.ReadLines(file.FullName).TakeLast(8));
                throw new TimeoutException(
                    $"Waited five minutes until {what}.\n{await AskAsync("squeue")}\n{string.Join('\n', ends)}");
            }

            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>Ends the jobs, then the daemons, and takes everything away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (daemons.Count == 3)
        {
            await AskAsync("scancel", "--me");
            for (int tries = 0; tries < 100 && (await AskAsync("squeue", "--noheader")).Trim().Length > 0; tries++)
                await Task.Delay(200);
        }

        foreach (var daemon in Enumerable.Reverse(daemons))
        {
            await AskAsync("sh", "-c", $"kill {daemon.Id}");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await daemon.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                daemon.Kill(entireProcessTree: true);
            }

            daemon.Dispose();
        }

        System.Environment.SetEnvironmentVariable(Variable, before);
        folder.Delete(recursive: true);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
