using System.Text.RegularExpressions;
using Decryptor.Supervisor.Cli;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Tests.Cli;

/// <summary>A page that is drawn over and over in its place.</summary>
sealed partial class ScreenTests
{
    const string Page3 = "first line of it\nsecond 日志 line\nthird\n";

    [Test]
    public void A_page_that_fits_is_drawn_from_the_top_and_what_was_below_is_wiped_away() =>
        Assert.That(Screen.Drawn(Page3, (80, 24)), Is.EqualTo(
            "\e[Hfirst line of it\e[K\r\nsecond 日志 line\e[K\r\nthird\e[K\r\n\e[J"));

    [Test]
    public void A_page_that_is_too_large_is_cut_to_the_columns_and_rows_there_are()
    {
        for (var columns = 1; columns <= 20; columns++)
        {
            for (var rows = 1; rows <= 4; rows++)
            {
                var lines = Drawing().Replace(Screen.Drawn(Page3, (columns, rows)), "").Split("\r\n");
                Assert.That(lines.Select(Page.Width), Is.All.LessThanOrEqualTo(columns));
                Assert.That(lines, Has.Length.LessThanOrEqualTo(rows));
            }
        }

        Assert.That(Screen.Drawn(Page3, (80, 2)), Does.EndWith("… 2 more lines\e[K"));
    }

    [GeneratedRegex(@"\e\[[0-9;]*[A-Za-z]")]
    private static partial Regex Drawing();
}
