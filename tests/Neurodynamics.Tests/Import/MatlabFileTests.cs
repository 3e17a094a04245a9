using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Neurodynamics.Import;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>
/// Row 32. Octave 7.3 wrote octave_*.mat (save -v6, -v7, -v4) and octave.h5 (save -hdf5): weight_ih_l0 = [1; 0.25; -3],
/// weight_hh_l0 = single([0.5 1 2; -1 0.125 4; 3 5 -0.75]), net.bias_ih_l0 = int16([1 -2 300]),
/// net.deeper.x = [1 2; 3 4], cube = reshape(1:12, 2, 3, 2), z = [1+2i, 3-4i], flag = logical([1 0 1]),
/// big = uint8([250 5]), none = zeros(0, 3), scalar = 0.1, and text, a cell, a sparse matrix and an array of structs.
/// </summary>
public sealed class MatlabFileTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("octave_v6.mat")]
    [InlineData("octave_v7.mat")]
    public void What_Octave_wrote_is_read_compressed_or_not(string name)
    {
        var file = ArrayFile.Read(FieldCaseTests.Path(name));
        Assert.Equal(new double[,] { { 1 }, { 0.25 }, { -3 } }, file["weight_ih_l0"].ToMatrix());
        Assert.Equal(
            new double[,] { { 0.5, 1, 2 }, { -1, 0.125, 4 }, { 3, 5, -0.75 } }, file["weight_hh_l0"].ToMatrix());
        Assert.Equal(("float64", "float32"), (file["weight_ih_l0"].Type, file["weight_hh_l0"].Type));
        Assert.Equal(new double[,] { { 1, -2, 300 } }, file["net/bias_ih_l0"].ToMatrix());
        Assert.Equal(new double[,] { { 1, 2 }, { 3, 4 } }, file["net/deeper/x"].ToMatrix());
        Assert.Equal(
            new double[,,] { { { 1, 7 }, { 3, 9 }, { 5, 11 } }, { { 2, 8 }, { 4, 10 }, { 6, 12 } } },
            file["cube"].ToTrials());
        Assert.Equal([1, 2, 3, -4], file["z"].Values);
        Assert.Equal([1, 2, 2], file["z"].Shape);
        Assert.Equal([1, 0, 1], file["flag"].Values);
        Assert.Equal([250, 5], file["big"].Values);
        Assert.Equal([0, 3], file["none"].Shape);
        Assert.Equal([0.1], file["scalar"].Values);
        Assert.Equal(["many", "name", "parts", "thin"], file.Unread.Order());
    }

    [Fact]
    public void Other_files_of_Octave_say_how_to_save_instead()
    {
        Scratch.Refused(FieldCaseTests.Path("octave_v4.mat"), "version 4", "save('-v7'");
        Scratch.Refused(FieldCaseTests.Path("octave.h5"), "Octave's own form", "save('-v7'");
    }

    [Fact]
    public void Biases_are_vectors_whether_a_row_or_a_column()
    {
        string path = scratch.Write("n.mat", Mat(
            ("weight_ih_l0", [2, 1], [3, 4]), ("weight_hh_l0", [2, 2], [0.5, 1, 2, 0.25]),
            ("bias_ih_l0", [1, 2], [0.125, -1]), ("bias_hh_l0", [2, 1], [1, 2])));
        var cell = NetworkFile.Load(path).Cell.InDouble();
        double[] next = cell.Next([0.1], [0.2, -0.3]);
        // W is column by column: [[0.5, 2], [1, 0.25]].
        Assert.Equal(Math.Tanh(0.3 + 0.1 - 0.6 + 1.125), next[0], 1e-12);
        Assert.Equal(Math.Tanh(0.4 + 0.2 - 0.075 + 1), next[1], 1e-12);
    }

    [Fact]
    public void A_big_endian_file_is_read()
    {
        byte[] whole = Mat(("W", [1, 2], [3, -0.5]));
        byte[] big =
        [
            .. whole[..124], 1, 0, (byte)'M', (byte)'I',
            .. Words(14, 64, 6, 8, 6, 0, 5, 8, 1, 2), 0, 1, 0, 1, (byte)'W', 0, 0, 0, .. Words(9, 16),
            .. BitConverter.GetBytes(3.0).Reverse(), .. BitConverter.GetBytes(-0.5).Reverse(),
        ];
        Assert.Equal([3, -0.5], ArrayFile.Read(scratch.Write("b.mat", big))["W"].Values);

        static byte[] Words(params int[] words) =>
            [.. words.SelectMany(word => BitConverter.GetBytes(word).Reverse())];
    }

    [Fact]
    public void A_bomb_in_a_variable_is_not_unpacked()
    {
        byte[] head = Mat(("W", [1, 1], [1.0]));
        // A variable of 2 GB of zeros, which says so, and one that says less.
        foreach (uint said in new[] { 2_000_000_000u, 100u })
        {
            byte[] inner =
            [
                .. BitConverter.GetBytes(14), .. BitConverter.GetBytes(said), .. head[136..176], 9, 0, 0, 0,
                .. BitConverter.GetBytes(said),
            ];
            byte[] bomb = Deflated(inner, megabytes: 64);
            string path = scratch.Write("n.mat",
                [.. head[..128], 15, 0, 0, 0, .. BitConverter.GetBytes(bomb.Length), .. bomb]);
            var watch = Stopwatch.StartNew();
            long before = GC.GetAllocatedBytesForCurrentThread();
            Scratch.Refused(path, "");
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 27);
        }
    }

    private static byte[] Deflated(byte[] start, int megabytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(start);
            for (int i = 0; i < megabytes; i++) stream.Write(new byte[1 << 20]);
        }
        return packed.ToArray();
    }

    /// <summary>Version 5 as its specification has it, arrays of doubles column by column.</summary>
    private static byte[] Mat(params (string Name, int[] Shape, double[] Values)[] arrays)
    {
        static byte[] Element(int type, byte[] bytes) =>
        [
            .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(bytes.Length), .. bytes,
            .. new byte[(8 - bytes.Length % 8) % 8],
        ];
        return
        [
            .. Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file".PadRight(124)), 0, 1, (byte)'I', (byte)'M',
            .. arrays.SelectMany(array => Element(14,
            [
                .. Element(6, [6, 0, 0, 0, 0, 0, 0, 0]),
                .. Element(5, [.. array.Shape.SelectMany(BitConverter.GetBytes)]),
                .. Element(1, Encoding.ASCII.GetBytes(array.Name)),
                .. Element(9, [.. array.Values.SelectMany(BitConverter.GetBytes)]),
            ])),
        ];
    }
}
