using static TorchSharp.torch;

namespace Neurodynamics.Models.Bounds;

/// <summary>The least and the largest value of a quantity over a ball of states, each [B, N].</summary>
internal readonly record struct Interval(Tensor Low, Tensor High)
{
    /// <summary>Where the logistic function bends most, ln(2 + sqrt 3).</summary>
    private static readonly double Peak = Math.Log(2 + Math.Sqrt(3));

    public static Interval Around(Tensor centre, Tensor reach) => new(centre - reach, centre.Plus(reach));

    public Tensor LargestModulus => maximum(Low.abs(), High.abs());

    private Tensor LeastModulus => maximum(Low, -High).AtLeast(0);

    public static Interval operator +(Interval a, Interval b) => new(a.Low.Plus(b.Low), a.High.Plus(b.High));

    public static Interval operator -(Interval a, Interval b) => new(a.Low - b.High, a.High - b.Low);

    public static Interval operator *(Interval a, Interval b)
    {
        var (p, q, r, s) = (a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High);
        return new(minimum(minimum(p, q), minimum(r, s)), maximum(maximum(p, q), maximum(r, s)));
    }

    public Interval Sigmoid() => new(sigmoid(Low), sigmoid(High));

    public Interval Tanh() => new(tanh(Low), tanh(High));

    /// <summary>Upper bound on 1 - s, without cancellation where the logistic function s saturates.</summary>
    public Tensor Complement => sigmoid(-Low);

    /// <summary>Upper bound on |s'|.</summary>
    public Tensor SigmoidSlope => SlopeAt(LeastModulus);

    /// <summary>Upper bound on |s''|, which rises up to its peak and falls beyond.</summary>
    public Tensor SigmoidCurvature
    {
        get
        {
            var worst = minimum(LeastModulus.AtLeast(Peak), LargestModulus);
            return SlopeAt(worst) * tanh(worst.Times(0.5));
        }
    }

    /// <summary>Upper bound on |tanh'|; tanh x = 2 s(2 x) - 1.</summary>
    public Tensor TanhSlope => Doubled.SigmoidSlope.Times(4);

    /// <summary>Upper bound on |tanh''|.</summary>
    public Tensor TanhCurvature => Doubled.SigmoidCurvature.Times(8);

    private Interval Doubled => new(Low.Times(2), High.Times(2));

    private static Tensor SlopeAt(Tensor modulus)
    {
        var decay = exp(-modulus);
        return decay / decay.Plus(1).Squared();
    }
}
