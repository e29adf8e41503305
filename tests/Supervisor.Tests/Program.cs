using Decryptor.Supervisor.Tests.Workers;

// Run by tests that need a supervising process of their own: it says on standard output what it saw.
return args is [var name] ? await Spoiled.Run(name) : 64;
