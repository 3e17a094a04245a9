using CsCheck;
using Neurodynamics.Import;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>Row 16 of the field cases: the order of axes and of bytes.</summary>
public sealed class NumpyFileTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Fortran_order_and_big_endian_are_honoured()
    {
        byte[] Little(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
        byte[] Longs(params long[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
        byte[] Halves(params double[] values) => [.. values.SelectMany(value => BitConverter.GetBytes((Half)value))];
        byte[] Big(params double[] values) => [.. values.SelectMany(value => BitConverter.GetBytes(value).Reverse())];
        byte[] BigSingles(params float[] values) =>
            [.. values.SelectMany(value => BitConverter.GetBytes(value).Reverse())];
        var file = ArrayFile.Read(scratch.Write("a.npz", Npz.Archive(
            ("fortran", Npz.Array("<i8", true, [2, 2], Longs(1, 3, 2, 4))),
            ("big", Npz.Array(">f8", false, [2, 2], Big(1, 2, 3, 4))),
            ("both", Npz.Array(">f4", true, [2, 3], BigSingles(1, 4, 2, 5, 3, 6))),
            ("half", Npz.Array("<f2", false, [2], Halves(0.5, -3))),
            ("version2", Npz.Array("<f8", false, [2, 1], Little(7, 8), version: 2)),
            ("cube", Npz.Array("<f8", true, [2, 1, 2], Little(1, 3, 2, 4))),
            ("complex", Npz.Array("<c16", false, [1], Little(1, -2))),
            ("scalar", Npz.Array("<f8", false, [], Little(9))))));
        foreach (string name in new[] { "fortran", "big" })
            Assert.Equal(new double[,] { { 1, 2 }, { 3, 4 } }, file[name].ToMatrix());
        Assert.Equal(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, file["both"].ToMatrix());
        Assert.Equal(new double[,,] { { { 1, 2 } }, { { 3, 4 } } }, file["cube"].ToTrials());
        Assert.Equal([0.5, -3], file["half"].Values);
        Assert.Equal("float16", file["half"].Type);
        Assert.Equal(new double[,] { { 7 }, { 8 } }, file["version2"].ToMatrix());
        Assert.Equal([1, -2], file["complex"].Values);
        Assert.Equal([1, 2], file["complex"].Shape);
        Assert.Equal([9.0], file["scalar"].Values);
        Assert.Contains("2 dimensions", Assert.Throws<ImportException>(() => file["cube"].ToMatrix()).Message);
        Assert.Contains("fortran, big, both", Assert.Throws<ImportException>(() => file["candidates"]).Message);
    }

    [Fact]
    public void Any_order_of_axes_and_bytes_gives_the_same_matrix() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Float.Array[25], Gen.Bool, Gen.Bool, Gen.Bool)
            .Sample((rows, columns, drawn, fortran, big, twice) =>
        {
            float[] values = drawn[..(rows * columns)];
            byte[] Element(float value)
            {
                byte[] bytes = twice ? BitConverter.GetBytes((double)value) : BitConverter.GetBytes(value);
                return big ? [.. bytes.Reverse()] : bytes;
            }
            var stored = fortran
                ? ByColumns(rows, columns).Select(place => values[place])
                : values;
            string descr = $"{(big ? '>' : '<')}f{(twice ? 8 : 4)}";
            byte[] array = Npz.Array(descr, fortran, [rows, columns], [.. stored.SelectMany(Element)]);
            double[,] matrix = ArrayFile.Read(scratch.Write("one.npy", array))["one"].ToMatrix();
            return matrix.Cast<double>().SequenceEqual(values.Select(value => (double)value));
        }, iter: 200);

    [Fact]
    public void Text_and_objects_beside_the_weights_are_listed_not_refused()
    {
        var imported = NetworkFile.Load(scratch.Write("n.npz", Npz.Archive([.. Npz.Gru(),
            ("names", Npz.Array("<U3", false, [1], [97, 0, 0, 0, 98, 0, 0, 0, 99, 0, 0, 0])),
            ("settings", Npz.Array("|O", false, [], [0x80, 4, (byte)'N', (byte)'.'])),
            ("history", Npz.Ramp(5))])));
        Assert.Equal(["history", "names", "settings"], imported.Ignored.Order());
        Assert.Null(imported.Network.Readout);
    }

    [Fact]
    public void A_big_endian_Fortran_network_is_the_same_network()
    {
        // The reference GRU with every weight turned round: big-endian, column by column.
        var plain = NetworkFile.Load(Reference.Network("gru_flipflop3.npz"));
        var file = ArrayFile.Read(Reference.Network("gru_flipflop3.npz"));
        var turned = plain.Used.Select(name =>
        {
            var array = file[name];
            var (rows, columns) = (array.Shape[0], array.Shape.Count == 2 ? array.Shape[1] : 1);
            var elements = ByColumns(rows, columns)
                .SelectMany(place => BitConverter.GetBytes((float)array.Values[place]).Reverse());
            return (name, Npz.Array(">f4", true, [.. array.Shape], [.. elements]));
        });
        var read = NetworkFile.Load(scratch.Write("t.npz", Npz.Archive([.. turned])));
        ReferenceNetworkTests.AssertSame(plain.Network, read.Network);
    }

    /// <summary>Places in row-major order, column by column.</summary>
    private static IEnumerable<int> ByColumns(int rows, int columns) =>
        from column in Enumerable.Range(0, columns) from row in Enumerable.Range(0, rows) select row * columns + column;
}
