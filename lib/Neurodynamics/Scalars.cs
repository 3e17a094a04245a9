using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics;

/// <summary>
/// Constants for tensor arithmetic on several threads. TorchSharp turns the 1 of <c>1 - x</c>, and the silent factor 1
/// of <c>a + b</c>, into a native scalar that only the finaliser frees and that nothing holds during the native call: a
/// collection that another thread sets off can free it in mid-use ("Unknown scalar type", or a wrong value). A scalar
/// that is held, here or by <c>using</c>, is safe; so are products, quotients and differences of tensors, but not
/// <c>square</c> and <c>pow</c>.
/// </summary>
#pragma warning disable RS0030 // Banned elsewhere in the library, by BannedSymbols.txt, so that it happens only here.
internal static class Scalars
{
    public static readonly Scalar One = 1;

    /// <summary>A scalar to be held by <c>using</c>.</summary>
    public static Scalar Held(double value) => value;

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.add(held, One);
    }

    /// <summary>a b.</summary>
    public static Tensor Times(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.mul(held);
    }

    /// <summary>a / b.</summary>
    public static Tensor Over(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.div(held);
    }

    /// <summary>The larger of a and b.</summary>
    public static Tensor AtLeast(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.clamp_min(held);
    }

    /// <summary>The smaller of a and b.</summary>
    public static Tensor AtMost(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.clamp_max(held);
    }

    /// <summary>Whether a is above b.</summary>
    public static Tensor Above(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.gt(held);
    }

    /// <summary>Whether a is below b.</summary>
    public static Tensor Below(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.lt(held);
    }

    /// <summary>a^2.</summary>
    public static Tensor Squared(this Tensor a) => a * a;

    /// <summary>
    /// I - A for each of a batch of square matrices [..., N, N]. Not in place: a cell's Jacobian may be a view of its
    /// weights.
    /// </summary>
    public static Tensor FromIdentity(this Tensor a)
    {
        var difference = a.neg();
        difference.diagonal(0, -2, -1).add_(One, One);
        return difference;
    }

    /// <summary>1 - a.</summary>
    public static Tensor OneMinus(Tensor a) => a.neg().add_(One, One);
}
