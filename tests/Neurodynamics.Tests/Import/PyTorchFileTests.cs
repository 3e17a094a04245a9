using System.IO.Compression;
using CsCheck;
using Neurodynamics.Export;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tests.Models;
using TorchSharp.PyBridge;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Import;

/// <summary>Row 15 of the field cases, and the ways in which PyTorch stores a tensor.</summary>
public sealed class PyTorchFileTests : IDisposable
{
    private const string SaveAdvice = "torch.save(model.state_dict(), ";

    private readonly Scratch scratch = new();
    private readonly TorchZip saved = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_checkpoint_dictionary_loads_and_the_rest_is_listed()
    {
        var imported = NetworkFile.Load(scratch.Write("c.pth", saved.Build(new Dictionary<string, object>
        {
            ["epoch"] = 3,
            ["loss"] = 0.25,
            ["state_dict"] = StateDict("model.gru.", "model.fc."),
            ["optimizer"] = new Dictionary<string, object> { ["exp_avg"] = saved.Whole("m", [2, 3], 1, 2, 3, 4, 5, 6) },
        })));
        Assert.Equal(Architecture.Gru, imported.Cell.Architecture);
        Assert.Equal((2, 3, 1), (imported.Cell.InputSize, imported.Cell.Units, imported.Network.Channels));
        Assert.Contains("state_dict/model.gru.weight_ih_l0", imported.Used);
        Assert.Equal(["epoch", "loss", "optimizer/exp_avg"], imported.Ignored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Objects_beside_the_weights_are_listed_and_keep_nothing_from_being_read()
    {
        saved.Store("complex", new byte[16]);
        var imported = NetworkFile.Load(scratch.Write("c.pth", saved.Build(new Dictionary<string, object>
        {
            ["best"] = new TorchZip.Made("numpy.core.multiarray", "scalar", ["f8", "bytes"]),
            ["device"] = new TorchZip.Made("torch", "device", ["cpu"]),
            ["milestones"] = new TorchZip.Made(
                "collections", "Counter", [new Dictionary<string, object> { ["30"] = 1 }]),
            ["history"] = new TorchZip.Made("collections", "defaultdict", ["list"], new() { ["loss"] = 0.5 }),
            ["spectrum"] = new TorchZip.Tensor("complex", "ComplexFloatStorage", 2, 0, [2], [1]),
            ["state_dict"] = StateDict("rnn.", "fc."),
        })));
        Assert.Equal((3, 1), (imported.Cell.Units, imported.Network.Channels));
        Assert.Equal(
            ["best", "device", "history/loss", "milestones", "spectrum"],
            imported.Ignored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_not_called_damaged()
    {
        string path = scratch.Write("held.pt", saved.Build(StateDict("rnn.", "fc.")));
        using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Scratch.Refused(path, "cannot be opened", "close what holds it");
    }

    [Fact]
    public void A_layer_is_named_by_what_its_name_begins_with()
    {
        var both = StateDict("encoder.rnn.", "encoder.fc.").Concat(StateDict("decoder.rnn.", "decoder.fc."));
        string path = scratch.Write("two.pt", saved.Build(both.ToDictionary()));
        var imported = NetworkFile.Load(path, new() { Layer = "encoder", Readout = "encoder" });
        Assert.All(imported.Used, name => Assert.StartsWith("encoder.", name));
    }

    [Fact]
    public void Two_networks_in_one_checkpoint_are_told_apart_by_name()
    {
        string path = scratch.Write("c.pt", saved.Build(new Dictionary<string, object>
        {
            ["best"] = StateDict("rnn.", "fc."),
            ["last"] = StateDict("rnn.", "fc."),
        }));
        Scratch.Refused(path, "2 recurrent layers", "best/rnn", "last/rnn", "ImportOptions.Layer");
        var last = NetworkFile.Load(path, new() { Layer = "last/rnn" });
        Assert.All(last.Used, name => Assert.StartsWith("last/", name));
        Assert.Contains("last/fc.weight", last.Used);
    }

    [Fact]
    public void A_safetensors_file_whose_length_looks_like_a_pickle_is_read()
    {
        var network = Network.Create(Architecture.Gru, 1, 2, 1, seed: 4);
        NetworkExport.SaveSafetensors(network, scratch.Path("n.safetensors"));
        byte[] whole = File.ReadAllBytes(scratch.Path("n.safetensors"));
        int length = (int)BitConverter.ToInt64(whole);
        // Spaces make the header p * 256 + 0x80 bytes long: the file begins with a pickle's opcode and a protocol p.
        int padded = Enumerable.Range(1, 5).Select(p => p * 256 + 0x80).First(size => size >= length);
        byte[] spaces = [.. Enumerable.Repeat((byte)' ', padded - length)];
        string path = scratch.Write("padded.safetensors",
            [.. BitConverter.GetBytes((long)padded), .. whole[8..(8 + length)], .. spaces, .. whole[(8 + length)..]]);
        Assert.Equal(0x80, File.ReadAllBytes(path)[0]);
        ReferenceNetworkTests.AssertSame(network, NetworkFile.Load(path).Network);
    }

    [Fact]
    public void The_old_format_cut_off_after_two_pickles_is_called_damaged() => Scratch.Refused(
        scratch.Write("old.pt", Convert.FromHexString("80028a0a6cfc9c46f9206aa850192e80024de9032e")), "cut off");

    [Fact]
    public void Views_of_the_old_format_are_honoured_in_tensors_and_in_storages()
    {
        saved.Store("flat", [.. Enumerable.Range(0, 20).SelectMany(i => BitConverter.GetBytes((float)i))]);
        saved.Store("long", BitConverter.GetBytes(-7L));
        var tensors = new Dictionary<string, object>
        {
            ["transposed"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 10, [2, 3], [1, 2]),
            ["view"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 1, [3], [1], View: ("part", 4, 8)),
            ["count"] = new TorchZip.Tensor("long", "LongStorage", 1, 0, [], []),
            ["name"] = "a",
        };
        var file = ArrayFile.Read(scratch.Write("old.pt", saved.BuildOld(tensors)));
        Assert.Equal([10, 12, 14, 11, 13, 15], file["transposed"].Values);
        Assert.Equal([5, 6, 7], file["view"].Values);
        Assert.Equal([-7.0], file["count"].Values);
        Assert.Equal("a", file.Settings["name"]);
        tensors["view"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 1, [3], [1], View: ("part", 18, 8));
        Scratch.Refused(scratch.Write("old.pt", saved.BuildOld(tensors)), "a view reaches beyond its storage");
        tensors["view"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 6, [3], [1], View: ("part", 4, 8));
        Scratch.Refused(scratch.Write("old.pt", saved.BuildOld(tensors)), "view reaches beyond its storage");
    }

    [Fact]
    public void A_checkpoint_of_the_old_format_loads_and_cut_off_anywhere_is_refused()
    {
        byte[] whole = saved.BuildOld(new Dictionary<string, object>
        {
            ["epoch"] = 3,
            ["state_dict"] = StateDict("rnn.", "fc."),
        });
        var imported = NetworkFile.Load(scratch.Write("old.pt", whole));
        Assert.Equal((Architecture.Gru, 1), (imported.Cell.Architecture, imported.Network.Channels));
        Assert.Equal(["epoch"], imported.Ignored);
        for (int length = 1; length < whole.Length; length++) Scratch.Refused(scratch.Write("cut", whole[..length]));
    }

    [Fact]
    public void A_TorchScript_program_says_what_to_save_instead()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (string name in new[] { "program/data.pkl", "program/constants.pkl" }) zip.CreateEntry(name);
        Scratch.Refused(scratch.Write("program.pt", stream.ToArray()), "a TorchScript program", SaveAdvice);
    }

    [Fact]
    public void A_whole_model_without_a_layer_says_what_to_save_instead()
    {
        var model = new TorchZip.Instance("__main__", "Net", new()
        {
            ["_parameters"] = new Dictionary<string, object> { ["W"] = saved.Whole("W", [1], 1) },
        });
        var nested = new Dictionary<string, object> { ["epoch"] = 1, ["model"] = model };
        foreach (object root in new object[] { model, nested })
            Scratch.Refused(
                scratch.Write("model.pt", saved.Build(root)), "whole model (class __main__.Net)", SaveAdvice);
        byte[] tensor = saved.Build(saved.Whole("x", [2], 1, 2));
        Scratch.Refused(scratch.Write("tensor.pt", tensor), "a single tensor", SaveAdvice);
        Assert.Equal([1, 2], ArrayFile.Read(scratch.Path("tensor.pt"))["tensor"].Values);
    }

    [Fact]
    public void A_whole_model_in_a_checkpoint_names_its_arrays_as_a_state_dict_would()
    {
        var state = StateDict("", "fc.");
        var layer = new TorchZip.Instance("mine", "LeakyGru", new()
        {
            ["_parameters"] = state.Where(entry => !entry.Key.StartsWith("fc.")).ToDictionary(),
            ["_forward_hooks"] = new Dictionary<string, object> { ["1"] = "hook" },
            ["_flat_weights"] = new object[] { state["weight_ih_l0"] },
            ["eps"] = 0.25,
            ["names"] = new object[] { "a", saved.Whole("extra", [2], 8, 9) },
        });
        var model = new TorchZip.Instance("mine", "Net", new()
        {
            ["_modules"] = new Dictionary<string, object> { ["rnn"] = layer },
            ["taus"] = new object[] { 1.5, 2 },
        });
        string path = scratch.Write("c.pt", saved.Build(new Dictionary<string, object> { ["model"] = model }));
        var file = ArrayFile.Read(path);
        Assert.Equal(
            [
                "model/rnn.bias_hh_l0", "model/rnn.bias_ih_l0", "model/rnn.eps", "model/rnn.names/1",
                "model/rnn.weight_hh_l0", "model/rnn.weight_ih_l0", "model/taus",
            ], file.Arrays.Select(array => array.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["model/rnn.names/0"], file.Unread);
        Assert.Equal([1.5, 2], file["model/taus"].Values);
        Assert.Equal(("0.25", "a"), (file.Settings["model/rnn.eps"], file.Settings["model/rnn.names/0"]));
        // A class of one's own may compute anything: that is said. A time constant beside it is not put aside.
        Scratch.Refused(path, "model/taus", "LeaveOut");
        var imported = NetworkFile.Load(path, new() { LeaveOut = ["model/taus"] });
        Assert.Contains(imported.Assumptions, said => said.Contains("mine.LeakyGru"));
    }

    [Fact]
    public void Offsets_and_strides_into_a_shared_storage_are_honoured()
    {
        // As cuDNN leaves weights: all in one buffer. The second is stored transposed.
        saved.Store("flat", [.. Enumerable.Range(0, 20).SelectMany(i => BitConverter.GetBytes((float)i))]);
        string path = scratch.Write("views.pt", saved.Build(new Dictionary<string, object>
        {
            ["view"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 4, [2, 3], [3, 1]),
            ["transposed"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 10, [2, 3], [1, 2]),
            ["repeated"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 7, [2, 2], [0, 1]),
        }));
        var file = ArrayFile.Read(path);
        Assert.Equal([4, 5, 6, 7, 8, 9], file["view"].Values);
        Assert.Equal([10, 12, 14, 11, 13, 15], file["transposed"].Values);
        Assert.Equal([7, 8, 7, 8], file["repeated"].Values);
        var beyond = new Dictionary<string, object>
        {
            ["view"] = new TorchZip.Tensor("flat", "FloatStorage", 20, 15, [2, 3], [3, 1]),
        };
        Scratch.Refused(
            scratch.Write("beyond.pt", saved.Build(beyond)), "reaches beyond its storage", "truncated or damaged");
    }

    [Fact]
    public void Every_precision_and_both_byte_orders_are_read()
    {
        saved.Store("half", [.. new[] { 1.5, -2 }.SelectMany(value => BitConverter.GetBytes((Half)value))]);
        saved.Store("brain", [0xC0, 0x3F, 0x00, 0xC0]);
        saved.Store("double", [.. new[] { 0.1, -2 }.SelectMany(BitConverter.GetBytes)]);
        saved.Store("long", BitConverter.GetBytes(-7L));
        var tensors = new Dictionary<string, object>
        {
            ["half"] = new TorchZip.Tensor("half", "HalfStorage", 2, 0, [2], [1]),
            ["brain"] = new TorchZip.Tensor("brain", "BFloat16Storage", 2, 0, [2], [1]),
            ["double"] = new TorchZip.Tensor("double", "DoubleStorage", 2, 0, [2], [1]),
            ["long"] = new TorchZip.Tensor("long", "LongStorage", 1, 0, [], []),
        };
        var file = ArrayFile.Read(scratch.Write("types.pt", saved.Build(tensors, "little")));
        Assert.Equal([1.5, -2], file["half"].Values);
        Assert.Equal([1.5, -2], file["brain"].Values);
        Assert.Equal([0.1, -2], file["double"].Values);
        Assert.Equal([-7.0], file["long"].Values);
        saved.Store("half", [0x3E, 0x00, 0xC0, 0x00]);
        byte[] big = saved.Build(new Dictionary<string, object> { ["half"] = tensors["half"] }, "big");
        Assert.Equal([1.5, -2], ArrayFile.Read(scratch.Write("big.pt", big))["half"].Values);
    }

    [Fact]
    public void PyBridge_still_reads_after_an_import()
    {
        string path = Reference.Network("gru_flipflop3.full.pt");
        var imported = NetworkFile.Load(path).Network;
        var other = Network.Create(Architecture.Gru, 3, 100, 3, seed: 1);
        other.load_py(path);
        ReferenceNetworkTests.AssertSame(imported, other);
        ReferenceNetworkTests.AssertSame(imported, NetworkFile.Load(path).Network);
    }

    [Fact]
    public void What_is_written_is_read_back_bit_for_bit() =>
        Gen.Select(
            Gen.Int[0, Gated.Architectures.Count - 1].Select(i => Gated.Architectures.ElementAt(i).Data), Gen.Int[1, 4],
            Gen.Int[1, 6], Gen.Int[1, 3], Gen.Long[0, 1 << 30], Gen.Bool)
            .Sample((architecture, inputs, units, channels, seed, twice) =>
        {
            var network = Network.Create(architecture, inputs, units, channels, seed);
            if (twice) network = network.InDouble();
            NetworkExport.SaveSafetensors(network, scratch.Path("n.safetensors"));
            NetworkExport.SavePyTorch(network, scratch.Path("n.pt"));
            foreach (string name in new[] { "n.safetensors", "n.pt" })
            {
                var back = NetworkFile.Load(scratch.Path(name), new() { Architecture = architecture });
                ReferenceNetworkTests.AssertSame(network, back.Network);
                var precision = network.Readout!.weight.dtype;
                Assert.All(back.Cell.parameters(), parameter => Assert.Equal(precision, parameter.dtype));
                Assert.Empty(back.Ignored);
            }
            var files = Directory.GetFiles(scratch.Folder).Select(Path.GetFileName);
            Assert.Equal(["n.pt", "n.safetensors"], files.Order());
        }, iter: 40);

    [Fact]
    public void A_file_is_replaced_only_by_a_whole_one()
    {
        var network = Network.Create(Architecture.Gru, 1, 2, 1, seed: 1);
        Assert.Throws<DirectoryNotFoundException>(
            () => NetworkExport.SavePyTorch(network, scratch.Path("nowhere/n.pt")));
        NetworkExport.SavePyTorch(network, scratch.Path("n.pt"));
        byte[] first = File.ReadAllBytes(scratch.Path("n.pt"));
        var gone = Network.Create(Architecture.Gru, 1, 2, 1, seed: 2);
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => NetworkExport.SavePyTorch(gone, scratch.Path("n.pt")));
        var broken = Network.Create(Architecture.Gru, 1, 2, 1, seed: 3);
        using (no_grad()) broken.Readout!.weight.fill_(double.NaN);
        var refusal = Assert.Throws<InvalidDataException>(
            () => NetworkExport.SaveSafetensors(broken, scratch.Path("n.pt")));
        Assert.Contains("readout.weight", refusal.Message);
        Assert.Equal(first, File.ReadAllBytes(scratch.Path("n.pt")));
        Assert.Equal(["n.pt"], Directory.GetFiles(scratch.Folder).Select(Path.GetFileName));
    }

    private Dictionary<string, object> StateDict(string layer, string readout)
    {
        TorchZip.Tensor Ramp(params int[] shape)
        {
            int count = shape.Aggregate(1, (product, length) => product * length);
            float[] values = [.. Enumerable.Range(1, count).Select(i => 0.01f * i)];
            return saved.Whole($"{layer}{shape.Length}{shape[^1]}", shape, values);
        }
        return new()
        {
            [layer + "weight_ih_l0"] = Ramp(9, 2),
            [layer + "weight_hh_l0"] = Ramp(9, 3),
            [layer + "bias_ih_l0"] = Ramp(9),
            [layer + "bias_hh_l0"] = Ramp(9),
            [readout + "weight"] = saved.Whole("w", [1, 3], 1, 2, 3),
            [readout + "bias"] = saved.Whole("b", [1], 4),
        };
    }
}
