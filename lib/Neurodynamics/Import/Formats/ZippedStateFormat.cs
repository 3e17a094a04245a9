using System.IO.Compression;

namespace Neurodynamics.Import;

/// <summary>
/// A zip archive with state files of PyTorch in it, as libraries for reinforcement learning save their agents
/// (policy.pth beside an optimiser's). The arrays of each have its name before theirs.
/// </summary>
internal sealed class ZippedStateFormat : FileFormat
{
    public override string Name => "PyTorch .pt file of an archive";

    public override bool Matches(OpenFile file) => file.Zip is { } zip && zip.Entries.Any(IsState)
        && zip.Entries.All(entry => entry.Name != PyTorchZipFormat.Pickle);

    public override FileContent Read(OpenFile file)
    {
        var content = new PickledContent(file, PyTorchZipFormat.Remedy);
        List<string> others = [];
        foreach (var entry in file.Zip!.Entries)
        {
            if (!IsState(entry))
            {
                others.Add(entry.FullName);
                continue;
            }
            byte[] bytes = entry.ReadAll(Limits.ArrayBytes);
            string name = entry.FullName[..entry.FullName.LastIndexOf('.')];
            if (!bytes.AsSpan().StartsWith("PK"u8))
            {
                PyTorchOldFormat.Read(content, name, new MemoryStream(bytes), _ => new MemoryStream(bytes));
                continue;
            }
            using var inner = ZipEntries.Open(new MemoryStream(bytes));
            if (!PyTorchZipFormat.IsOne(inner)) throw new InvalidDataException($"{name.Shown()} holds no state_dict");
            PyTorchZipFormat.Read(content, name, inner, _ => ZipEntries.Open(new MemoryStream(bytes)));
        }
        var found = content.Content;
        return found with { Unread = [.. found.Unread, .. others] };
    }

    private static bool IsState(ZipArchiveEntry entry) => Path.GetExtension(entry.Name) is ".pth" or ".pt";
}
