using CliWrap;
using CliWrap.Buffered;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>A verb of the workbook's program, as somebody types it.</summary>
static class Verb
{
    /// <summary>Runs it to its end, however it ends.</summary>
    /// <param name="arguments">The verb and what follows it.</param>
    /// <param name="variables">Variables of the environment that differ from this process's.</param>
    public static Task<BufferedCommandResult> RunAsync(
        string[] arguments, params IEnumerable<(string Name, string Value)> variables) =>
        Cli.Wrap(OnPath.Find("dotnet")!)
            .WithArguments([typeof(Environment.Workbook).Assembly.Location, .. arguments])
            .WithEnvironmentVariables(set =>
            {
                foreach (var (name, value) in variables) set.Set(name, value);
            })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
}
