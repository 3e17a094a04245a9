using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Neurodynamics.Workbook.Tests;

/// <summary>
/// Speaks to a kernel as VS Code's Polyglot extension does: a JSON object a line on standard streams.
/// </summary>
sealed class StdioKernel : IAsyncDisposable
{
    readonly Process process;
    int commands;

    StdioKernel(Process process) => this.process = process;

    /// <summary>The arguments that .vscode/settings.json gives the extension, for a notebook in a folder.</summary>
    public static string[] Arguments(string folder) =>
        [.. Settings()["dotnet-interactive.kernelTransportArgs"]!.AsArray().Select(part => Filled(part, folder))];

    /// <summary>Starts a kernel with the workspace's settings and waits until it is ready.</summary>
    /// <param name="folder">The notebook's folder.</param>
    /// <param name="arguments">Default: those of the settings.</param>
    public static async Task<StdioKernel> StartAsync(string folder, string[]? arguments = null)
    {
        arguments ??= Arguments(folder);
        var start = new ProcessStartInfo(arguments[0], arguments.Skip(1))
        {
            WorkingDirectory = Filled(Settings()["dotnet-interactive.kernelTransportWorkingDirectory"], folder),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in Settings()["polyglot-notebook.kernelEnvironmentVariables"]!.AsObject())
            start.Environment[name] = value!.GetValue<string>();

        var kernel = new StdioKernel(Process.Start(start)!);
        await kernel.UntilAsync(told => told["eventType"]!.GetValue<string>() == "KernelReady");
        return kernel;
    }

    /// <summary>Runs a cell and returns its outputs, each in its first form; throws if the cell fails.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string code)
    {
        string token = $"{++commands}";
        var command = new JsonObject
        {
            ["commandType"] = "SubmitCode",
            ["token"] = token,
            ["command"] = new JsonObject { ["code"] = code, ["targetKernelName"] = "csharp" },
        };
        await process.StandardInput.WriteLineAsync(command.ToJsonString());
        var outputs = new List<string>();
        await UntilAsync(told =>
        {
            string kind = told["eventType"]!.GetValue<string>();
            if (kind is "DisplayedValueProduced" or "ReturnValueProduced")
                outputs.Add(told["event"]!["formattedValues"]![0]!["value"]!.GetValue<string>());

            bool own = told["command"]?["token"]?.GetValue<string>() == token;
            return own && kind == "CommandFailed"
                ? throw new InvalidOperationException(told["event"]!["message"]!.GetValue<string>())
                : own && kind == "CommandSucceeded";
        });
        return outputs;
    }

    async Task UntilAsync(Func<JsonNode, bool> isEnd)
    {
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)) is { } line)
        {
            // Before it is ready the kernel may greet in plain text.
            if (line.StartsWith('{') && isEnd(JsonNode.Parse(line)!)) return;
        }

        throw new InvalidOperationException($"The kernel ended with exit code {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    static JsonNode Settings() => JsonNode.Parse(
        File.ReadAllText(Path.Combine(Environment.Workbook.Here().Root, ".vscode", "settings.json")),
        documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;

    static string Filled(JsonNode? text, string folder) =>
        text!.GetValue<string>().Replace("{dotnet_path}", "dotnet").Replace("{working_dir}", folder);
}
