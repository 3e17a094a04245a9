using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Neurodynamics.Import;
using PureHDF;
using PureHDF.Filters;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>Files whose damage shows in themselves, and small ones made to hang or end the process.</summary>
public sealed class HostileFileTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("pt")]
    [InlineData("npz")]
    [InlineData("keras")]
    public void A_changed_byte_in_a_zip_archive_is_seen_by_its_checksum(string format)
    {
        byte[] marked = BitConverter.GetBytes(0.8125f);
        var saved = new TorchZip();
        scratch.Write("whole.pt", saved.Build(new Dictionary<string, object>
        {
            ["weight_ih_l0"] = saved.Whole("i", [1, 1], 0.8125f),
            ["weight_hh_l0"] = saved.Whole("h", [1, 1], 2),
        }));
        var arrays = Npz.Gru();
        arrays[3].Array = Npz.Float32([9], Enumerable.Repeat(0.8125, 9));
        scratch.Write("whole.npz", Stored([.. arrays.Select(array => (array.Name + ".npy", array.Array))]));
        byte[] weights = KerasFile.Weights(
        [
            new("layers/simple_rnn/cell/vars/0", [1, 1], 0.8125), new("layers/simple_rnn/cell/vars/1", [1, 1], 2),
            new("layers/simple_rnn/cell/vars/2", [1], 3),
        ]);
        scratch.Write("whole.keras", Stored([("model.weights.h5", weights)]));
        byte[] whole = File.ReadAllBytes(scratch.Path("whole." + format));
        NetworkFile.Load(scratch.Path("whole." + format));
        int place = whole.AsSpan().IndexOf(marked);
        Assert.True(place > 0);
        whole[place] ^= 1;
        Scratch.Refused(scratch.Write("changed", whole), "does not have its checksum");
    }

    [Fact]
    public void An_entry_that_is_there_twice_is_refused() => Scratch.Refused(
        scratch.Write("n.npz", Npz.Archive([.. Npz.Gru(), .. Npz.Gru()])), "weight_ih_l0.npy is there twice");

    [Theory]
    [InlineData(0, 4, 4, 8, 8, "")]
    [InlineData(0, 4, 0, 4, 4, "should begin at byte 4")]
    [InlineData(0, 4, 5, 9, 9, "should begin at byte 4")]
    [InlineData(1, 5, 5, 9, 9, "should begin at byte 0")]
    [InlineData(0, 4, 4, 8, 9, "should take 8 bytes")]
    [InlineData(0, 4, 4, 8, 7, "should take 8 bytes")]
    [InlineData(0, 4, 4, 7, 7, "32 bits")]
    [InlineData(0, 4, 8, 4, 8, "32 bits")]
    [InlineData(-4, 0, 0, 4, 4, "32 bits")]
    public void Offsets_in_safetensors_are_end_to_end(int a, int b, int c, int d, int bytes, string phrase)
    {
        string path = Safetensors(
            $$"""{"a":{{Tensor(a, b)}},"b":{{Tensor(c, d)}}}""", bytes);
        if (phrase.Length == 0) Assert.Equal(2, ArrayFile.Read(path).Arrays.Count);
        else Scratch.Refused(path, phrase);
    }

    [Fact]
    public void A_header_of_safetensors_is_checked()
    {
        Scratch.Refused(Safetensors($$"""{"a":{{Tensor(0, 4)}},"a":{{Tensor(0, 4)}}}""", 4), "Duplicate");
        Scratch.Refused(Safetensors("""{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", 4), "unknown type");
        Scratch.Refused(Safetensors("{" + new string('[', 100_000), 0), "cannot be read");
        foreach (long length in new[] { int.MaxValue, 1_000, -1, long.MaxValue })
            Scratch.Refused(
                scratch.Write("long.safetensors", [.. BitConverter.GetBytes(length), .. "{}"u8]), "the header should");
    }

    [Fact]
    public void A_header_of_npy_is_not_longer_than_the_file()
    {
        byte[] array = Npz.Array("<f4", false, [1], [0, 0, 0, 0], version: 2);
        BitConverter.GetBytes(int.MaxValue).CopyTo(array, 8);
        Scratch.Refused(scratch.Write("n.npy", array), "at most 10000 bytes");
        Scratch.Refused(scratch.Write("m.npy", Npz.Array("<f4", false, [3], [0, 0, 0, 0])), "should have 140 bytes");
    }

    [Fact]
    public void A_pickle_in_itself_or_nested_without_end_is_refused()
    {
        // A dictionary that holds itself; lists in lists; and lists that hold the next twice, 2^60 in all.
        Scratch.Refused(Pickle("}q\0X\u0001\0\0\0ah\0s."), "deeper than 64");
        Scratch.Refused(
            Pickle("}X\u0001\0\0\0a" + Repeated("]", 50_000) + Repeated("a", 49_999) + "s."), "deeper than 64");
        Scratch.Refused(Pickle("]" + Repeated("q\0]h\0ah\0a", 60) + "q\0}X\u0001\0\0\0ah\0s."), "names more than");
        Scratch.Refused(Pickle(Repeated("}", 5_000_000) + "."), "more than 4000000 steps");
        Scratch.Refused(Pickle("}X\xff\xff\xff\x7f"), "cut off");
        Scratch.Refused(Pickle("1."), "empty stack");
        Scratch.Refused(Pickle("(0}0."), "empty stack");
    }

    [Fact]
    public void Letters_that_look_like_classes_take_no_time()
    {
        var watch = Stopwatch.StartNew();
        string letters = Repeated("c", 200_000);
        string text = $"X{Encoding.Latin1.GetString(BitConverter.GetBytes(letters.Length))}{letters}";
        Scratch.Refused(Pickle($"}}X\u0001\0\0\0a{text}s."), "no recurrent layer");
        Scratch.Refused(Pickle($"}}{text}Ns."), "a key in its pickle has 200000 characters");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void Groups_of_HDF5_nested_without_end_are_refused()
    {
        var inner = new H5Group();
        for (int i = 0; i < 100; i++) inner = new() { ["g"] = inner };
        Scratch.Refused(Hdf5(new() { ["g"] = inner }), "deeper than 64");
    }

    [Theory]
    [InlineData("/self")]
    [InlineData("self")]
    [InlineData("self/self")]
    public void Soft_links_of_HDF5_are_listed_and_not_followed(string target)
    {
        var tree = new H5File { ["x"] = new H5Dataset(new float[] { 1, 2 }), ["self"] = new H5SoftLink(target) };
        var file = ArrayFile.Read(Hdf5(tree));
        Assert.Equal(["self"], file.Unread);
        Assert.Equal([1, 2], file["x"].Values);
    }

    [Fact]
    public void A_description_of_Keras_in_circles_or_nested_without_end_is_refused_or_left()
    {
        object Layer(string type, string name, string from) => new
        {
            class_name = type,
            config = new
            {
                name,
                activation = type == "GRU" ? "tanh" : "linear",
                recurrent_activation = "sigmoid",
                reset_after = true,
            },
            inbound_nodes = new[] { new[] { from } },
        };
        KerasArray[] arrays =
        [
            new("gru/kernel:0", [1, 3], 1, 2, 3), new("gru/recurrent_kernel:0", [1, 3], 1, 2, 3),
            new("dense/kernel:0", [1, 1], 1),
        ];
        // Two layers that read each other, after the units, and the readout elsewhere.
        object model = new
        {
            class_name = "Functional",
            config = new
            {
                layers = new[]
                {
                    Layer("GRU", "gru", "in"), Layer("Dropout", "a", "b"), Layer("Dropout", "b", "a"),
                    Layer("Dropout", "a2", "gru"), Layer("Dropout", "a", "gru"), Layer("Dense", "dense", "other"),
                },
            },
        };
        Assert.NotNull(NetworkFile.Load(scratch.Write("c.h5", KerasFile.Two(arrays, model))).Network.Readout);
        byte[] nested = [.. Enumerable.Repeat((byte)'[', 50_000)];
        Scratch.Refused(scratch.Write("n.keras", Stored(
            [("model.weights.h5", KerasFile.Weights(arrays)), ("config.json", nested)])), "maximum configured depth");
    }

    [Fact]
    public async Task A_pipe_and_a_device_are_refused_and_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Pipes have names there only.");
        using var make = Process.Start("mkfifo", scratch.Path("pipe.pt"));
        await make.WaitForExitAsync();
        Scratch.Refused(scratch.Path("pipe.pt"), "pipe or device");
        File.CreateSymbolicLink(scratch.Path("link.pt"), "/dev/zero");
        Scratch.Refused(scratch.Path("link.pt"), "pipe or device");
    }

    [Fact]
    public void An_array_of_more_than_networks_have_is_not_made()
    {
        // A tensor of one stored number, repeated 2^30 times.
        var saved = new TorchZip();
        saved.Store("one", new byte[4]);
        string path = scratch.Write("n.pt", saved.Build(new Dictionary<string, object>
        {
            ["x"] = new TorchZip.Tensor("one", "FloatStorage", 1, 0, [1 << 15, 1 << 15], [0, 0]),
        }));
        var file = ArrayFile.Read(path);
        Assert.Contains("more than 1 GB", Assert.Throws<ImportException>(() => file["x"].Values).Message);
    }

    [Fact]
    public void Names_in_messages_are_short_and_visible()
    {
        string name = "x\n\u001b[31m\u202e" + new string('a', 30_000);
        Scratch.Refused(scratch.Write("n.npz", Npz.Archive((name, Npz.Ramp(2)))), "\\u001b", "…");
        Scratch.Refused(
            scratch.Write("m.npz", Npz.Archive([.. Npz.Gru("rnn."), (name + ".weight", Npz.Ramp(1, 3)),
                (name + "b.weight", Npz.Ramp(1, 3))])), "2 linear layers");
    }

    [Theory]
    [InlineData("npz")]
    [InlineData("safetensors")]
    [InlineData("h5")]
    [InlineData("keras")]
    public void Arrays_that_no_layer_needs_are_not_read(string format)
    {
        const int count = 1 << 22;
        KerasArray[] keras =
        [
            new("layers/simple_rnn/cell/vars/0", [1, 1], 1), new("layers/simple_rnn/cell/vars/1", [1, 1], 2),
            new("layers/simple_rnn/cell/vars/2", [1], 3), new("optimizer/vars/0", [count], new double[count]),
        ];
        string header = "{" + $"\"weight_ih_l0\":{Tensor(0, 4, "1,1")},\"weight_hh_l0\":{Tensor(4, 8, "1,1")},"
            + $"\"other\":{Tensor(8, 8 + 4 * count, $"{count}")}" + "}";
        string path = format switch
        {
            "npz" => scratch.Write("n.npz", Npz.Archive(
                [.. Npz.Gru(), ("other", Npz.Array("<f4", false, [count], new byte[4 * count]))])),
            "safetensors" => Safetensors(header, 8 + 4 * count),
            "h5" => scratch.Write("n.h5", KerasFile.Weights(keras)),
            _ => scratch.Write("n.keras", Stored([("model.weights.h5", KerasFile.Weights(keras))])),
        };
        NetworkFile.Load(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Single(NetworkFile.Load(path).Ignored);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * count / 2);
    }

    [Theory]
    [InlineData(HostileHdf5.GroupInItself, "deeper than 64")]
    [InlineData(HostileHdf5.OldGroupInItself, "deeper than 64")]
    [InlineData(HostileHdf5.GroupsInEachOther, "deeper than 64")]
    [InlineData(HostileHdf5.TwiceTheNext, "names more than 50000")]
    [InlineData(HostileHdf5.Long, "z should have lengths of at most 2147483647 and has 1099511627776")]
    [InlineData(HostileHdf5.LongChunks, "z should have lengths of at most")]
    [InlineData(HostileHdf5.InflatesOn, "cannot be read")]
    [InlineData(HostileHdf5.OneByOne, "at most 100000 chunks and has 16777216")]
    [InlineData(HostileHdf5.Columns, "at most 10000000 parts of rows and has 67108864")]
    [InlineData(HostileHdf5.Large, "more than 1 GB")]
    [InlineData(HostileHdf5.LargeChunk, "values in chunks")]
    public void HDF5_in_circles_or_of_more_than_it_stores_is_refused_at_once(string gzipped, string phrase)
    {
        byte[] file = Unpacked(gzipped);
        RefusedSoon(scratch.Write("n.h5", file), phrase);
        RefusedSoon(scratch.Write("n.keras", Stored([("model.weights.h5", file)])), phrase);
        byte[] zip = new HandZip().Add("model.weights.h5", file, deflated: true).Bytes();
        RefusedSoon(scratch.Write("n.keras", zip), phrase);
    }

    [Fact]
    public void HDF5_through_filters_is_read_as_its_own_library_wrote_it()
    {
        var file = ArrayFile.Read(scratch.Write("n.h5", Unpacked(HostileHdf5.Filtered)));
        Assert.Equal([0.5, -1], file["rnn/kernel"].Values);
        Assert.Equal([1, 2, 3, 4], file["rnn/recurrent_kernel"].Values);
    }

    [Fact]
    public void Chunks_of_HDF5_are_inflated_once_however_wide_the_rows()
    {
        const int size = 2048;
        float[,] values = new float[size, size];
        for (int i = 0; i < size; i++) for (int j = 0; j < size; j++) values[i, j] = 3 * i - j;
        var dataset = new H5Dataset(values, chunks: [size, 16], datasetCreation: new(Filters: [DeflateFilter.Id]));
        string path = Hdf5(new() { ["x"] = dataset });
        var watch = Stopwatch.StartNew();
        double[] read = ArrayFile.Read(path)["x"].Values;
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        Assert.True(read.AsSpan().SequenceEqual([.. values.Cast<float>().Select(value => (double)value)]));
    }

    [Fact]
    public void Keras_weights_that_were_zipped_again_are_read_and_a_bomb_is_not_unpacked()
    {
        byte[] weights = KerasFile.Weights(
        [
            new("layers/simple_rnn/cell/vars/0", [1, 1], 1), new("layers/simple_rnn/cell/vars/1", [1, 1], 2),
            new("layers/simple_rnn/cell/vars/2", [1], 3),
        ]);
        const string name = "model.weights.h5";
        byte[] again = new HandZip().Add(name, weights, deflated: true).Bytes();
        Assert.Equal(1, NetworkFile.Load(scratch.Write("again.keras", again)).Cell.Units);
        byte[] zeros = HandZip.Deflated([], 2048);
        foreach (long said in new[] { 2L << 30, uint.MaxValue - 1, 1 << 20, 1 << 10 })
            RefusedSoon(scratch.Write("bomb.keras", new HandZip().Add(name, zeros, said).Bytes()));
    }

    [Theory]
    [InlineData("npz")]
    [InlineData("pt")]
    public void A_zip_bomb_beside_the_weights_is_not_unpacked_and_one_in_them_is_refused(string format)
    {
        var saved = new TorchZip();
        byte[] torch = saved.Build(new Dictionary<string, object>
        {
            ["weight_ih_l0"] = saved.Whole("i", [1, 1], 1),
            ["weight_hh_l0"] = saved.Whole("h", [1, 1], 2),
        });
        byte[] whole = format == "pt" ? torch : Npz.Archive(Npz.Gru());
        string bombed = format == "pt" ? "archive/data/h" : "weight_hh_l0.npy";
        byte[] head = format == "pt" ? [] : Npz.Array("<f4", false, [9, 3], []);
        int right = head.Length + (format == "pt" ? 4 : 4 * 27);
        byte[] zeros = HandZip.Deflated(head, 2048);
        // It says so, it says no more than it should be, or it says more than it could be.
        foreach (long said in new[] { (2L << 30) + head.Length, right, uint.MaxValue - 1 })
        {
            RefusedSoon(scratch.Write("in", HandZip.Of(whole, bombed).Add(bombed, zeros, said).Bytes()));
            string file = scratch.Write("beside", HandZip.Of(whole).Add("beside", zeros, said).Bytes());
            Assert.InRange(Cost(() => NetworkFile.Load(file)), 0, 1 << 26);
        }
        byte[] few = HandZip.Deflated([], 16);
        string nested = scratch.Write("nested", HandZip.Of(whole).AddNested(1000, few, 16 << 20).Bytes());
        Assert.InRange(Cost(() => NetworkFile.Load(nested)), 0, 1 << 26);
    }

    [Fact]
    public void An_archive_of_a_hundred_thousand_entries_is_refused_soon()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            for (int i = 0; i < 100_000; i++) zip.CreateEntry($"{i}.npy");
        RefusedSoon(scratch.Write("n.npz", stream.ToArray()), "names more than 50000");
    }

    [Fact]
    public void A_hundred_MB_beside_the_weights_of_PyTorch_are_not_read()
    {
        var saved = new TorchZip();
        saved.Store("other", new byte[100 << 20]);
        var tensors = new Dictionary<string, object>
        {
            ["weight_ih_l0"] = saved.Whole("i", [1, 1], 1),
            ["weight_hh_l0"] = saved.Whole("h", [1, 1], 2),
            ["other"] = new TorchZip.Tensor("other", "FloatStorage", 25 << 20, 0, [25 << 20], [1]),
        };
        string path = scratch.Write("n.pt", saved.Build(tensors));
        Assert.InRange(Cost(() => Assert.Equal(["other"], NetworkFile.Load(path).Ignored)), 0, 1 << 22);
        // The same, compressed afterwards.
        path = scratch.Write("again.pt", Archive(CompressionLevel.Fastest, HandZip.Entries(File.ReadAllBytes(path))));
        Assert.InRange(new FileInfo(path).Length, 0, 1 << 21);
        Assert.InRange(Cost(() => Assert.Equal(["other"], NetworkFile.Load(path).Ignored)), 0, 1 << 22);
    }

    [Fact]
    public void PyTorch_without_checksums_is_read_with_that_said_and_a_lost_checksum_is_damage()
    {
        // libtorch 2.10's own writer, without checksums: weights 0.5 and 2.
        const string written =
            "H4sIAAAAAAACA42Tz4+TQBTHB0ppS+uv9bDZbOK5JtoOhbZ4UUMMFw6LNTHEC7J0skOclB2YrtGTJxPv/mn+HZ49OjDMWlIwO8nL"
            + "C8P7fHnzvkzg9zQAhkNwtMbgFOzgfBuzeHb9iXjuY/DheH1TkyQjBCUszXaFcZFvUY62b9KEGRQ83VBlGk642GeUXmEWpTgikKoJ"
            + "y/IEz6I9S0lhRDm63KdkGzG0K7I8ulkYtDedhgPOFbwyvkJUE4jhkSxm78SmQfuhwmsg1cMez8n1ng58hdHhWx/4iq98pyM8+oHL"
            + "NgxGxxs6OewFV73cw/xTWMNCyqT3cSXxgEvgW/oho4829GQ/C/xBNanfdQSd0xuBczm9OfTc07bZlYuXvpKqWh3/U+3fqpqeq4CS"
            + "f3133uDvOX+D8oLb5bkAWIak1Tq66YmgL78wlJU+lzxJGSNIauh1dGucAavUmFVHKFCexiT9Gpc/T5RuPXfeNaeuBe2laTkrB65t"
            + "E66h41grE0Jor6CzWNq2ubaXiyV8YckOp3UEvlIettGjdHV81PXBPWgD5eBHDeilAv79AnfHfh5gZhsmjTIa2C+B1da2cdKcSYM7"
            + "UUHD1DZSDu2sQb4XZLuVga/rz+rCJ73njSYO80dF5D+qyJwr7z0INfGsVHt9XTB6VS9q/wKkZ3N1ugQAAA==";
        byte[] file = Unpacked(written);
        var without = NetworkFile.Load(scratch.Write("without.pt", file));
        Assert.Contains(without.Assumptions, said => said.Contains("no checksums", StringComparison.Ordinal));
        Assert.Equal(0.5f, without.Cell.named_parameters().Single(one => one.name == "weight_ih_l0").parameter
            .data<float>()[0]);
        for (int length = 1; length < file.Length; length++) Scratch.Refused(scratch.Write("cut", file[..length]));

        var saved = new TorchZip();
        byte[] whole = saved.Build(new Dictionary<string, object>
        {
            ["weight_ih_l0"] = saved.Whole("i", [1, 1], 0.8125f),
            ["weight_hh_l0"] = saved.Whole("h", [1, 1], 2),
        });
        Assert.DoesNotContain(NetworkFile.Load(scratch.Write("with.pt", whole)).Assumptions,
            said => said.Contains("checksum", StringComparison.Ordinal));
        foreach (string lost in new[] { "archive/data.pkl", "archive/data/i", "archive/data/h" })
        {
            byte[] content = HandZip.Entries(whole).Single(entry => entry.Name == lost).Bytes;
            byte[] zip = HandZip.Of(whole, lost).Add(lost, HandZip.Deflated(content, 0), content.Length, 0).Bytes();
            Scratch.Refused(scratch.Write("lost.pt", zip), "does not have its checksum");
        }
    }

    /// <summary>Refused within ten seconds and without much memory.</summary>
    private static void RefusedSoon(string path, string phrase = "") =>
        Assert.InRange(Cost(() => Scratch.Refused(path, phrase)), 0, 1 << 29);

    /// <summary>The bytes that something takes on this thread, within ten seconds.</summary>
    private static long Cost(Action action)
    {
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Unpacked(string gzipped)
    {
        byte[] packed = Convert.FromBase64String(gzipped);
        using var stream = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Tensor(int begin, int end, string shape = "1") =>
        $$"""{"dtype":"F32","shape":[{{shape}}],"data_offsets":[{{begin}},{{end}}]}""";

    private string Safetensors(string header, int bytes) => scratch.Write("n.safetensors",
        [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[bytes]]);

    private string Pickle(string opcodes) =>
        scratch.Write("n.pt", Stored([("n/data.pkl", [0x80, 2, .. Encoding.Latin1.GetBytes(opcodes)])]));

    private string Hdf5(H5File tree)
    {
        using var stream = new MemoryStream();
        tree.Write(stream);
        return scratch.Write("n.h5", stream.ToArray());
    }

    private static byte[] Stored((string Name, byte[] Bytes)[] entries) =>
        Archive(CompressionLevel.NoCompression, entries);

    private static byte[] Archive(CompressionLevel level, (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }
}
