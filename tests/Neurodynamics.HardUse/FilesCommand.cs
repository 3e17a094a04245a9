using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Neurodynamics.Export;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tests.Import;
using Spectre.Console.Cli;
using static TorchSharp.torch;

namespace Neurodynamics.HardUse;

[Description("Load network files that were damaged at random.")]
sealed class FilesCommand : Command<FilesCommand.Settings>
{
    const string Refused = "clear refusal", Same = "loaded the same", Unchecked = "changed, no checksum",
        Silent = "silently changed", Other = "other exception", Hung = "hang", Crashed = "crash";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public sealed class Settings : CommandSettings
    {
        [CommandOption("--count"), Description("How many files; default 40000.")]
        public int Count { get; init; } = 40_000;

        [CommandOption("--seed"), Description("Seed of the damage; default 1.")]
        public int Seed { get; init; } = 1;
    }

    /// <summary>What became of a file.</summary>
    internal sealed record Loaded(string Outcome, string Said);

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("hard-use-");
        try
        {
            var tally = new Tally((Refused, false), (Same, false), (Unchecked, false), (Silent, true), (Other, true),
                (Hung, true), (Crashed, true));
            string[] whole = [.. Whole(folder.FullName)];
            var random = new Random(settings.Seed);
            using var loader = new Loader();
            var right = whole.ToDictionary(file => file, file => loader.Load(file, Patience) is { Outcome: Same } loaded
                ? loaded.Said
                : throw new InvalidOperationException($"{file}, which is whole, does not load."));
            for (int i = 0; i < settings.Count && !cancellation.IsCancellationRequested; i++)
            {
                string source = whole[i % whole.Length];
                var (damage, bytes) = Damaged(File.ReadAllBytes(source), random);
                string file = Path.Combine(folder.FullName, $"damaged{Path.GetExtension(source)}");
                File.WriteAllBytes(file, bytes);
                var result = loader.Load(file, Patience);
                string outcome = result.Outcome != Same || result.Said == right[source] ? result.Outcome
                    : HasChecksums(source) ? Silent : Unchecked;
                tally.Add(Path.GetFileName(source), outcome, $"file {i}, {damage}: {result.Said}");
            }
            return tally.Show() == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whole files of every format, small ones, so that damage often meets what is not a number.</summary>
    static IEnumerable<string> Whole(string folder)
    {
        foreach (var architecture in new Models.Architecture[] { Models.Architecture.Gru, Models.Architecture.Lstm })
        {
            using var network = Network.Create(architecture, 2, 4, 2, seed: 1);
            string safetensors = Path.Combine(folder, $"{architecture.Name}.safetensors"),
                pytorch = Path.Combine(folder, $"{architecture.Name}.pt"),
                numpy = Path.Combine(folder, $"{architecture.Name}.npz");
            NetworkExport.SaveSafetensors(network, safetensors);
            NetworkExport.SavePyTorch(network, pytorch);
            NumpyZip(network, numpy);
            yield return safetensors;
            yield return pytorch;
            yield return WithoutChecksums(pytorch);
            yield return numpy;
        }
        object config = new
        {
            class_name = "Sequential",
            config = new
            {
                name = "m",
                layers = new object[]
                {
                    new
                    {
                        class_name = "SimpleRNN",
                        config = new { name = "simple_rnn", activation = "tanh", units = 2 },
                    },
                },
            },
        };
        double[] square = [0.5, -1, 0.25, 1];
        string keras = Path.Combine(folder, "rnn.keras"), hdf5 = Path.Combine(folder, "rnn.h5");
        File.WriteAllBytes(keras, KerasFile.Three([
            new("layers/simple_rnn/cell/vars/0", [2, 2], square), new("layers/simple_rnn/cell/vars/1", [2, 2], square),
            new("layers/simple_rnn/cell/vars/2", [2], 0.1, 0.2)], config));
        File.WriteAllBytes(hdf5, KerasFile.Two([
            new("simple_rnn/simple_rnn/simple_rnn_cell/kernel:0", [2, 2], square),
            new("simple_rnn/simple_rnn/simple_rnn_cell/recurrent_kernel:0", [2, 2], square),
            new("simple_rnn/simple_rnn/simple_rnn_cell/bias:0", [2], 0.1, 0.2)], config));
        yield return keras;
        yield return hdf5;
    }

    static void NumpyZip(Network network, string path)
    {
        using var stream = File.Create(path);
        using var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create);
        foreach (var (name, parameter) in network.named_parameters())
        {
            using var entry = zip.CreateEntry($"{name}.npy").Open();
            string shape = string.Concat(parameter.shape.Select(length => $"{length}, "));
            string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";
            header = header.PadRight((header.Length + 10 + 64) / 64 * 64 - 11) + "\n";
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
            entry.Write(System.Text.Encoding.ASCII.GetBytes(header));
            entry.Write(MemoryMarshal.AsBytes(parameter.data<float>().ToArray().AsSpan()));
        }
    }

