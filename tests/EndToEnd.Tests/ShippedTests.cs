using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What <c>scripts/pack</c> has made, installed from the file into an empty folder, and run there.</summary>
sealed class ShippedTests
{
    const string Words = "read by a stranger\n";

    [Test, CancelAfter(120_000)]
    public void The_archive_runs_where_it_is_unpacked()
    {
        using var scratch = new Scratch();
        var archive = Package("decryptor-*-linux-x64.tar.gz");
        Run("tar", "-xzf", archive, "-C", Directory.CreateDirectory(scratch["apps"]).FullName);
        var folder = Directory.GetDirectories(scratch["apps"]).Single();
        Assert.That(Path.GetFileName(folder) + ".tar.gz", Is.EqualTo(Path.GetFileName(archive)));
        Assert.That(File.Exists(Path.Combine(folder, "LICENSE")) && File.Exists(Path.Combine(folder, "README.md")));
        AssertReads(scratch, Path.Combine(folder, "decryptor"));
    }

    [Test, CancelAfter(180_000)]
    public void The_tool_is_installed_from_a_folder_and_has_its_workers_with_it()
    {
        using var scratch = new Scratch();
        Package("decryptor.linux-x64.*.nupkg");
        var folder = scratch["tools"];
        Run("dotnet", "tool", "install", "decryptor", "--tool-path", folder, "--configfile", Feed(scratch));
        var program = Path.Combine(folder, "decryptor");
        AssertReads(scratch, program);
        Run("dotnet", "tool", "uninstall", "decryptor", "--tool-path", folder);
        Assert.That(File.Exists(program), Is.False);
    }

    [Test, CancelAfter(300_000)]
    public void The_protocol_package_is_all_that_a_reader_of_reports_needs()
    {
        using var scratch = new Scratch();
        var package = Package("Decryptor.Protocol.*.nupkg");
        AssertExplained(package);
        var version = Path.GetFileNameWithoutExtension(package)["Decryptor.Protocol.".Length..];
        scratch.Write("app/app.csproj", Encoding.UTF8.GetBytes(
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreFallbackFolders>{DownloadedPackages}</RestoreFallbackFolders>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Decryptor.Protocol" Version="{version}" />
                <!-- MessagePack brings it along; here nothing is restored that the tests were not. -->
                <PrunePackageReference Include="MessagePackAnalyzer" Version="99.0.0" />
              </ItemGroup>
            </Project>
            """));
        scratch.Write("app/Program.cs", Encoding.UTF8.GetBytes(Example(package)));
        scratch.Write("app/completed/7/report.json", File.ReadAllBytes(ReportOf(scratch)));
        Run(
            new Dictionary<string, string> { ["NUGET_PACKAGES"] = scratch["cache"] },
            "dotnet", "build", scratch["app"], "--configfile", Feed(scratch), "-o", scratch["built"], "-v", "quiet",
            "-nodeReuse:false", "-p:UseSharedCompilation=false");
        var said = Shell.Run("cd \"$1\" && dotnet \"$2\"", scratch["app"], Path.Combine(scratch["built"], "app.dll"));
        Assert.That(said.Text, Does.StartWith("small.log.gz: complete"), said.ToString());
    }

    // What the tests themselves were restored from, so that nothing is asked of the network.
    static string DownloadedPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    static string Packages => Path.Combine(Programs.Root, "artifacts", "packages");

    static string Package(string pattern)
    {
        if (!Directory.Exists(Packages)) Assert.Ignore("there are no packages yet: scripts/pack makes them");
        return Directory.GetFiles(Packages, pattern).Single();
    }

    static string Feed(Scratch scratch) => scratch.Write("feed.config", Encoding.UTF8.GetBytes(
        $"""
        <configuration>
          <packageSources><clear /><add key="built" value="{Packages}" /></packageSources>
        </configuration>
        """));

    static void AssertReads(Scratch scratch, string program)
    {
        var read = Run(program, Sample(scratch));
        Assert.That(read.Text, Is.EqualTo(Words), read.ToString());
        Assert.That(Run(program, "--version").Text, Does.Match(@"\d+\.\d+\.\d+"));
    }

    static string Sample(Scratch scratch)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(Words));
        return scratch.Write("small.log.gz", packed.ToArray());
    }

    static string ReportOf(Scratch scratch)
    {
        var made = Programs.Run("unpack", Sample(scratch), "-o", scratch["made"]);
        Assert.That(made.ExitCode, Is.Zero, made.ToString());
        return Directory.GetFiles(scratch["made"], "report.json", SearchOption.AllDirectories).Single();
    }

    // Each type and member that a stranger meets is explained where their editor looks.
    static void AssertExplained(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        using var xml = zip.GetEntry("lib/net10.0/Decryptor.Protocol.xml")!.Open();
        var members = XDocument.Load(xml).Descendants("member").ToList();
        Assert.That(members, Has.Count.GreaterThan(100));
        Assert.That(zip.Entries.Select(entry => entry.FullName), Is.SupersetOf(new[] { "README.md", "PROTOCOL.md" }));
    }

    // The program that the package's own page shows.
    static string Example(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        using var page = new StreamReader(zip.GetEntry("README.md")!.Open());
        return page.ReadToEnd().Split("```csharp\n")[1].Split("```")[0];
    }

    static Ran Run(string program, params string[] arguments) => Run([], program, arguments);

    static Ran Run(Dictionary<string, string> environment, string program, params string[] arguments)
    {
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        var ran = Programs.RunOther(program, environment, arguments);
        Assert.That(ran.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}\n{ran}");
        return ran;
    }
}
