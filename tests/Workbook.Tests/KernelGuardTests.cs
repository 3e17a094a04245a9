using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>
/// The kernel as Jupyter starts it, asked to run code by those who have no business there: a web page, and another user
/// of the machine.
/// </summary>
public sealed class KernelGuardTests : IAsyncLifetime
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kernel-guard-");
    readonly int[] ports = FreePorts(5);
    Process? kernel, parent;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (OperatingSystem.IsWindows()) return;
        new Kernel(Workbook).Ensure();
        parent = Process.Start("sleep", "1000");
        string connection = Path.Combine(folder.FullName, "connection.json");
        await File.WriteAllTextAsync(connection, new JsonObject
        {
            ["shell_port"] = ports[0],
            ["iopub_port"] = ports[1],
            ["stdin_port"] = ports[2],
            ["control_port"] = ports[3],
            ["hb_port"] = ports[4],
            ["ip"] = "127.0.0.1",
            ["key"] = "a key",
            ["transport"] = "tcp",
            ["signature_scheme"] = "hmac-sha256",
        }.ToJsonString(), Cancellation);
        var spec = JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(Workbook.Jupyter, "kernels", Kernel.Name, "kernel.json"), Cancellation))!;
        string[] argv = [.. spec["argv"]!.AsArray().Select(word => $"{word}".Replace("{connection_file}", connection))];
        var start = new ProcessStartInfo(argv[0], argv[1..]) { RedirectStandardOutput = true };
        foreach (var (name, value) in spec["env"]!.AsObject()) start.Environment[name] = $"{value}";
        start.Environment["TMPDIR"] = folder.FullName;
        start.Environment["JPY_PARENT_PID"] = $"{parent.Id}";
        kernel = Process.Start(start)!;
        kernel.OutputDataReceived += (_, _) => { };
        kernel.BeginOutputReadLine();
        await UntilAsync(() => Listening().IsSupersetOf(ports) && Sockets().Length == 1);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in new[] { kernel, parent })
            if (process is { HasExited: false }) process.Kill();
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AWebPageFindsNoDoorAndAnotherUserALockedOne()
    {
        if (OperatingSystem.IsWindows()) return;
        // The guard works: behind its socket is the interface that runs code for whoever asks.
        string socket = Assert.Single(Sockets());
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await door.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(door, ownsSocket: true);
            },
        }, port: 80));

        // A page can speak HTTP to ports of this machine. The kernel's are Jupyter's own five, which do not.
        int[] open = [.. PortsOf(HostIn(kernel!.Id))];
        Assert.Equal(ports.Order(), open.Order());
        foreach (int port in open) Assert.Null(await NegotiateAsync(new SocketsHttpHandler(), port));

        string locked = Path.GetDirectoryName(socket)!;
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(locked));
        if (!System.Environment.IsPrivilegedProcess || OnPath.Find("setpriv") is not { } setpriv) return;
        var other = await Cli.Wrap(setpriv)
            .WithArguments(["--reuid=65534", "--regid=65534", "--clear-groups", "ls", socket])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Cancellation);
        Assert.Contains("Permission denied", other.StandardError);
    }

    [Fact]
    public async Task TheKernelEndsWithTheProcessThatStartedIt()
    {
        if (OperatingSystem.IsWindows()) return;
        parent!.Kill();
        await UntilAsync(() => kernel!.HasExited);
    }

    /// <summary>What the hub through which code is run answers to a page of another origin; null if nothing.</summary>
    static async Task<HttpStatusCode?> NegotiateAsync(SocketsHttpHandler handler, int port)
    {
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"http://127.0.0.1:{port}/kernelhub/negotiate?negotiateVersion=1");
        request.Headers.Add("Origin", "https://elsewhere.example");
        try
        {
            using var answer = await client.SendAsync(request, Cancellation);
            return answer.StatusCode;
        }
        catch (Exception none) when (none is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    string[] Sockets() => Directory.GetFiles(folder.FullName, "http", SearchOption.AllDirectories);

    static HashSet<int> Listening() =>
        [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];

    /// <summary>The ports on which a process listens, from the kernel's tables where there are any.</summary>
    IEnumerable<int> PortsOf(int process)
    {
        if (!OperatingSystem.IsLinux()) return ports;
        var inodes = Directory.GetFileSystemEntries($"/proc/{process}/fd")
            .Select(TargetOf)
            .Where(target => target.StartsWith("socket:", StringComparison.Ordinal))
            .Select(target => target[8..^1]).ToHashSet();
        return new[] { "tcp", "tcp6" }.SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(line => line[3] == "0A" && inodes.Contains(line[9]))
            .Select(line => Convert.ToInt32(line[1].Split(':')[1], 16));
    }

    /// <summary>The kernel's host, which its launcher started; there is no other child.</summary>
    static int HostIn(int launcher) => !OperatingSystem.IsLinux()
        ? launcher
        : int.Parse(File.ReadAllText($"/proc/{launcher}/task/{launcher}/children"), CultureInfo.InvariantCulture);

    /// <summary>What an open file of a process is; nothing once the process has closed it.</summary>
    static string TargetOf(string entry)
    {
        try
        {
            return File.ResolveLinkTarget(entry, false)?.Name ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    static int[] FreePorts(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var listener in held) listener.Start();
        int[] free = [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in held) listener.Dispose();
        return free;
    }

    static async Task UntilAsync(Func<bool> reached)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!reached()) await Task.Delay(100, limit.Token);
    }
}
