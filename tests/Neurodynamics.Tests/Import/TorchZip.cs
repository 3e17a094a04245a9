using System.IO.Compression;
using System.Text;

namespace Neurodynamics.Tests.Import;

/// <summary>
/// Writes what PyTorch's torch.save writes, opcode by opcode, with storages that tensors may share: the zip format and
/// the one before 1.6.
/// </summary>
internal sealed class TorchZip
{
    private readonly MemoryStream pickle = new();
    private readonly Dictionary<string, byte[]> storages = [];
    private readonly Dictionary<string, int> elements = [];
    private bool old;

    /// <summary>
    /// A view of a storage of that many elements; offset and strides in elements. In the old format the storage may
    /// itself be a view of the one of that key: (its own key, offset, elements).
    /// </summary>
    public sealed record Tensor(
        string Storage, string Type, int Elements, int Offset, int[] Shape, int[] Strides,
        (string Key, int Offset, int Elements)? View = null);

    /// <summary>An object of a class of the user's own, in the old format with the source text of its class.</summary>
    public sealed record Instance(
        string Module, string Class, Dictionary<string, object> State, string? Source = null);

    /// <summary>What a class makes of arguments, and entries put into it after: a numpy scalar, a Counter.</summary>
    public sealed record Made(
        string Module, string Class, object[] Arguments, Dictionary<string, object>? Entries = null);

    public Tensor Whole(string storage, int[] shape, params float[] values)
    {
        storages[storage] = [.. values.SelectMany(BitConverter.GetBytes)];
        return new(storage, "FloatStorage", values.Length, 0, shape, RowMajor(shape));
    }

    public Tensor Whole64(string storage, int[] shape, params double[] values)
    {
        storages[storage] = [.. values.SelectMany(BitConverter.GetBytes)];
        return new(storage, "DoubleStorage", values.Length, 0, shape, RowMajor(shape));
    }

    private static int[] RowMajor(int[] shape)
    {
        int[] strides = new int[shape.Length];
        for (int axis = shape.Length - 1, stride = 1; axis >= 0; stride *= shape[axis--]) strides[axis] = stride;
        return strides;
    }

    public void Store(string storage, byte[] bytes) => storages[storage] = bytes;

    public byte[] Build(object root, string? byteOrder = null, string folder = "archive")
    {
        old = false;
        byte[] description = Pickled(root);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            void Entry(string name, byte[] bytes)
            {
                using var entry = zip.CreateEntry($"{folder}/{name}", CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
            Entry("data.pkl", description);
            if (byteOrder is not null) Entry("byteorder", Encoding.ASCII.GetBytes(byteOrder));
            foreach (var (name, bytes) in storages) Entry($"data/{name}", bytes);
            Entry("version", "3\n"u8.ToArray());
        }
        return stream.ToArray();
    }

    /// <summary>The format before 1.6.</summary>
    public byte[] BuildOld(object root)
    {
        old = true;
        byte[] magic = Convert.FromHexString("80028a0a6cfc9c46f9206aa850192e");
        byte[] protocol = [0x80, 2, (byte)'M', 0xE9, 3, (byte)'.'];
        byte[] system = Pickled(new Dictionary<string, object> { ["protocol_version"] = 1001 });
        byte[] description = Pickled(root);
        byte[] keys =
            [0x80, 2, (byte)']', (byte)'(', .. storages.Keys.SelectMany(key => Pickled(key)[2..^1]), .. "e."u8];
        return
        [
            .. magic, .. protocol, .. system, .. description, .. keys,
            .. storages.SelectMany(one => (byte[])[.. BitConverter.GetBytes((long)elements[one.Key]), .. one.Value]),
        ];
    }

    private byte[] Pickled(object root)
    {
        pickle.SetLength(0);
        pickle.Write([0x80, 2]);
        Put(root);
        Op('.');
        return pickle.ToArray();
    }

    private void Put(object value)
    {
        switch (value)
        {
            case int number: Op('J'); pickle.Write(BitConverter.GetBytes(number)); break;
            case double number: Op('G'); pickle.Write([.. BitConverter.GetBytes(number).Reverse()]); break;
            case string text:
                byte[] letters = Encoding.UTF8.GetBytes(text);
                Op('X');
                pickle.Write(BitConverter.GetBytes(letters.Length));
                pickle.Write(letters);
                break;
            case int[] numbers: Tuple([.. numbers]); break;
            case object[] items: Tuple([.. items]); break;
            case Dictionary<string, object> entries:
                Op('}');
                Op('(');
                foreach (var (key, item) in entries) { Put(key); Put(item); }
                Op('u');
                break;
            case Tensor tensor:
                Global("torch._utils", "_rebuild_tensor_v2");
                Op('(');
                Op('(');
                Put("storage");
                Global("torch", tensor.Type);
                Put(tensor.Storage);
                Put("cpu");
                Put(tensor.Elements);
                elements[tensor.Storage] = tensor.Elements;
                if (old && tensor.View is { } view) Tuple([view.Key, view.Offset, view.Elements]);
                else if (old) Op('N');
                Op('t');
                Op('Q');
                Put(tensor.Offset);
                Put(tensor.Shape);
                Put(tensor.Strides);
                pickle.WriteByte(0x89);
                Global("collections", "OrderedDict");
                Op(')');
                Op('R');
                Op('t');
                Op('R');
                break;
            case Instance thing:
                if (old && thing.Source is not null)
                {
                    Op('(');
                    Put("module");
                    Global(thing.Module, thing.Class);
                    Put("net.py");
                    Put(thing.Source);
                    Op('t');
                    Op('Q');
                }
                else Global(thing.Module, thing.Class);
                Op(')');
                pickle.WriteByte(0x81);
                Put(thing.State);
                Op('b');
                break;
            case Made made:
                Global(made.Module, made.Class);
                Tuple([.. made.Arguments]);
                Op('R');
                if (made.Entries is null) break;
                Op('(');
                foreach (var (key, item) in made.Entries) { Put(key); Put(item); }
                Op('u');
                break;
            default: throw new ArgumentException($"{value.GetType()} is not written here.");
        }
    }

    private void Tuple(List<object> items)
    {
        Op('(');
        items.ForEach(Put);
        Op('t');
    }

    private void Global(string module, string name) => pickle.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    private void Op(char code) => pickle.WriteByte((byte)code);
}
