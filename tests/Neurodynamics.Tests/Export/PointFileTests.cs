using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Neurodynamics.Export;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Proofs;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Export;

/// <summary>Points in files of other programs, each number to the last bit.</summary>
public sealed class PointFileTests : IDisposable
{
    private static readonly Lazy<(IReadOnlyList<Linearisation> Points, CompletenessProof Proof)> Made = new(() =>
    {
        var cell = Nets.Normal(5, 2, seed: 3);
        var set = new FixedPointSearch().Run(cell, Nets.Cloud(256, 5, 1, seed: 1));
        StatePoint[] points = [.. set.Points, new SlowPoint([0.5, 0, -0.0, 1, -1], [0], 0.1, 3)];
        return (Linearisation.Of(cell, points), new Prover().Run(cell));
    });

    private readonly TemporaryFolder folder = new();

    private static IReadOnlyList<Linearisation> Points => Made.Value.Points;

    private static CompletenessProof Proof => Made.Value.Proof;

    public void Dispose() => folder.Dispose();

    private string Path(string name) => System.IO.Path.Combine(folder.Path, name);

    private string Saved(string name)
    {
        PointFile.Save(Path(name), Points, Proof);
        Assert.DoesNotContain(
            Directory.GetFiles(folder.Path), file => file.EndsWith(".partial", StringComparison.Ordinal));
        return Path(name);
    }

    [Theory, InlineData("points.npz"), InlineData("points.mat")]
    public void What_was_saved_is_read_back_to_the_last_bit(string name) => Equal(ArrayFile.Read(Saved(name)), name);

    [Fact]
    public void Vectors_and_eigenvalues_are_those_of_the_points()
    {
        var file = ArrayFile.Read(Saved("points.npz"));
        Assert.Contains(Points, point => point.Eigenvalues.Any(value => value.Imaginary != 0));
        Assert.Contains(Points, point => point.Point.Certificate?.Certainty == Certainty.Certified);
        double[] jacobians = file["state_jacobian"].Values;
        int size = 5;
        for (int m = 0; m < Points.Count; m++)
            for (int k = 0; k < size; k++)
            {
                var lambda = At("eigenvalues", m * size + k);
                Assert.Equal(Points[m].Modes[k].Eigenvalue, lambda);
                for (int i = 0; i < size; i++)
                {
                    // J v = lambda v, of what is in the file alone.
                    var product = Enumerable.Range(0, size).Aggregate(Complex.Zero, (sum, j) =>
                        sum + jacobians[(m * size + i) * size + j] * At("right", (m * size + k) * size + j));
                    Assert.True((product - lambda * At("right", (m * size + k) * size + i)).Magnitude < 1e-12);
                }
            }
        Assert.Equal(Points.Select(point => point.Point is FixedPoint ? 1.0 : 0), file["proven"].Values);
        Assert.Equal([1], file["proven_complete"].Values);
        for (int i = 0; i < Points.Count * size; i++)
            Assert.True(file["proven"].Values[i / size] == 0 ? double.IsNaN(file["proven_low"].Values[i])
                : file["proven_low"].Values[i] <= file["proven_high"].Values[i]);

        Complex At(string name, int i) => new(file[name].Values[2 * i], file[name].Values[2 * i + 1]);
    }

