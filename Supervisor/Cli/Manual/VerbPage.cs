namespace Decryptor.Supervisor.Cli.Manual;

/// <summary>What the manual says of a command beyond what the tree of commands itself knows.</summary>
/// <param name="Verb">The command's name.</param>
/// <param name="Group">Under which heading the command stands.</param>
/// <param name="Examples">Calls, each with what it does; help begins with them.</param>
/// <param name="Notes">Paragraphs, with <c>`…`</c> around what is typed.</param>
sealed record VerbPage(
    string Verb, string Group, IReadOnlyList<(string Call, string What)> Examples, IReadOnlyList<string> Notes)
{
    /// <summary>The groups in the order of help.</summary>
    public static readonly string[] Groups = ["read", "keys", "service", "other"];

    /// <summary>The page of a command; one that nobody has written for it yet has no words.</summary>
    public static VerbPage Of(string verb) =>
        All.FirstOrDefault(page => page.Verb == verb) ?? new(verb, Groups[^1], [], []);

    /// <summary>Every page.</summary>
    public static IReadOnlyList<VerbPage> All { get; } =
    [
        new("cat", "read",
            [
                ("decryptor boot.xlog | less", "read one package"),
                ("decryptor cat *.xlog --keys keys > all.log", "the text of several, in the order given"),
                ("decryptor logs/ --merge --level warn", "warnings and graver of a whole folder, by time"),
                ("decryptor boot.xlog --grep timeout -C 3", "with three entries around each"),
                ("decryptor boot.xlog --since 09:00 --until 09:10", "ten minutes of it"),
                ("decryptor -f boot.xlog --level warn", "go on while the app writes"),
                ("curl -s https://example.org/boot.xlog | decryptor -", "from the standard input"),
            ],
            [
                "Prints the text of each package as it is decoded. What is missing, and why, is said on stderr; stdout "
                    + "holds log text alone. A file name in the place of a command means `cat`.",
                "Filters see entries: a line that a logger began, with the lines that follow it, so that a stack trace "
                    + "stays whole. All that are given must hold. A filter that nothing passes ends with 1.",
                "A time stands for all that its words cover: `--until 09:10` goes up to the last of 09:10:59. Without "
                    + "a zone it is what the entry's own clock showed; with `Z` or `+08:00`, an instant.",
                "Progress is drawn where the text goes into a file; into a pipe only with `--progress always`, since a "
                    + "pager may be drawing on the same terminal. Off a terminal that is a line in ten seconds, "
                    + "and `kill -USR1` asks for one at any time.",
                "With `--follow`, each second in which a file grew costs a copy and a decoding of the whole file; what "
                    + "was printed is skipped. It goes on over renames and cuts, and ends with Ctrl-C (130).",
            ]),
        new("unpack", "read",
            [
                ("decryptor unpack *.xlog -o texts --keys keys", "a folder for each package, with text and report"),
                ("decryptor unpack upload.zip -o texts --json", "the reports as JSON lines"),
                ("decryptor unpack *.zip -o texts --overwrite", "again, over what it wrote before"),
                ("decryptor unpack large.zip -o texts --limit-output 64G", "more text than is usual"),
            ],
            [
                "Writes `DIR/NAME/` for each package: its texts, and `report.json` with outcome, gaps, the key that "
                    + "opened it, and the SHA-256 of each text. It goes on over failures and returns the worst. "
                    + "A name that is taken gets a number; `--overwrite` replaces what `unpack` itself has written.",
                "On a terminal bars show how far each package is, and a line the whole run with its pace, the time "
                    + "that is left, and the blocks. `kill -USR1` asks for the same in lines, anywhere.",
            ]),
        new("inspect", "read",
            [
                ("decryptor inspect boot.xlog", "what is it, how large, sealed for whom, damaged where?"),
                ("decryptor inspect upload.zip --json", "a line of JSON for each package"),
            ],
            [
                "Needs no key and uses none: what is sealed is told by its frame. Returns 0 where all of it was "
                    + "recognised, sealed or not, 3 where some of it is damaged, and the code of `cat` where nothing "
                    + "was recognised.",
            ]),
        new("doctor", "read",
            [
                ("decryptor doctor boot.xlog --keys keys", "why can it not be read, and whose move is it?"),
                ("decryptor doctor boot.xlog --report evidence.json", "a bundle that can be shown in public"),
            ],
            [
                "Runs the real job with the whole ring, and once more with each of its keys alone (64 at most), and "
                    + "ends with one verdict and the next move. Returns what `cat` would.",
                "The bundle holds sizes, offsets, formats, counts and versions: no text, no names, no keys. It is one "
                    + "JSON file, to be read through before it is shown.",
            ]),
        new("explain", "read",
            [
                ("decryptor explain KEY_NO_MATCH", "what it means, whose move it is, what to do"),
                ("decryptor explain TRUNCATED --lang zh", "the same in Chinese"),
                ("decryptor explain exit-codes", "what the exit codes mean"),
            ],
            ["Needs no network, no spool and no service."]),
        new("keys", "keys",
            [
                ("decryptor keys list --keys keys", "the keys of a ring"),
                ("decryptor keys add prod-2026 --from prod.key", "take one in"),
                ("decryptor keys generate prod-2027 --kind xlog", "make a pair; prints the public key for the app"),
                ("decryptor keys check boot.xlog", "which key opens it?"),
                ("decryptor keys export-public prod-2027", "the public key again"),
            ],
            [
                "A ring is a folder of files that only their owner can read. Secrets come from stdin or from a file, "
                    + "never from the command line, and are never printed.",
                "The fingerprint is that of the public key. Shared secrets (logan, password) have none: a hash of a "
                    + "weak password is a gift to whoever sees it. `keys check` tells where two of them are the same.",
            ]),
        new("serve", "service",
            [
                ("decryptor serve --spool /var/lib/decryptor --keys /etc/decryptor/keys", "run the service"),
                ("mv boot.xlog /var/lib/decryptor/incoming/", "hand it a package"),
            ],
            [
                "Signals: TERM and INT finish the running jobs and stop (a second one stops at once), HUP reads keys "
                    + "and settings again, USR1 dumps the status, USR2 replaces the workers one by one, TTIN and TTOU "
                    + "make one worker more or one less.",
            ]),
        new("submit", "service",
            [
                ("decryptor submit boot.xlog --spool /var/lib/decryptor", "hand it a package"),
                ("decryptor submit *.zip --wait --spool /var/lib/decryptor", "and wait for what becomes of them"),
                ("decryptor submit - --tenant acme --spool /var/lib/decryptor", "from the standard input"),
            ],
            [
                "A package is copied into the spool and synced before anything is said of it; `--move` takes it away. "
                    + "The service answers with the number of the job. Where none runs, or none may be asked, the "
                    + "package lies in `incoming/`, where the next one finds it.",
                "With `--wait` the exit code is that of `cat`; 69 where the service ends or the time is up. A job goes "
                    + "on, whoever waits for it. What a killed `submit` has left, the next one hands in.",
            ]),
        new("jobs", "service",
            [
                ("decryptor jobs --spool /var/lib/decryptor", "the newest jobs"),
                ("decryptor jobs list --code KEY_MISSING --spool /var/lib/decryptor", "those that wait for a key"),
                ("decryptor jobs show 17 18 --spool /var/lib/decryptor", "all that is known of some"),
                ("decryptor jobs retry 17 18 --spool /var/lib/decryptor", "run them again"),
                ("decryptor jobs retry --all --code IO_ERROR --spool /var/lib/decryptor", "all of a kind, again"),
            ],
            [
                "The list and `show` read the ledger, whether the service runs or not; the others ask the service. "
                    + "Without a command, `jobs` lists.",
                "`retry --all` leaves out POISON, which `release` lets out, and CANCELLED, unless `--code` names one; "
                    + "`--dry-run` only says which they are.",
            ]),
        new("status", "service",
            [
                ("decryptor status --spool /var/lib/decryptor", "what the service is doing"),
                ("decryptor status --watch --spool /var/lib/decryptor", "drawn anew each second"),
                ("decryptor status --watch 5 --json --spool /var/lib/decryptor", "a line of JSON every 5 s"),
            ],
            [
                "Reads the page that the service keeps, so that it can be read while the service is wedged or dead.",
                "`--watch` draws it in its place on a terminal; elsewhere it prints each page that is not as the last, "
                    + "with a line `---` between two. It goes on over the end of a service and its next start, and "
                    + "ends with Ctrl-C (130).",
            ]),
        new("replay", "service",
            [("decryptor replay /var/lib/decryptor/run/flight/000001.txt --last 20", "the last decisions, and why")],
            ["What it prints is a play: what happened, and the turn that the scheduler took."]),
        new("selftest", "service",
            [
                ("decryptor selftest", "does this build work on this machine?"),
                ("decryptor selftest --json", "a line of JSON for each vector"),
            ],
            ["Opens packages that are built in with real workers, and compares text and code. Returns 0 or 70."]),
        new("config", "service",
            [
                ("decryptor config check /etc/decryptor.json", "can it be used?"),
                ("decryptor config show /etc/decryptor.json", "every setting, and where its value comes from"),
            ],
            ["Settings are JSON, with comments; a name that is no setting is an error. A bad file returns 78."]),
        new("completion", "other",
            [
                ("decryptor completion bash > /etc/bash_completion.d/decryptor", "for bash"),
                ("decryptor completion zsh > ~/.zfunc/_decryptor", "for zsh; ~/.zfunc must be in fpath"),
                ("decryptor completion fish > ~/.config/fish/completions/decryptor.fish", "for fish"),
            ],
            ["Made from the commands themselves. Names of keys are asked of the ring when they are completed."]),
        new("help", "other",
            [("decryptor help keys", "the page of a command"), ("decryptor help exit-codes", "the exit codes")],
            []),
        new("man", "other", [("decryptor man man1", "write decryptor.1 and a page for each command into man1/")], []),
    ];
}
