namespace Neurodynamics.Import;

/// <summary>The numbers of PyTorch's tensors, which several may share.</summary>
/// <param name="Kind">The class of the storage, such as "FloatStorage".</param>
/// <param name="First">Its first number among those that are read.</param>
/// <param name="Count">How many numbers it has.</param>
/// <param name="BigEndian">Whether the highest byte of a number is the first.</param>
/// <param name="Read">Reads the bytes.</param>
internal sealed record TensorStorage(string Kind, long First, long Count, bool BigEndian, Func<OpenFile, byte[]> Read)
{
    private static readonly Dictionary<string, (string? Type, int Size)> Kinds = new()
    {
        ["DoubleStorage"] = ("float64", 8),
        ["FloatStorage"] = ("float32", 4),
        ["HalfStorage"] = ("float16", 2),
        ["BFloat16Storage"] = ("bfloat16", 2),
        ["LongStorage"] = ("int64", 8),
        ["IntStorage"] = ("int32", 4),
        ["ShortStorage"] = ("int16", 2),
        ["CharStorage"] = ("int8", 1),
        ["ByteStorage"] = ("uint8", 1),
        ["BoolStorage"] = ("bool", 1),
        ["ComplexFloatStorage"] = (null, 8),
        ["ComplexDoubleStorage"] = (null, 16),
        ["QInt8Storage"] = (null, 1),
        ["QUInt8Storage"] = (null, 1),
        ["QInt32Storage"] = (null, 4),
    };

    /// <summary>NumPy's name of their type; null where it has no name or is not read.</summary>
    public string? Type => Kinds.GetValueOrDefault(Kind).Type;

    /// <summary>Bytes of one; 0 where that is unknown.</summary>
    public int Size => SizeOf(Kind);

    public bool IsQuantised => Kind.StartsWith('Q');

    public static int SizeOf(string kind) => Kinds.GetValueOrDefault(kind).Size;
}

/// <summary>A tensor of PyTorch: a strided view of a storage, offset and strides in numbers.</summary>
internal sealed record StoredTensor(TensorStorage Storage, long Offset, int[] Shape, long[] Strides)
{
    /// <summary>The tensor that an object stands for, if it is one, however many functions make it.</summary>
    public static StoredTensor? Of(PickledObject thing)
    {
        var (maker, arguments) = (thing.Maker, thing.Arguments);
        for (int wrapped = 0; wrapped < 4; wrapped++)
            switch (maker, arguments)
            {
                // (tensor, requires_grad, hooks, ...)
                case ("torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state",
                    [PickledObject inner, ..]):
                    (maker, arguments) = (inner.Maker, inner.Arguments);
                    break;
                // (function, class, its arguments, attributes)
                case ("torch._tensor._rebuild_from_type_v2" or "torch._tensor._rebuild_from_type",
                    [PickledName function, _, object?[] own, ..]):
                    (maker, arguments) = (function.ToString(), own);
                    break;
                // (storage, offset, shape, strides, ...)
                case ("torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_tensor"
                    or "torch._utils._rebuild_qtensor",
                    [var stored, long offset, object?[] shape, object?[] strides, ..]):
                    return StorageOf(stored) is not { } storage ? null : new(
                        storage, offset, SourceArray.ShapeOf("a tensor", shape.Select(length => (long)length!)),
                        [.. strides.Select(stride => (long)stride!)]);
                default: return null;
            }
        return null;
    }

    /// <summary>A storage, also one that a plain pickle holds as bytes.</summary>
    private static TensorStorage? StorageOf(object? stored) => stored switch
    {
        TensorStorage storage => storage,
        PickledObject { Maker: "torch.storage._load_from_bytes", Arguments: [var bytes] }
            when PickledObject.BytesOf(bytes) is { } file => PyTorchOldFormat.StorageIn(file),
        _ => null,
    };

    /// <summary>The tensor as an array; null where its type is not read.</summary>
    /// <exception cref="InvalidDataException">It is no view of its storage.</exception>
    public SourceArray? In(OpenFile file, string name)
    {
        if (Storage.Type is not { } type) return null;
        if (Shape.Length != Strides.Length)
            throw new InvalidDataException($"{name.Shown()} does not have one stride for each axis");
        if (SourceArray.Count(Shape) > 0)
        {
            long last = Offset;
            for (int axis = 0; axis < Shape.Length; axis++) last = checked(last + (Shape[axis] - 1) * Strides[axis]);
            if (Offset < 0 || Strides.Any(stride => stride < 0) || last >= Storage.Count)
                throw new InvalidDataException($"{name.Shown()} reaches beyond its storage");
        }
        return file.Later(name, type, Shape, again =>
        {
            byte[] bytes = Storage.Read(again);
            double[] values = new double[SourceArray.Count(Shape)];
            int[] index = new int[Shape.Length];
            for (int i = 0; i < values.Length; i++)
            {
                long place = Storage.First + Offset;
                for (int axis = 0; axis < index.Length; axis++) place += index[axis] * Strides[axis];
                values[i] = Elements.Value(
                    type, bytes.AsSpan(checked((int)(place * Storage.Size)), Storage.Size), Storage.BigEndian);
                for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--) index[axis] = 0;
            }
            return values;
        });
    }
}
