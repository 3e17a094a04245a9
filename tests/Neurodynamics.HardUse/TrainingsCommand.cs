using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Spectre.Console.Cli;

namespace Neurodynamics.HardUse;

[Description("Train one network in one or two processes that are stopped and killed at random.")]
sealed class TrainingsCommand : Command<TrainingsCommand.Settings>
{
    const string Right = "the same network", Wrong = "other weights", Blocked = "blocked", Left = "files left behind";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly Recipe Recipe = new()
    {
        Units = 6,
        Task = new FlipFlop { Channels = 1 },
        Training = new() { Updates = 1500, BatchSize = 4, Steps = 8, EvaluateEvery = 20 },
    };

    public sealed class Settings : CommandSettings
    {
        [CommandOption("--count"), Description("How many processes are ended; default 500.")]
        public int Count { get; init; } = 500;

        [CommandOption("--seed"), Description("Seed of the times; default 1.")]
        public int Seed { get; init; } = 1;
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var tally = new Tally((Right, false), (Wrong, true), (Blocked, true), (Left, true));
        var random = new Random(settings.Seed);
        float[] expected = Weights(Trainer.Train(Recipe));
        for (int ended = 0; ended < settings.Count && !cancellation.IsCancellationRequested;)
        {
            var folder = Directory.CreateTempSubdirectory("hard-use-");
            int processes = random.Next(1, 3), stops = random.Next(1, 4);
            string kind = processes == 1 ? "one process" : "two processes at once";
            try
            {
                for (int stop = 0; stop < stops; stop++)
                {
                    Process[] running = [.. Enumerable.Range(0, processes).Select(_ => Start(folder.FullName))];
                    Thread.Sleep(random.Next(200, 2500));
                    foreach (var process in running)
                    {
                        if (random.Next(2) == 0) process.Kill();
                        else Terminate(process.Id);
                        ended++;
                    }
                    foreach (var process in running)
                        if (!process.WaitForExit(Patience)) throw new TimeoutException("A process did not end.");
                }
                using var last = Start(folder.FullName);
                if (!last.WaitForExit(Patience)) throw new TimeoutException("The last process did not end.");
                if (last.ExitCode != 0) throw new InvalidOperationException(last.StandardError.ReadToEnd());
                bool isRight = expected.AsSpan().SequenceEqual(Weights(new NetworkStore(folder.FullName).Load("net")));
                string[] left = [.. folder.EnumerateFiles().Select(file => file.Name)
                    .Where(name => name is not ("net.json" or "net.safetensors" or "net.lock")
                        && !name.EndsWith(".partial", StringComparison.Ordinal))];
                tally.Add(kind, !isRight ? Wrong : left.Length > 0 ? Left : Right, string.Join(", ", left));
            }
            catch (Exception fault) when (fault is TimeoutException or InvalidOperationException or IOException)
            {
                tally.Add(kind, Blocked, fault.Message);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
        return tally.Show() == 0 ? 0 : 1;
    }

    static Process Start(string folder) => Attempt.Start(speaks: false, "train", folder);

    static void Terminate(int process)
    {
        using var kill =
            Process.Start(new ProcessStartInfo("kill", ["-TERM", $"{process}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    static float[] Weights(TrainedNetwork trained) =>
        [.. trained.Network.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];

    [Description("Trains the network into a folder until it is done or stopped.")]
    internal sealed class Worker : Command<Worker.Settings>
    {
        public sealed class Settings : CommandSettings
        {
            [CommandArgument(0, "<folder>")]
            public required string Folder { get; init; }
        }

        public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            });
            var store = new NetworkStore(settings.Folder);
            if (store.Exists("net") && store.Load("net").Record.Recipe == Recipe) return 0;
            store.Train("net", Recipe, cancellation: stop.Token);
            return 0;
        }
    }
}
