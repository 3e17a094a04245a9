using System.Collections;
using System.Reflection;
using PureHDF;
using PureHDF.VOL.Native;

namespace Neurodynamics.Import;

/// <summary>
/// The links of an HDF5 group, of which PureHDF follows all at once: soft links round in circles until the process
/// ends, and external ones into any file or pipe. It keeps the kind of a link to itself, so that this looks into it.
/// </summary>
internal static class Hdf5Links
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The objects of a group by name; null for what is a link to another place.</summary>
    public static IEnumerable<(string Name, IH5Object? Found)> Of(NativeGroup group)
    {
        object?[] messages = Messages(group);
        object? scratch = typeof(NativeGroup).GetField("_scratchPad", Any)!.GetValue(group);
        if ((scratch ?? messages.FirstOrDefault(message => Is(message, "SymbolTableMessage"))) is { } table)
        {
            object heap = Of(table, "LocalHeap")!;
            var getTree = table.GetType().GetMethod("GetBTree1", Any)!;
            var decode = typeof(NativeGroup).GetMethod("DecodeGroupKey", Any)!
                .CreateDelegate(getTree.GetParameters()[0].ParameterType, group);
            object tree = getTree.Invoke(table, [decode])!;
            foreach (object? node in (IEnumerable)Call(group, "EnumerateSymbolTableNodes", tree))
                foreach (object? entry in (IEnumerable)Of(node!, "GroupEntries")!)
                    if (Is(Of(entry!, "ScratchPad"), "SymbolicLinkScratchPad"))
                        yield return ((string)Call(heap, "GetObjectName", Of(entry!, "LinkNameOffset")!), null);
                    else yield return Target(
                        Call(group, "GetObjectReferencesForSymbolTableEntry", heap, entry!, default(H5LinkAccess)));
            yield break;
        }
        object info = messages.Single(message => Is(message, "LinkInfoMessage"))!;
        object superblock = Of(Of(group, "Context")!, "Superblock")!;
        bool isCompact = (bool)Call(superblock, "IsUndefinedAddress", Of(info, "BTree2NameIndexAddress")!);
        var links = isCompact ? messages.Where(message => Is(message, "LinkMessage"))
            : ((IEnumerable)Call(group, "EnumerateLinkMessagesFromLinkInfoMessage", info)).Cast<object?>();
        foreach (object? link in links)
            if (Is(Of(link!, "LinkInfo"), "HardLinkInfo"))
                yield return Target(Call(group, "GetObjectReference", link!, default(H5LinkAccess)));
            else yield return ((string)Of(link!, "LinkName")!, null);
    }

    /// <summary>Whether a dataset's values are in other files.</summary>
    public static bool IsElsewhere(NativeDataset dataset) =>
        dataset.Layout.Class == H5DataLayoutClass.VirtualStorage
        || Messages(dataset).Any(message => Is(message, "ExternalFileListMessage"));

    private static object?[] Messages(NativeObject one) =>
    [
        .. ((IEnumerable)Of(Of(one, "Header")!, "HeaderMessages")!).Cast<object>()
            .Select(message => Of(message, "Data")),
    ];

    private static (string, IH5Object?) Target(object reference) =>
        ((string)Of(reference, "Name")!, (IH5Object)Call(reference, "Dereference"));

    private static bool Is(object? one, string type) => one?.GetType().Name == type;

    private static object? Of(object one, string property) =>
        Unwrapped(() => one.GetType().GetProperty(property, Any)!.GetValue(one));

    private static object Call(object one, string method, params object[] arguments) =>
        Unwrapped(() => one.GetType().GetMethods(Any).Concat(typeof(NativeGroup).GetMethods(Any))
            .First(other => other.Name == method && other.GetParameters().Length == arguments.Length)
            .Invoke(one, arguments))!;

    /// <summary>What PureHDF itself throws, without what reflection puts around it.</summary>
    private static object? Unwrapped(Func<object?> read)
    {
        try
        {
            return read();
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            throw new InvalidDataException(ImportException.FirstSentence(inner), inner);
        }
    }
}
