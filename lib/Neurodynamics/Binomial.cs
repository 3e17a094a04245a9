namespace Neurodynamics;

/// <summary>The binomial distribution, as far as bounds need it.</summary>
internal static class Binomial
{
    /// <summary>
    /// The one-sided upper bound of Clopper and Pearson (1934): with any larger share so few of the draws would have
    /// the property with a probability of at most 1 - level. It holds for few draws, and for none or all of them.
    /// </summary>
    /// <param name="count">How many of the draws have the property.</param>
    /// <param name="total">How many independent draws there are, at least 1.</param>
    /// <param name="level">How often such a bound holds at least, between 0 and 1.</param>
    public static double AtMost(int count, int total, double level)
    {
        if (count >= total) return 1;
        if (count == 0) return -Expm1(Math.Log(1 - level) / total);
        double low = (double)count / total, high = 1;
        // Halved until no number lies between the two.
        for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
            (low, high) = Below(count, total, middle) > 1 - level ? (middle, high) : (low, middle);
        return high;
    }

    /// <summary>The probability of at most so many, summed from the last term, which is the largest.</summary>
    public static double Below(int count, int total, double share)
    {
        double log = 0;
        for (int i = 1; i <= count; i++) log += Math.Log((double)(total - count + i) / i);
        double term = Math.Exp(log + count * Math.Log(share) + (total - count) * Math.Log(1 - share)), sum = 0;
        for (int i = count; i >= 0 && term > 1e-18 * sum; i--)
        {
            sum += term;
            term *= i * (1 - share) / ((total - i + 1) * share);
        }
        return sum;
    }

    /// <summary>e^x - 1 without the loss of digits near 0 (Kahan).</summary>
    private static double Expm1(double x)
    {
        double power = Math.Exp(x);
        return power == 1 ? x : (power - 1) * x / Math.Log(power);
    }
}
