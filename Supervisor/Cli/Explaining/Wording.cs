using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Explaining;

/// <summary>The words around what a page says, in one language.</summary>
sealed class Wording(string language)
{
    readonly bool _isChinese = language == Language.Chinese;

    public string WhoseMove => _isChinese ? "该谁处理：" : "whose move:  ";

    public string DoesRetryHelp => _isChinese ? "重试有用：" : "retry helps: ";

    public string ExitCode => _isChinese ? "退出码：  " : "exit code:   ";

    public string WhatToDo => _isChinese ? "怎么办" : "what to do";

    public string Headings => _isChinese ? "错误码        退出码" : "CODE          EXIT";

    public string More => _isChinese
        ? "`decryptor explain CODE` 查看某个错误码的含义和处理办法；`decryptor explain exit-codes` 查看退出码。"
        : "`decryptor explain CODE` tells more of one; `decryptor explain exit-codes` lists the exit codes.";

    public string Of(Mover mover) => (mover, _isChinese) switch
    {
        (Mover.Sender, true) => "发送方（生成或上传文件的一方）",
        (Mover.Operator, true) => "运维（运行本服务或执行本命令的人）",
        (Mover.KeyOwner, true) => "密钥持有方",
        (_, true) => "Decryptor 开发者",
        (Mover.Sender, _) => "the sender's: whoever made or sent the file",
        (Mover.Operator, _) => "the operator's: whoever runs this service, or this command",
        (Mover.KeyOwner, _) => "the key owner's: whoever holds the private keys",
        _ => "ours: the makers of Decryptor",
    };

    public string Retry(bool helps) => (helps, _isChinese) switch
    {
        (true, true) => "是，以后可能成功",
        (false, true) => "否，结果不会变",
        (true, _) => "yes, the same file may succeed later",
        _ => "no, the same file ends the same way",
    };
}
