using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Storage;

/// <summary>How the ledger's file is opened and asked, for its writer and its readers alike.</summary>
static class LedgerFile
{
    /// <summary>
    /// Makes the file if it is not there, for its owner alone: SQLite gives its companions the same permissions, and
    /// the way to it may be open to all.
    /// </summary>
    public static void Make(string path)
    {
        const uint ownerOnly = 0x180;
        var flags = Posix.CreateOrOpen | Posix.NoFollow | Posix.CloseOnExec;
        var opened = Posix.Open(NameText.ToPath(path), flags, ownerOnly);
        if (opened < 0)
            throw new LedgerException(Posix.Failure($"the ledger {path} cannot be opened").Message,
                "check its owner and permissions");
        using var file = new SafeFileHandle(opened, ownsHandle: true);
    }

    /// <summary>Opens a connection that nobody else gets.</summary>
    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 1,
        }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Does the work; what SQLite refuses is a <see cref="LedgerException"/>.</summary>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw LedgerException.Of(path, e);
        }
    }

    /// <summary>Runs statements that give no rows.</summary>
    public static int Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads all rows of a query whose parameters are <c>$1</c>, <c>$2</c> and so on.</summary>
    public static List<T> Select<T>(
        SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        using var rows = command.ExecuteReader();
        var found = new List<T>();
        while (rows.Read()) found.Add(read(rows));
        return found;
    }
}
