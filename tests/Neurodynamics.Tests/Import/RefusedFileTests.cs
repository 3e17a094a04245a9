using Neurodynamics.Export;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>Files that must not load: each is refused with one sentence, and nothing is written.</summary>
public sealed class RefusedFileTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void No_file_at_all()
    {
        var error = Assert.Throws<FileNotFoundException>(() => NetworkFile.Load(scratch.Path("none.pt")));
        Assert.Contains("is not there", error.Message);
    }

    [Fact]
    public void A_directory() => Scratch.Refused(scratch.Folder, "is a directory", "single file");

    [Fact]
    public void An_empty_file() => Scratch.Refused(scratch.Write("n.pt", []), "is empty", "export it again");

    [Fact]
    public void A_file_of_another_kind()
    {
        Scratch.Refused(scratch.Write("n.pt", "%PDF-1.7 and so on"u8.ToArray()), "another kind", "safetensors");
        Scratch.Refused(scratch.Write("x.pt", [1]), "another kind");
        Scratch.Refused(scratch.Write("n.npz", Zip("letter.txt")), "zip archive of letter.txt");
        Scratch.Refused(scratch.Write("n.npy", Npz.Ramp(3, 3)), "no recurrent layer", "weight_ih_l0");
        Scratch.Refused(scratch.Write("o.npz", Npz.Archive(("a", Npz.Ramp(2)))), "no recurrent layer was found in a:");
    }

    [Theory]
    [InlineData("npz")]
    [InlineData("pt")]
    [InlineData("safetensors")]
    [InlineData("npy")]
    [InlineData("keras")]
    [InlineData("h5")]
    public void A_file_cut_off_anywhere(string format)
    {
        using var network = Network.Create(Architecture.Gru, 2, 3, 1, seed: 1);
        NetworkExport.SavePyTorch(network, scratch.Path("whole.pt"));
        NetworkExport.SaveSafetensors(network, scratch.Path("whole.safetensors"));
        KerasArray[] keras =
        [
            new("layers/lstm/cell/vars/0", [1, 4], 1, 2, 3, 4), new("layers/lstm/cell/vars/1", [1, 4], 1, 2, 3, 4),
            new("layers/lstm/cell/vars/2", [4], 1, 2, 3, 4),
        ];
        object model = KerasFile.Model(("LSTM", new { activation = "tanh", recurrent_activation = "sigmoid" }));
        scratch.Write("whole.npz", Npz.Archive(Npz.Gru()));
        scratch.Write("whole.npy", Npz.Ramp(9, 9));
        scratch.Write("whole.h5", KerasFile.Weights(keras));
        scratch.Write("whole.keras", KerasFile.Three(keras, model));
        byte[] whole = File.ReadAllBytes(scratch.Path("whole." + format));
        for (int length = 1; length < whole.Length; length++)
            Scratch.Refused(scratch.Write("cut", whole[..length]));
    }

    /// <summary>Small files of the tests' own, each of which begins as its kind does.</summary>
    [Theory]
    [InlineData("model.ckpt.index", "00000000 57FB808B247547DB", "TensorFlow checkpoint", "load_checkpoint")]
    [InlineData("renamed", "00000000 57FB808B247547DB", "TensorFlow checkpoint", "load_checkpoint")]
    [InlineData("model.ckpt.data-00000-of-00001", "0000803F", "TensorFlow checkpoint", "load_checkpoint")]
    [InlineData("model.ckpt.meta", "0A10", "TensorFlow checkpoint", "load_checkpoint")]
    [InlineData("checkpoint", "6D6F64656C5F636865636B706F696E745F706174683A", "TensorFlow checkpoint", "np.savez")]
    [InlineData("checkpoint_0", "81A6706172616D7380", "Flax", "msgpack_restore")]
    [InlineData("a.msgpack", "DE0010A6706172616D7380", "Flax", "msgpack_restore")]
    [InlineData("a.onnx", "08071207 7079746F726368", "ONNX", "onnx.load")]
    [InlineData("a.rds", "580A00000003000402", "file of R", "reticulate")]
    [InlineData("a.RData", "524458330A580A", "file of R", "reticulate")]
    public void Files_of_other_frameworks_say_how_to_save_arrays(string name, string bytes, params string[] phrases) =>
        Scratch.Refused(scratch.Write(name, Convert.FromHexString(bytes.Replace(" ", ""))), phrases);

    [Fact]
    public void Pickles_and_folders_of_other_frameworks_say_how_to_save_arrays()
    {
        Scratch.Refused(
            scratch.Write(
                "t.pkl", [0x80, 2, .. "ctheano.tensor.sharedvar\nTensorSharedVariable\n)"u8, 0x81, (byte)'.']),
            "pickle of Theano", "get_value()", "np.savez");
        Scratch.Refused(scratch.Write("j.pkl", [0x80, 3, .. "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)"u8, 0x81]),
            "joblib.load", "np.savez");
        using (var packed = new System.IO.Compression.GZipStream(
            File.Create(scratch.Path("p.rds")), System.IO.Compression.CompressionLevel.Fastest))
            packed.Write([0x58, 0x0A, 0, 0, 0, 3]);
        Scratch.Refused(scratch.Path("p.rds"), "file of R");
        foreach (var (file, phrase) in new[]
        {
            ("saved_model.pb", "tf.saved_model.load"), ("_METADATA", "orbax"), ("checkpoint", "load_checkpoint"),
        })
        {
            string folder = scratch.Path("folder of " + file);
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, file), "");
            Scratch.Refused(folder, phrase, "np.savez");
        }
    }

    [Fact]
    public void A_parameter_of_the_layer_is_missing()
    {
        // One bias alone is a convention of its own.
        for (int gone = 0; gone < 2; gone++)
        {
            var arrays = Npz.Gru("rnn.");
            string path = Saved([.. arrays.Where((_, i) => i != gone)]);
            Scratch.Refused(path, arrays[gone].Name + " is missing", "export the whole state_dict");
        }
    }

    [Theory]
    [InlineData("rnn.weight_ih_l0_reverse", "bidirectional", "bidirectional=False")]
    [InlineData("rnn.weight_hr_l0", "proj_size", "plain LSTM")]
    [InlineData("rnn.weight_hh_l0_orig", "a norm makes weight_hh_l0 from", "remove_spectral_norm")]
    [InlineData("rnn.parametrizations.weight_hh_l0.original", "a parametrisation makes", "remove_parametrizations")]
    [InlineData("rnn.weight_hh_l0_u", "left over", "reparametrises")]
    [InlineData("fc.weight_g", "left over in the readout", "ImportOptions.Readout")]
    public void A_parameter_is_left_over(string name, params string[] phrases) =>
        Scratch.Refused(
            Saved(
                [.. Npz.Gru("rnn."), ("fc.weight", Npz.Ramp(2, 3)), ("fc.bias", Npz.Ramp(2)), (name, Npz.Ramp(9, 3))]),
            [name, .. phrases]);

    [Fact]
    public void Stacked_layers_that_do_not_fit()
    {
        string path = Saved([.. Npz.Gru("rnn."), ("rnn.weight_hh_l1", Npz.Ramp(9, 3))]);
        Scratch.Refused(path, "rnn.weight_ih_l1 is missing");
        path = Saved([.. Npz.Gru("rnn."), .. Npz.Gru("rnn.", suffix: "_l1")]);
        Scratch.Refused(path, "layer 1 of rnn has 2 inputs and 3 units");
    }

    [Fact]
    public void Shapes_that_do_not_fit()
    {
        string With(string name, byte[] array) =>
            Saved([.. Npz.Gru().Where(pair => pair.Name != name), (name, array)]);
        Scratch.Refused(With("weight_ih_l0", Npz.Ramp(6, 2)), "[6, 2] and [9, 3]", "1, 3 or 4 gates");
        Scratch.Refused(With("weight_hh_l0", Npz.Ramp(6, 3)), "[9, 2] and [6, 3]");
        Scratch.Refused(With("weight_hh_l0", Npz.Ramp(27)), "matrices");
        Scratch.Refused(With("bias_hh_l0", Npz.Ramp(3)), "bias_hh_l0", "[3]", "[9]");
        Scratch.Refused(
            Saved([.. Npz.Gru(), ("fc.weight", Npz.Ramp(2, 3)), ("fc.bias", Npz.Ramp(5))]), "fc.bias", "[5]", "[2]");
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void A_weight_is_not_finite(double value, string text)
    {
        var arrays = Npz.Gru();
        arrays[2].Array = Npz.Float32([9], 1, 2, 3, 4, value, 6, 7, 8, 9);
        Scratch.Refused(scratch.Write("n.npz", Npz.Archive(arrays)), "bias_ih_l0", text, "position 4", "finite");
        Scratch.Refused(
            Saved([.. Npz.Gru(), ("fc.weight", Npz.Float32([1, 3], 1, value, 3))]), "fc.weight", "position 1");
    }

    [Fact]
    public void Weights_in_whole_numbers()
    {
        var arrays = Npz.Gru();
        arrays[2].Array = Npz.Array("<i4", false, [9], new byte[36]);
        Scratch.Refused(scratch.Write("n.npz", Npz.Archive(arrays)), "int32", "floating point");
    }

    [Fact]
    public void Several_readouts_until_one_is_named()
    {
        string path = Saved(
            [
                .. Npz.Gru("model.rnn."), ("model.out.weight", Npz.Ramp(1, 3)),
                ("model.decoder.2.weight", Npz.Ramp(2, 3)), ("model.decoder.2.bias", Npz.Ramp(2)),
            ]);
        Scratch.Refused(path, "2 linear layers", "model.out, model.decoder.2", "ImportOptions.Readout");
        Scratch.Refused(path, new ImportOptions { Readout = "fc" }, "called fc", "model.out, model.decoder.2");
        Assert.Equal(2, NetworkFile.Load(path, new() { Readout = "model.decoder.2" }).Network.Channels);
        var other = NetworkFile.Load(path, new() { Readout = "model.out" });
        Assert.Equal(1, other.Network.Channels);
        Assert.Contains("model.decoder.2.weight", other.Ignored);
        Assert.Null(NetworkFile.Load(path, new() { WithoutReadout = true }).Network.Readout);
    }

    [Fact]
    public void Several_layers_until_one_is_named()
    {
        string path = scratch.Write("n.npz", Npz.Archive([.. Npz.Gru("encoder."), .. Npz.Gru("decoder.", gates: 4)]));
        Scratch.Refused(path, "2 recurrent layers", "encoder, decoder", "ImportOptions.Layer");
        Assert.Equal(Architecture.Lstm, NetworkFile.Load(path, new() { Layer = "decoder" }).Cell.Architecture);
        Assert.Equal(Architecture.Gru, NetworkFile.Load(path, new() { Layer = "encoder." }).Cell.Architecture);
    }

    [Theory]
    [InlineData("", "_l0", 1, "vanilla")]
    [InlineData("module.model.gru.", "_l0", 3, "gru")]
    [InlineData("lstm_", "_l0", 4, "lstm")]
    [InlineData("cell.", "", 3, "gru")]
    public void Prefixes_cells_and_layers_without_bias_are_accepted(
        string prefix, string suffix, int gates, string architecture)
    {
        var arrays = Npz.Gru(prefix, gates, suffix);
        Assert.Equal(Architecture.Named(architecture), NetworkFile.Load(Saved(arrays)).Cell.Architecture);
        var bare = NetworkFile.Load(scratch.Write("n.npz", Npz.Archive(arrays[..2])));
        Assert.Equal(Architecture.Named(architecture), bare.Cell.Architecture);
        var biases = bare.Cell.named_parameters().Where(entry => entry.name.StartsWith("bias_")).ToList();
        Assert.Equal(2, biases.Count);
        Assert.All(biases.SelectMany(entry => entry.parameter.data<float>().ToArray()), bias => Assert.Equal(0, bias));
    }

    private string Saved(params (string Name, byte[] Array)[] arrays) => scratch.Write("n.npz", Npz.Archive(arrays));

    private static byte[] Zip(string name)
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create))
            zip.CreateEntry(name);
        return stream.ToArray();
    }
}