    /// <summary>As PyTorch writes after set_crc32_options(False): each checksum is zero.</summary>
    static string WithoutChecksums(string archive)
    {
        byte[] bytes = File.ReadAllBytes(archive);
        for (int at = 0; at < bytes.Length - 20; at++)
            if (bytes.AsSpan(at).StartsWith("PK\u0001\u0002"u8)) bytes.AsSpan(at + 16, 4).Clear();
            else if (bytes.AsSpan(at).StartsWith("PK\u0003\u0004"u8)) bytes.AsSpan(at + 14, 4).Clear();
        string path = Path.ChangeExtension(archive, ".no-checksums.pt");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static bool HasChecksums(string file) =>
        Path.GetExtension(file) is ".pt" or ".npz" or ".keras"
        && !file.Contains(".no-checksums", StringComparison.Ordinal);

    static (string Damage, byte[] Bytes) Damaged(byte[] whole, Random random)
    {
        int at = random.Next(whole.Length), length = Math.Min(random.Next(1, 64), whole.Length - at);
        byte[] bytes = [.. whole];
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return ($"a bit at {at}", bytes);
            case 1:
                return ($"cut at {at}", bytes[..at]);
            case 2:
                random.NextBytes(bytes.AsSpan(at, length));
                return ($"{length} random bytes at {at}", bytes);
            case 3:
                bytes.AsSpan(at, length).Clear();
                return ($"{length} zeros at {at}", bytes);
            case 4:
                return ($"{length} bytes twice at {at}", [.. whole[..(at + length)], .. whole[at..]]);
            case 5:
                return ($"{length} bytes gone at {at}", [.. whole[..at], .. whole[(at + length)..]]);
            case 6:
                int number = Array.FindIndex(bytes, at, letter => letter is >= (byte)'0' and <= (byte)'9');
                if (number >= 0) bytes[number] = (byte)random.Next('0', '9' + 1);
                return ($"another digit at {number}", bytes);
            default:
                int word = Math.Min(at, bytes.Length - 4);
                BitConverter.TryWriteBytes(bytes.AsSpan(word), random.Next(2) == 0 ? int.MaxValue : -1);
                return ($"a large number at {word}", bytes);
        }
    }

    /// <summary>A process that loads files, and is started anew where one hangs it or ends it.</summary>
    sealed class Loader : IDisposable
    {
        Process? process;

        public Loaded Load(string file, TimeSpan patience)
        {
            process ??= Attempt.Start(speaks: true, "load");
            process.StandardInput.WriteLine(file);
            var line = process.StandardOutput.ReadLineAsync();
            if (!line.Wait(patience)) return End(Hung);
            return line.Result is { } said ? JsonSerializer.Deserialize<Loaded>(said)! : End(Crashed);
        }

        public void Dispose() => End("");

        Loaded End(string outcome)
        {
            process?.Kill();
            process?.Dispose();
            process = null;
            return new(outcome, "");
        }
    }

    [Description("Loads the files that are named on standard input.")]
    internal sealed class Worker : Command
    {
        public override int Execute(CommandContext context, CancellationToken cancellation)
        {
            while (Console.ReadLine() is { } file) Console.WriteLine(JsonSerializer.Serialize(Load(file)));
            return 0;
        }

        static Loaded Load(string file)
        {
            try
            {
                using var scope = NewDisposeScope();
                return new(Same, Fingerprint(NetworkFile.Load(file)));
            }
            catch (ImportException refused)
            {
                bool isClear = refused.Message.Length - file.Length < 300 && !refused.Message.Any(char.IsControl);
                return new(isClear ? Refused : Other, refused.Message);
            }
            catch (Exception other)
            {
                return new(Other, $"{other.GetType().Name}: {other.Message}");
            }
        }

        /// <summary>A hash over all weights.</summary>
        static string Fingerprint(ImportedNetwork imported)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (name, parameter) in imported.Network.named_parameters()
                .OrderBy(entry => entry.name))
            {
                hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
                hash.AppendData(MemoryMarshal.AsBytes(
                    parameter.detach().to(ScalarType.Float64).data<double>().ToArray().AsSpan()));
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }
}
