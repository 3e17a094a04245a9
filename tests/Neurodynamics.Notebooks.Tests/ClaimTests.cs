using System.Net;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Checked claims, verdicts, and where they are saved.</summary>
public sealed class ClaimTests
{
    [Fact]
    public void A_claim_that_does_not_hold_is_shown_and_not_thrown()
    {
        var (held, failed) = (Claim.Check("1 < 2 & so.", true), Claim.Check("2 < 1.", false));

        Assert.Equal("Holds: 1 < 2 & so.", held.ToString());
        Assert.StartsWith(
            "Not so here: 2 < 1. If you changed a value", failed.ToString(), StringComparison.Ordinal);
        Assert.Contains("data-check=\"holds\"", held.Html, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode("1 < 2 & so."), held.Html, StringComparison.Ordinal);
        Assert.Contains("data-check=\"fails\"", failed.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "seen")]
    [InlineData(false, true, "not seen")]
    [InlineData(false, false, "partly")]
    [InlineData(true, true, "partly")]
    public void A_verdict_follows_from_what_holds(bool seen, bool notSeen, string verdict)
    {
        var claims = new Claims("99-test").Add("It is so.", "1", "a number", $"{1.5}", seen, notSeen);

        Assert.Equal(verdict, claims.Show()["verdict"][0]);
        Assert.Equal("1.5", claims.Show()["value"][0]);
        Assert.Equal("open", claims.AddOpen("It is so.", "1", "a number", $"{2}").Show()["verdict"][0]);
        Assert.Equal(1, claims.Show().Rows.Count);
    }

    [Fact]
    public void Claims_are_saved_where_the_run_says_and_compared_with_those_that_came()
    {
        var folder = Directory.CreateTempSubdirectory("claims-");
        string[] came = Directory.GetFiles(Path.Combine(Workbook.Data, "claims"));
        string before = string.Concat(came.Order(StringComparer.Ordinal).Select(File.ReadAllText));
        System.Environment.SetEnvironmentVariable("WORKBOOK_RESULTS", folder.FullName);
        try
        {
            Assert.Equal(0, Claims.Changed().Rows.Count);
            var first = Claims.All().Rows[0];
            string text = first["claim"].ToString()!, notebook = first["notebook"].ToString()!;

            new Claims(notebook).Add(text, "1", "a number", $"another", seen: true, notSeen: false).Save();

            var changed = Claims.Changed();
            Assert.Equal(1, changed.Rows.Count);
            Assert.Equal(text, changed["claim"][0]);
            Assert.Equal("another (seen)", changed["here"][0]);
            Assert.Equal($"{first["value"]} ({first["verdict"]})", changed["as it came"][0]);
            Assert.Equal(before, string.Concat(came.Order(StringComparer.Ordinal).Select(File.ReadAllText)));
        }
        finally
        {
            System.Environment.SetEnvironmentVariable("WORKBOOK_RESULTS", null);
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void An_unknown_network_or_sweep_names_those_that_there_are()
    {
        Assert.Contains("flipflop3-gru, ", Assert.Throws<FileNotFoundException>(
            () => Workbook.Networks.Load("flipflop3-gruu")).Message, StringComparison.Ordinal);
        Assert.Contains("three-axes-or-a-cube", Assert.Throws<FileNotFoundException>(
            () => Workbook.Sweep("four-axes")).Message, StringComparison.Ordinal);
        Assert.Contains("there are flip-flop, ", Assert.Throws<ArgumentException>(
            () => Workbook.Sweep("three-axes-or-a-cube")["sums"]).Message, StringComparison.Ordinal);
    }
}
