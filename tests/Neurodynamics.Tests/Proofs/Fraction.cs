using System.Numerics;

namespace Neurodynamics.Tests.Proofs;

/// <summary>An exact fraction. Shares nothing with what it judges.</summary>
internal readonly record struct Fraction : IComparable<Fraction>
{
    private readonly BigInteger over, under;

    private Fraction(BigInteger over, BigInteger under)
    {
        var common = BigInteger.GreatestCommonDivisor(over, under) * under.Sign;
        (this.over, this.under) = (over / common, under / common);
    }

    public int Sign => over.Sign;

    private BigInteger Under => under.IsZero ? 1 : under;

    public static implicit operator Fraction(double value)
    {
        int doublings = 0;
        for (; value != Math.Floor(value); doublings++) value *= 2;
        return new(new BigInteger(value), BigInteger.One << doublings);
    }

    public static Fraction operator +(Fraction a, Fraction b) =>
        new(a.over * b.Under + b.over * a.Under, a.Under * b.Under);

    public static Fraction operator -(Fraction a, Fraction b) => a + b * -1;

    public static Fraction operator *(Fraction a, Fraction b) => new(a.over * b.over, a.Under * b.Under);

    public static Fraction operator /(Fraction a, Fraction b) => new(a.over * b.Under, a.Under * b.over);

    public int CompareTo(Fraction other) => (this - other).Sign;
}