    [Fact]
    public void A_csv_has_a_row_per_point_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Saved("points.csv");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        string[][] rows = [.. File.ReadAllLines(Path("points.csv")).Select(line => line.Split(','))];
        Assert.Equal(Points.Count + 1, rows.Length);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        for (int m = 0; m < Points.Count; m++)
        {
            Assert.Equal(m + 1, Value("point"));
            Same(Points[m].Point.State, [.. Enumerable.Range(1, 5).Select(i => Value($"state_{i}"))]);
            Same([Points[m].Eigenvalues[1].Real, Points[m].Eigenvalues[1].Imaginary],
                [Value("eigenvalues_2_re"), Value("eigenvalues_2_im")]);
            Assert.Equal(Points[m].UnstableModes, Value("unstable_modes"));

            double Value(string column) => double.Parse(
                rows[m + 1][Array.IndexOf(rows[0], column)], CultureInfo.InvariantCulture);
        }
        Assert.DoesNotContain(rows[0], name => name.StartsWith("right", StringComparison.Ordinal));
    }

    /// <summary>NumPy reads the file, says what it has read, and writes it again.</summary>
    [Fact]
    public void NumPy_reads_and_writes_every_bit()
    {
        string python = Program("NumPy", ["-c", "import numpy"],
            OperatingSystem.IsWindows() ? ["python"] : ["python3", "/usr/bin/python3"]);
        Run(python, "-c", "import numpy, sys; points = numpy.load(sys.argv[1]); "
            + "assert points['eigenvalues'].dtype == complex and points['certified'].dtype == bool; "
            + "assert points['candidates'].dtype == numpy.int64; "
            + "J, v, e = points['state_jacobian'], points['right'], points['eigenvalues']; "
            + "assert numpy.abs(numpy.einsum('mij,mkj->mki', J, v) - e[..., None] * v).max() < 1e-12; "
            + "w = points['left']; assert numpy.abs(numpy.einsum('mkj,mkj->mk', w, v) - 1).max() < 1e-10; "
            + "numpy.savez(sys.argv[2], **points)", Saved("points.npz"), Path("again.npz"));
        Equal(ArrayFile.Read(Path("again.npz")), "again.npz");
        Run(python, "-c", "import numpy, sys; table = numpy.genfromtxt(sys.argv[1], delimiter=',', names=True); "
            + "numpy.savez(sys.argv[2], **{name: table[name] for name in table.dtype.names})",
            Saved("points.csv"), Path("table.npz"));
        var table = ArrayFile.Read(Path("table.npz"));
        Same([.. Points.Select(point => point.Point.Speed)], table["speed"].Values);
        Same([.. Points.Select(point => point.Eigenvalues[2].Imaginary)], table["eigenvalues_3_im"].Values);
    }

    /// <summary>Octave reads the file, checks it, and writes it again.</summary>
    [Fact]
    public void Octave_reads_and_writes_every_bit()
    {
        string octave = Program("Octave", ["--version"], "octave-cli", "octave");
        Run(octave, "--no-gui", "--norc", "--quiet", "--eval", $"points = load('{Saved("points.mat")}'); "
            + "assert(islogical(points.certified) && isa(points.candidates, 'int64') && ! isreal(points.eigenvalues)); "
            + "for m = 1:rows(points.state), J = squeeze(points.state_jacobian(m, :, :)); "
            + "V = squeeze(points.right(m, :, :)).'; assert(norm(J * V - V * diag(points.eigenvalues(m, :))) < 1e-12); "
            + $"end, save('-v6', '{Path("again.mat")}', '-struct', 'points')");
        Equal(ArrayFile.Read(Path("again.mat")), "again.mat");
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_a_sentence()
    {
        var refused = Assert.Throws<ArgumentException>(() => PointFile.Save(Path("points.json"), Points));
        Assert.StartsWith(
            "Points are saved as .csv, .mat, .npz, but the file is points.json: give it one of these endings.",
            refused.Message, StringComparison.Ordinal);
        var other = Linearisation.Of(Nets.Normal(3, 1, seed: 1), [Nets.Point(0, 0, 0)]);
        Assert.Contains("save them apart", Assert.Throws<ArgumentException>(
            () => PointFile.Save(Path("points.npz"), [.. Points, .. other])).Message, StringComparison.Ordinal);
        Assert.Contains("another network", Assert.Throws<ArgumentException>(
            () => PointFile.Save(Path("points.npz"), other, Proof)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
        foreach (string name in new[] { "none.npz", "none.mat", "none.csv" }) PointFile.Save(Path(name), []);
        Assert.Equal([0, 0], ArrayFile.Read(Path("none.npz"))["state"].Shape);
    }

    /// <summary>
    /// All arrays are those of the points. To MATLAB a vector is a column, and a last dimension of 1 is none.
    /// </summary>
    private static void Equal(ArrayFile file, string name)
    {
        var expected = PointFile.Arrays(Points, Proof);
        Assert.Equal(expected.Select(array => array.Name).Order(), file.Arrays.Select(array => array.Name).Order());
        bool isMatlab = name.EndsWith(".mat", StringComparison.Ordinal);
        foreach (var array in expected)
        {
            Assert.Equal(Shape(array), Shape(file[array.Name]));
            Same(array.Values, file[array.Name].Values);
        }

        IEnumerable<int> Shape(SourceArray array) => isMatlab ? array.Shape.Where(length => length != 1) : array.Shape;
    }

    /// <summary>The same bits, whichever bits a NaN has.</summary>
    private static void Same(double[] expected, double[] actual) => Assert.Equal(
        expected.Select(value => double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToInt64Bits(value)),
        actual.Select(value => double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToInt64Bits(value)));

    private static string Program(string what, string[] arguments, params string[] names)
    {
        string? found = names.FirstOrDefault(name =>
        {
            try
            {
                return Start(name, arguments).Code == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        });
        Assert.SkipWhen(found is null, $"{what} is not installed, so nobody but the library reads what it saved.");
        return found!;
    }

    private static void Run(string program, params string[] arguments)
    {
        var (code, said) = Start(program, arguments);
        Assert.True(code == 0, said);
    }

    private static (int Code, string Said) Start(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var said = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error + said.Result);
    }
}
