using Decryptor.Supervisor.Cli;

return CommandLine.Run(args);
