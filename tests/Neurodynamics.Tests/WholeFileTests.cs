using System.Text;
using Xunit;

namespace Neurodynamics.Tests;

public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Target => Path.Combine(folder.Path, "file");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_many_that_write_at_once_one_is_there_whole_and_nothing_else()
    {
        string[] texts = [.. Enumerable.Range(0, 50).Select(i => new string((char)('a' + i % 26), 20_000 + i))];
        Parallel.ForEach(texts, text => WholeFile.Write(Target, stream =>
        {
            foreach (char letter in text) stream.Write(Encoding.UTF8.GetBytes([letter]));
        }));
        Assert.Contains(File.ReadAllText(Target), texts);
        Assert.Equal([Target], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_file_that_is_open_is_replaced_once_it_is_closed()
    {
        File.WriteAllText(Target, "old");
        var reader = File.OpenRead(Target);
        var closing = Task.Delay(TimeSpan.FromMilliseconds(300)).ContinueWith(_ => reader.Dispose());
        WholeFile.Write(Target, stream => stream.Write("new"u8));
        await closing;
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void Windows_does_not_replace_a_file_that_stays_open_and_a_sentence_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Only Windows keeps an open file: see the verb `windows`.");
        File.WriteAllText(Target, "old");
        using (File.OpenRead(Target))
        {
            var kept = Assert.Throws<IOException>(() => WholeFile.Write(Target, stream => stream.Write("new"u8)));
            Assert.Contains("another program has it open", kept.Message);
        }

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Where_writing_fails_the_old_file_stays_and_nothing_else()
    {
        File.WriteAllText(Target, "old");
        Assert.Throws<IOException>(() => WholeFile.Write(Target, stream =>
        {
            stream.Write("new"u8);
            throw new IOException("The disk is full.");
        }));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(folder.Path));
    }
}
