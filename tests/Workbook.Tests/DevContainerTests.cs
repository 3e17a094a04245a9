using System.Text.Json;
using System.Text.RegularExpressions;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The container that VS Code offers has what the commands ask for. No test builds it.</summary>
public sealed partial class DevContainerTests
{
    static readonly string Folder = Path.Combine(Environment.Workbook.Here().Root, ".devcontainer");

    static readonly string Dockerfile = File.ReadAllText(Path.Combine(Folder, "Dockerfile"));

    [Fact]
    public void It_has_every_program_that_a_command_needs_without_rights()
    {
        string[] installed = Install().Match(Dockerfile).Groups["packages"].Value
            .Split((char[])[' ', '\n', '\\'], StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(SystemPrograms.Packages);
        Assert.Empty(SystemPrograms.Packages.Except(installed));
        Assert.Contains("--channel 10.0", Dockerfile);
    }

    [Fact]
    public void VS_Code_can_read_it()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "devcontainer.json")),
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.True(File.Exists(Path.Combine(
            Folder, settings.RootElement.GetProperty("build").GetProperty("dockerfile").GetString()!)));
        Assert.Contains($"useradd --create-home --shell /bin/bash {settings.RootElement.GetProperty("remoteUser")}",
            Dockerfile);
    }

    [GeneratedRegex(@"apt-get install --yes --no-install-recommends (?<packages>[^&]+)&&")]
    private static partial Regex Install();
}
