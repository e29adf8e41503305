using Decryptor.Supervisor.Tests.Workers;

// Run by tests that need a supervising process of their own: it says on standard output what it saw.
return args switch
{
    ["siege", var mebibytes] => Siege.Run(int.Parse(mebibytes, null)),
    [var name] => await Spoiled.Run(name),
    _ => 64,
};
