using System.CommandLine;
using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Cli.Explaining;

/// <summary><c>decryptor explain CODE</c>: what a failure code means and what to do, in two languages.</summary>
static class ExplainCommand
{
    /// <summary>The word that asks for the exit codes.</summary>
    public const string Codes = "exit-codes";

    public static Command Build(SharedOptions shared)
    {
        var code = new Argument<string?>("CODE")
        {
            Description = $"a failure code, in capitals or not, or {Codes} (default: the list)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        code.CompletionSources.Add([.. FailureCode.All.Select(each => each.Name), Codes]);
        var language = new Option<string>("--lang")
        {
            Description = "English or Chinese (default: as LC_ALL, LC_MESSAGES or LANG says)",
            HelpName = string.Join('|', Language.All),
            DefaultValueFactory = _ => Language.OfEnvironment(),
        };
        language.AcceptOnlyFromAmong(Language.All);
        var command = new Command("explain", "tell what a failure code means, and what to do")
        {
            code, language, shared.Json,
        };
        command.SetAction(parsed => Explain(
            parsed.GetValue(code), parsed.GetValue(language)!, parsed.GetValue(shared.Json)));
        return command;
    }

    /// <summary>The exit codes, on stdout.</summary>
    public static int PrintExitCodes(string language, bool json)
    {
        foreach (var (code, english, chinese) in ExitCodes.All)
        {
            var meaning = language == Language.Chinese ? chinese : english;
            if (json) PrintExitCode(code, meaning);
            else Print(meaning, $"  {code.ToString(CultureInfo.InvariantCulture),3}  ");
        }

        if (json) return 0;
        Console.WriteLine();
        Print(ExitCodes.Note(language));
        return 0;
    }

    static int Explain(string? asked, string language, bool json)
    {
        if (asked is null) return PrintList(language, json);
        if (asked.Equals(Codes, StringComparison.OrdinalIgnoreCase)) return PrintExitCodes(language, json);
        var name = asked.ToUpperInvariant().Replace('-', '_');
        if (FailurePage.In(language).FirstOrDefault(page => page.Code.Name == name) is not { } found)
            return Unknown(asked, name);
        if (json) PrintJson(found, language);
        else PrintPage(found, language);
        return 0;
    }

    static int Unknown(string asked, string name)
    {
        var near = Near.Of(name, [.. FailureCode.All.Select(code => code.Name), Codes.ToUpperInvariant()]);
        var hint = near is null ? "decryptor explain lists the codes" : $"did you mean {near}?";
        return Talk.Error($"there is no code {asked}", hint, 2);
    }

    static void PrintPage(FailurePage page, string language)
    {
        var code = page.Code;
        var words = new Wording(language);
        Console.WriteLine(Tint.Stdout.Bold(code.Name));
        Print(page.Happened);
        Console.WriteLine();
        Print(words.Of(code.Mover), words.WhoseMove);
        Print(words.Retry(code.RetryHelps), words.DoesRetryHelp);
        Print(code.ExitCode.ToString(CultureInfo.InvariantCulture), words.ExitCode);
        Console.WriteLine();
        Console.WriteLine(Tint.Stdout.Bold(words.WhatToDo));
        foreach (var item in page.ToDo) Print(item, "  - ");
    }

    static int PrintList(string language, bool json)
    {
        var words = new Wording(language);
        if (!json) Console.WriteLine(Tint.Stdout.Bold(words.Headings));
        foreach (var page in FailurePage.In(language))
        {
            if (json) PrintJson(page, language);
            else Print(Sentence(page, language), $"{page.Code.Name,-14} {page.Code.ExitCode,3}  ");
        }

        if (json) return 0;
        Console.WriteLine();
        Print(words.More);
        return 0;
    }

    static string Sentence(FailurePage page, string language) =>
        language == Language.Chinese ? page.FirstSentence : page.Code.Sentence;

    static void Print(string text, string first = "")
    {
        var lines = string.Join('\n', Fill.Lines(text, Fill.Columns, first));
        Console.WriteLine(Tint.Stdout.Marked(lines));
    }

    static void PrintExitCode(int code, string meaning) => JsonLine.Print("exitCode", json =>
    {
        json.WriteNumber("exitCode", code);
        json.WriteString("meaning", meaning);
    });

    static void PrintJson(FailurePage page, string language) => JsonLine.Print("failureCode", json =>
    {
        json.WriteString("code", page.Code.Name);
        json.WriteNumber("exitCode", page.Code.ExitCode);
        json.WriteString("mover", page.Code.Mover.ToString());
        json.WriteBoolean("retryHelps", page.Code.RetryHelps);
        json.WriteString("language", language);
        json.WriteString("sentence", Sentence(page, language));
        json.WriteString("happened", page.Happened);
        json.WriteTexts("toDo", page.ToDo);
    });
}
