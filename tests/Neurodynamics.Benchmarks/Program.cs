using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Neurodynamics.Benchmarks;
using Neurodynamics.FixedPoints;

if (args is ["known-answers", .. var options])
{
    // Candidates, rounds, round size, limit in minutes, units.
    double[] values = Array.ConvertAll(options, option => double.Parse(option, CultureInfo.InvariantCulture));
    var search = new FixedPointSearch { SlowCandidates = 0 };
    if (values.Length > 2) search = search with { MaxRounds = (int)values[1], RoundSize = (int)values[2] };
    KnownAnswersBenchmark.Run(values.Length > 0 ? (int)values[0] : 1024, search,
        [.. values.Skip(4).Select(value => (int)value)], values.Length > 3 ? values[3] : 1);
    return;
}
// In this process: the project that BenchmarkDotNet would make for each benchmark does not find TorchSharp's natives.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.DontLogOutput).WithIterationCount(10)));
