using System.Reflection;
using System.Text.Json.Nodes;
using Neurodynamics.Environment;
using Neurodynamics.Import;
using Neurodynamics.Runs;
using Spectre.Console.Cli;
using TorchSharp;
using TorchSharp.PyBridge;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>What the verb `find` starts: a file in, one page and the points out.</summary>
public sealed class FindTests : IDisposable
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();
    readonly string folder = Directory.CreateTempSubdirectory("find-").FullName;

    /// <summary>Notebook 11 finds the same with this file: two attractors and a saddle under each cue.</summary>
    [Fact]
    public async Task ALaboratorysFileBecomesAPageWithProvenPoints()
    {
        var (failure, found) = await FindAsync(
            Reference("laboratories", "context.npz"), "--inputs=0,0,1,0", "--inputs=0,0,0,1");

        Assert.Null(failure);
        Assert.True(found!.Reproduced);
        Assert.Null(found.Unchecked);
        Assert.Equal([[2, 1], [2, 1]], found.Found.Select(under => under.ByUnstableModes));
        Assert.All(found.Found, under => Assert.True(under.ProvenComplete));
        foreach (var (index, under) in found.Found.Index())
        {
            var arrays = ArrayFile.Read(Path.Combine(folder, $"context-points-{index + 1}.npz"));
            Assert.Equal([1.0, 1, 1], arrays["certified"].Values);
            Assert.Equal([1.0], arrays["proven_complete"].Values);
            Assert.Equal(under.Input, arrays["input"].Values.Take(4));
            Assert.True(File.Exists(Path.Combine(folder, under.Files[1])));
            // Its W is of rank 2, so the points are in two dimensions; all units' states lie beside them.
            Assert.Equal([3, 2], arrays["state"].Shape);
            Assert.Equal([3, found.Units], arrays["unit_state"].Shape);
            Assert.Equal(64, under.Ends!.AtAttractors);
        }
        Assert.Equal(2, found.Reduced);
        Assert.Contains("inputs", found.LeftAside);
        string page = await File.ReadAllTextAsync(found.Page, TestContext.Current.CancellationToken);
        Assert.Contains("1 channel read out", page);
        Assert.Contains("Proven complete", page);
        // The radii and distances in k, as the page says.
        Assert.Contains("certified within", page);
        Assert.Contains("nearest candidate", page);
        Assert.Contains("neurodynamics.show", page);
        Assert.DoesNotContain("src=\"http", page);
    }

    [Fact]
    public async Task TrialsOfAnotherNetworkAreNotReproducedAndThePageSaysSo()
    {
        var (failure, found) = await FindAsync(Reference("networks", "gru_flipflop3.npz"),
            $"--trajectory={Reference("networks", "rnn_flipflop3.npz")}",
            "--arrays=sample_traj_inputs,sample_traj_states", "--candidates=64");

        Assert.Null(failure);
        Assert.False(found!.Reproduced);
        Assert.NotNull(found.Unchecked);
        string page = await File.ReadAllTextAsync(found.Page, TestContext.Current.CancellationToken);
        Assert.Contains("another network than yours", page);
    }

    /// <summary>What a file leaves open can be said in the words in which it is assumed.</summary>
    [Theory]
    [InlineData("relu, currents, leak 0.2, 1 / N", "Currents ReLU, rank 2, learned start", true)]
    [InlineData("currents, leak 0.1, without 1 / N", "Currents tanh, rank 2, learned start", false)]
    public async Task TheFormCanBeSaid(string form, string cell, bool reproduced)
    {
        var (failure, found) = await FindAsync(
            Reference("forms", "lowrank2_relu.npz"), $"--form={form}", "--candidates=8");

        Assert.Null(failure);
        Assert.Equal((cell, reproduced), (found!.Cell, found.Reproduced));
        Assert.Null(found.Unchecked);
        Assert.DoesNotContain(found.Assumed, sentence => sentence.Contains("DividesByUnits"));
    }

    /// <summary>The names are those of code with tanh; the trials show that it was ReLU.</summary>
    [Fact]
    public async Task TrialsThatNamesDoNotReproduceShowAnotherForm()
    {
        var (failure, found) = await FindAsync(Reference("forms", "lowrank2_relu.npz"), "--candidates=8");

        Assert.Null(failure);
        Assert.True(found!.Reproduced);
        Assert.Equal("Currents ReLU, rank 2", found.Cell);
    }

    [Theory]
    [InlineData("--inputs=1,2", "has 2 values, but the network has 4 inputs")]
    [InlineData("--inputs=1,x,0,0", "\"x\" in --inputs \"1,x,0,0\" is no number")]
    [InlineData("--arrays=inputs", "takes two or three names")]
    [InlineData("--outputs=odds", "logits, values or tanh-values")]
    [InlineData("--candidates=0", "at least 1 candidate")]
    [InlineData("--form=currents, sinh", "says \"sinh\", but expected is currents or rates")]
    [InlineData("--form=relu", "says \"relu\", but expected is currents or rates")]
    [InlineData("--form=rates, leak much", "says \"leak much\", but expected is currents or rates")]
    [InlineData("--letters=W", "should name arrays as W=name,B=name, but has \"W\"")]
    [InlineData("--letters=W=J,W=w_rec", "names W twice, as \"J\" and \"w_rec\"")]
    public async Task WrongOptionsGetASentence(string option, string words)
    {
        var (failure, found) = await FindAsync(Reference("laboratories", "context.npz"), option);

        Assert.Null(found);
        Assert.Contains(words, failure);
        Assert.Empty(Directory.GetFiles(folder));
    }

    /// <summary>Whatever the library names in a message can be said in the shell.</summary>
    [Fact]
    public void EveryOptionOfAnImportIsOneOfTheVerb()
    {
        string[] verb = [.. typeof(FindCommand.Settings).GetProperties()
            .SelectMany(option => option.GetCustomAttributes<CommandOptionAttribute>())
            .SelectMany(option => option.LongNames).Select(name => $"--{name}")];
        Assert.Equal(typeof(ImportOptions).GetProperties().Select(option => option.Name).Order(),
            ShellWords.Options.Keys.Order());
        Assert.All(ShellWords.Options.Values, words => Assert.All(
            words.Split(' ').Where(word => word.StartsWith('-')), word => Assert.Contains(word, verb)));
    }

    [Theory]
    [InlineData("two", "name it in --layer")]
    [InlineData("two", "--layer", "--layer=nothing")]
    [InlineData("networks/gru_flipflop3.npz", "known are ", "--cell=grue")]
    [InlineData("networks/gru_flipflop3.npz", "--form and --cell both say", "--cell=gru", "--form=rates")]
    public async Task AMessageNamesTheVerbsOptions(string file, string words, params string[] options)
    {
        string network = file == "two" ? TwoLayers() : Reference(file.Split('/'));
        var (failure, found) = await FindAsync(network, options);

        Assert.Null(found);
        Assert.Contains(words, failure);
        Assert.DoesNotContain("ImportOptions", failure);
        Assert.DoesNotContain("(Parameter", failure);
    }

    [Fact]
    public async Task ALayerAReadoutAndACellCanBeNamed()
    {
        var (failure, found) = await FindAsync(
            TwoLayers(), "--layer=encoder", "--without-readout", "--cell=gru-reset-before", "--candidates=8");

        Assert.Null(failure);
        Assert.All(found!.Used, name => Assert.StartsWith("encoder", name));
        Assert.Contains("reset", found.Cell);
        Assert.Null(found.Unchecked);
    }

    [Fact]
    public void MessagesOfTheLibraryAreToldInWordsOfTheShell()
    {
        Assert.Equal("x: give trials in --trajectory, or name it in --leave-out.",
            ShellWords.Of("x: give trials to NetworkFile.LoadByExample, or name it in ImportOptions.LeaveOut."));
        Assert.Equal("where they are logits, set --outputs to logits.",
            ShellWords.Of("where they are logits, set ImportOptions.Outputs to OutputMeaning.Logits."));
        Assert.Equal("script its step for TorchScriptCell.Load in a notebook, or train without it",
            ShellWords.Of("script its step for TorchScriptCell.Load, or train without it"));
        Assert.Equal("W is m n' / N: where it is without 1 / N, say \"without 1 / N\" in --form.", ShellWords.Of(
            "W is m n' / N: where it is without 1 / N, set ImportOptions.DividesByUnits to false."));
    }

    /// <summary>A file with the GRUs of an encoder and a decoder.</summary>
    string TwoLayers()
    {
        string path = Path.Combine(folder, "two", "two.safetensors");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var two = new TwoRecurrentLayers();
        two.save_safetensors(path);
        return path;
    }

    sealed class TwoRecurrentLayers : torch.nn.Module
    {
        readonly TorchSharp.Modules.GRU encoder = torch.nn.GRU(2, 4), decoder = torch.nn.GRU(2, 4);

        public TwoRecurrentLayers() : base("two")
        {
            register_module("encoder", encoder);
            register_module("decoder", decoder);
        }
    }

    /// <summary>The file, what is wrong with its trials, and which option mends it.</summary>
    [Theory]
    [InlineData("forms", "lowrank2_relu.npz", "does not fit the network of", "Name the file with its trials in")]
    [InlineData("networks", "rnn_flipflop3.npz", ": trials are arrays inputs [B, T, I] and states [B, T, S], but it",
        "say in --arrays which of them")]
    public async Task TrialsThatCannotBeUsedNameTheirFileAndTheOption(string folder, string file, params string[] words)
    {
        var (failure, found) = await FindAsync(Path.Combine(Workbook.Networks, "flipflop3-gru.safetensors"),
            $"--trajectory={Reference(folder, file)}");

        Assert.Null(found);
        Assert.StartsWith(Reference(folder, file), failure);
        Assert.All(words, part => Assert.Contains(part, failure));
        Assert.DoesNotContain("(Parameter", failure);
    }

    [Fact]
    public async Task AScaleOfLowRankIsRefusedWhereWIsWhole()
    {
        var (failure, found) = await FindAsync(Reference("networks", "rnn_flipflop3.npz"), "--form=without 1 / N");

        Assert.Null(found);
        Assert.Contains("whose scale the file leaves open, which this file does not: leave it out", failure);
    }

    /// <summary>The record beside the weights says the whole form, of a rate network as of two layers.</summary>
    [Theory]
    [InlineData("match-rank2-1", 2)]
    [InlineData("flipflop3-gru-2-layers", null)]
    public async Task ANetworkThatARecipeMadeIsReadByItsRecord(string name, int? rank)
    {
        var (failure, found) =
            await FindAsync(Path.Combine(Workbook.Networks, name + ".safetensors"), "--candidates=8");

        Assert.Null(failure);
        Assert.Equal((rank, (string?)null), (found!.Reduced, found.Unchecked));
        Assert.Empty(found.Assumed);
        Assert.Equal("The record of its training says its form.", found.Check);
        Assert.Contains("in its own task", await File.ReadAllTextAsync(
            found.Page, TestContext.Current.CancellationToken));
    }

    /// <summary>Where page and points go is often where the network lies.</summary>
    [Fact]
    public async Task TheNetworksOwnFileStaysAsItWas()
    {
        string network = Path.Combine(folder, "context.npz");
        File.Copy(Reference("laboratories", "context.npz"), network);
        byte[] before = await File.ReadAllBytesAsync(network, TestContext.Current.CancellationToken);

        var (failure, found) = await FindAsync(network, "--candidates=8");

        Assert.Null(failure);
        Assert.Equal(before, await File.ReadAllBytesAsync(network, TestContext.Current.CancellationToken));
        Assert.All(found!.Found.SelectMany(under => under.Files),
            file => Assert.True(File.Exists(Path.Combine(folder, file))));
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenToIsRefusedBeforeTheSearch()
    {
        string file = Path.Combine(folder, "taken");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        string? failure = await new RunsProgram(Workbook).RunAsync(
            ["find", Reference("laboratories", "context.npz"), file], line => Assert.IsNotType<Searching>(line),
            TestContext.Current.CancellationToken);

        Assert.StartsWith($"--out {file} cannot be written to (", failure);
        Assert.EndsWith("): name a folder that you may write to.", failure);
    }

    /// <summary>Its names are no known code's, and the trials are of another network.</summary>
    [Fact]
    public async Task WhatNamesAndTrialsAreRefusedForIsBothSaid()
    {
        var (failure, found) = await FindAsync(Reference("laboratories", "context.npz"),
            $"--trajectory={Reference("networks", "rnn_flipflop3.npz")}",
            "--arrays=sample_traj_inputs,sample_traj_states");

        Assert.Null(found);
        Assert.Contains("no recurrent layer was found", failure);
        Assert.Contains("fits trials of 3 inputs", failure);
    }

    /// <summary>A name of data/networks, and to a script one object and an exit code.</summary>
    [Fact]
    public async Task TheVerbPrintsOneJsonObject()
    {
        var (code, said, _) = await VerbAsync("match-rank2-1", "--out", folder, "--candidates", "8", "--json");

        Assert.Equal(0, code);
        var found = JsonNode.Parse(Assert.Single(Lines(said)))!;
        Assert.True((int)found["found"]![0]!["fixedPoints"]! > 0);
        Assert.Null((string?)found["unchecked"]);
        Assert.Equal(Path.Combine(folder, "match-rank2-1.html"), (string?)found["page"]);
    }

    [Fact]
    public async Task TheVerbEndsWith2WhereTrialsAreNotReproduced()
    {
        var (code, said, _) = await VerbAsync(Reference("networks", "gru_flipflop3.npz"),
            "--trajectory", Reference("networks", "rnn_flipflop3.npz"),
            "--arrays", "sample_traj_inputs,sample_traj_states", "--candidates", "8", "--out", folder, "--json");

        Assert.Equal(2, code);
        Assert.False((bool)JsonNode.Parse(Assert.Single(Lines(said)))!["reproduced"]!);
    }

    [Theory]
    [InlineData("There is no network two.npz: name a file, or one of data/networks (context-full-1, ", "two.npz")]
    [InlineData("Unknown option 'frobnicate'.", "match-rank2-1", "--frobnicate")]
    [InlineData("--candidates takes a number of its kind, and not \"abc\".", "match-rank2-1", "--candidates", "abc")]
    [InlineData("--noise takes a number of its kind, and not \"much\".", "match-rank2-1", "--noise=much")]
    [InlineData("\"two\" is one word too many for find: `find --help` says what it takes.", "match-rank2-1", "two")]
    public async Task WhatTheVerbRefusesIsASentenceForPeopleAndAnEventForScripts(
        string words, params string[] arguments)
    {
        var (code, said, error) = await VerbAsync([.. arguments, "--json"]);

        Assert.Equal(1, code);
        Assert.StartsWith(words, error);
        var failed = JsonNode.Parse(Assert.Single(Lines(said)))!;
        Assert.Equal("failed", (string?)failed["event"]);
        Assert.Equal(error.Trim(), (string?)failed["why"]);

        (code, said, error) = await VerbAsync(arguments);
        Assert.Equal(1, code);
        Assert.StartsWith(words, error);
        Assert.Empty(said);
    }

    static async Task<(int Code, string Said, string Error)> VerbAsync(params string[] arguments)
    {
        var ran = await Verb.RunAsync(["find", .. arguments, "--no-install"]);
        return (ran.ExitCode, ran.StandardOutput, ran.StandardError);
    }

    static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    async Task<(string? Failure, FoundPoints? Found)> FindAsync(string network, params string[] options)
    {
        FoundPoints? found = null;
        string? failure = await new RunsProgram(Workbook).RunAsync(["find", network, folder, .. options],
            line => found = line as FoundPoints ?? found, TestContext.Current.CancellationToken);
        return (failure, found);
    }

    static string Reference(params string[] path) => Path.Combine([Workbook.Root, "data", "reference", .. path]);
}
