using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CliWrap;
using Neurodynamics.Environment;

namespace Neurodynamics.Hosts;

/// <summary>
/// A program that serves pages on this machine only, to who knows its password, ended with all that it started.
/// </summary>
sealed class LocalServer : IAsyncDisposable
{
    readonly CancellationTokenSource end;
    readonly Task<CommandResult> running;

    LocalServer(CancellationTokenSource end, Task<CommandResult> running, Uri address, string password) =>
        (this.end, this.running, Address, Password) = (end, running, address, password);

    public Uri Address { get; }

    public string Password { get; }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="command">The program, given its port and its password.</param>
    /// <param name="log">Where its output goes.</param>
    public static async Task<LocalServer> StartAsync(
        Func<int, string, Command> command, string log, CancellationToken cancellation)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var gate = new Lock();
        File.Delete(log);
        var said = PipeTarget.ToDelegate(line =>
        {
            lock (gate)
            {
                File.AppendAllText(log, line + System.Environment.NewLine);
            }
        });
        string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var running = command(address.Port, password).WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(said).WithStandardErrorPipe(said).ExecuteAsync(end.Token).Task;
        var server = new LocalServer(end, running, address, password);
        using var client = new HttpClient();
        for (int attempt = 0; attempt < 240 && !running.IsCompleted; attempt++)
        {
            try
            {
                await client.GetAsync(address, cancellation);
                return server;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(500, cancellation);
            }
        }

        await server.DisposeAsync();
        throw new WorkbookException(
            $"{Path.GetFileName(command(0, "").TargetFilePath)} did not start: {log} says why.");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // As was asked.
        }

        end.Dispose();
    }
}
