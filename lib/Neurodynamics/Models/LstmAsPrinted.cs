using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// The LSTM as the report prints it (2.2): the output gate reads the memory c of the previous step, where its prose
/// says h.
/// </summary>
public sealed class LstmAsPrinted : Lstm
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public LstmAsPrinted(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.LstmAsPrinted, inputSize, units, precision, outputReadsMemory: true) { }

    internal new sealed record Kind() : Architecture("lstm-as-printed")
    {
        public override string Title => "LSTM as printed";

        public override string Equation =>
            "c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c'), with i, f, g = W [h, u] + b and o = W_o [c, u] + b_o";

        public override Mark Mark => new(Hue.Vermillion, MarkShape.Square);

        public override Diagram Diagram => Drawing(printed: true);

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            new LstmAsPrinted(inputSize, units, precision);
    }
}

public abstract partial record Architecture
{
    /// <summary>The LSTM as the report prints it (2.2): the output gate reads the memory.</summary>
    public static Architecture LstmAsPrinted { get; } = new Models.LstmAsPrinted.Kind();
}
