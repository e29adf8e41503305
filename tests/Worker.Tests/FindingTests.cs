using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>What the fuzzer has found, as small as it could be made: each once broke the promise in its name.</summary>
[Parallelizable(ParallelScope.Children)]
sealed class FindingTests
{
    [Test]
    public void A_package_of_which_nothing_came_out_is_not_called_partial_for_what_is_said_of_itself()
    {
        var broken = new ZipPart("boot.log", [.. "a line\n"u8]) { Raw = [0xFF, 0xFF, 0xFF, 0xFF] };
        using var trial = Trial.OfBytes([.. ZipMade.Of(broken), .. "appended"u8]);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Report.Files.Select(file => file.Outcome), Is.EqualTo(["failed", "complete"]));
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, "DAMAGED")));
        });
    }
}
