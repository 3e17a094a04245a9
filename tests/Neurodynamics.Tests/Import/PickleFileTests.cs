using System.Text;
using Neurodynamics.Import;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>Row 31: Python's pickles with NumPy's arrays in them, as data.</summary>
public sealed class PickleFileTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    /// <summary>
    /// One dictionary by NumPy 1.24 and Python 3.11 in each protocol: arrays of both orders of axes and of bytes, a
    /// number, a list of arrays, one of numbers, objects and text.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_protocol_gives_the_same_arrays(int protocol)
    {
        var file = ArrayFile.Read(FieldCaseTests.Path($"numpy_protocol{protocol}.pkl"));
        foreach (string name in new[] { "c", "f", "big" })
            Assert.Equal(new double[,] { { 0, 1, 2 }, { 3, 4, 5 } }, file[name].ToMatrix());
        Assert.Equal("float32", file["big"].Type);
        Assert.Equal([1, 2], file["z"].Values);
        Assert.Equal([1, 2], file["z"].Shape);
        Assert.Equal([0.25], file["s"].Values);
        Assert.Equal([1, -2], file["i"].Values);
        Assert.Equal([1.0], file["list/0"].Values);
        Assert.Equal([0, 0], file["list/1"].Values);
        Assert.Equal([1, 2, 3], file["n"].Values);
        Assert.Equal([0.5], file["dt"].Values);
        Assert.Equal([1, 1], file["o/0"].Values);
        Assert.Equal([1, 0], file["bool"].Values);
        Assert.Equal(["name", "o/1", "text"], file.Unread);
        Assert.Equal(("tanh", "0.5"), (file.Settings["name"], file.Settings["dt"]));
        Assert.Equal("Python pickle", file.Format.Name);
    }

    [Fact]
    public void Objects_in_an_npz_are_read_under_its_name()
    {
        var file = ArrayFile.Read(FieldCaseTests.Path("numpy_objects.npz"));
        Assert.Equal(new double[,] { { 0, 1, 2 }, { 3, 4, 5 } }, file["d/W"].ToMatrix());
        Assert.Equal([1, 1], file["plain"].Values);
    }

    [Theory]
    [InlineData("c18_dict.npy")]
    [InlineData("numpy_objects.npz")]
    [InlineData("numpy_protocol2.pkl")]
    [InlineData("numpy_protocol5.pkl")]
    [InlineData("c03_relu_whole.pt")]
    [InlineData("c19_v5.mat")]
    [InlineData("octave_v7.mat")]
    public void A_file_cut_off_anywhere_or_changed_anywhere_ends_in_one_sentence_or_is_read(string name)
    {
        byte[] whole = File.ReadAllBytes(FieldCaseTests.Path(name));
        for (int length = 1; length < whole.Length; length++) Try(whole[..length]);
        for (int place = 0; place < whole.Length; place++)
        {
            byte[] changed = [.. whole];
            changed[place] ^= (byte)(place % 3 == 0 ? 0x01 : place % 3 == 1 ? 0x80 : 0xFF);
            Try(changed);
        }

        void Try(byte[] bytes)
        {
            try
            {
                foreach (var array in ArrayFile.Read(scratch.Write("n", bytes)).Arrays) _ = array.Values;
            }
            catch (ImportException error)
            {
                Assert.InRange(error.Message.Length, 1, 400);
            }
        }
    }

    [Theory]
    [InlineData("cos\nsystem\nX\u0008\0\0\0touch hi\u0085R.")]
    [InlineData("(X\u0008\0\0\0touch hiios\nsystem\n.")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093X\u0008\0\0\0touch hi\u0085R.")]
    [InlineData("cbuiltins\neval\nX\u0008\0\0\0touch hi\u0085R}X\u0001\0\0\0ahb.")]
    public void What_a_pickle_calls_is_not_called(string opcodes) =>
        Scratch.Refused(scratch.Write("n.pkl", Pickle(opcodes)), "");

    [Fact]
    public void Pickles_made_to_take_time_or_memory_are_refused_or_read_at_once()
    {
        static string Times(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
        string megabyte = "X" + Encoding.Latin1.GetString(BitConverter.GetBytes(1 << 20)) + new string('a', 1 << 20);
        string[] hostile =
        [
            // Bytes of text, a class by a name and a key, each of a megabyte, again and again.
            $"]{megabyte}q\0" + "0c_codecs\nencode\nq\u0001" + Times("h\u0001h\0\u0085Ra", 300_000) + ".",
            $"{megabyte}q\0" + Times("h\0h\0\u0093", 300_000) + ".",
            $"{megabyte}q\0}}" + Times("h\0Ns", 300_000) + ".",
            // One list of a hundred thousand numbers, in ten thousand places.
            "]" + Times("K\u0001a", 100_000) + "q\0]" + Times("h\0a", 10_000) + ".",
            // Objects that hold themselves, and each other.
            "ca\nb\n)\u0081q\0}X\u0001\0\0\0xh\0sb.",
            "}X\u0001\0\0\0xca\nb\n)\u0081q\0}X\u0001\0\0\0xca\nb\n)\u0081}X\u0001\0\0\0xh\0sbsbs.",
            Times("(", 3_000_000) + Times("t", 3_000_000) + ".",
        ];
        foreach (string opcodes in hostile)
        {
            string path = scratch.Write("n.pkl", Pickle(opcodes));
            var watch = System.Diagnostics.Stopwatch.StartNew();
            long before = GC.GetAllocatedBytesForCurrentThread();
            Scratch.Refused(path, "");
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 29);
        }
    }

    private static byte[] Pickle(string opcodes) => [0x80, 2, .. Encoding.Latin1.GetBytes(opcodes)];
}
