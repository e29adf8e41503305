using Decryptor.FakeWorker;
using Decryptor.Protocol;

// FakeWorker signals          hears signals while its thread pool is starved
// FakeWorker attack FOLDER    confines itself as a worker does, and tries to get out
// FakeWorker w3.7 FOLDER      a worker that misbehaves as it is told (see README.md)
if (args is ["signals"]) return SignalProgram.Run();
if (args is ["attack", var target]) return Attacker.Run(target);
if (args is not [var name, var folder] || !Incarnation.TryParse(name, out var worker)) return 64;
new Session(worker, folder).Run();
return 0;
