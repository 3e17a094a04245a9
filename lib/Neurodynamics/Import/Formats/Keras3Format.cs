using System.Text.Json;

namespace Neurodynamics.Import;

/// <summary>Keras 3: a zip archive of the weights in HDF5 and the model's description in JSON.</summary>
internal sealed class Keras3Format : FileFormat
{
    public override string Name => "Keras .keras file";

    public override bool Matches(OpenFile file) => file.Zip?.GetEntry("model.weights.h5") is not null;

    public override FileContent Read(OpenFile file)
    {
        using var weights = new MemoryStream(file.Zip!.GetEntry("model.weights.h5")!.ReadAll());
        var content = Hdf5Format.Read(weights);
        return file.Zip.GetEntry("config.json") is { } config
            ? content with { Configuration = JsonSerializer.Deserialize<JsonElement>(config.ReadAll()) }
            : content;
    }
}
