namespace Decryptor.Supervisor.Cli.Explaining;

/// <summary>What the exit codes mean, in the words of both languages.</summary>
static class ExitCodes
{
    /// <summary>Every code that a command returns, in the order of its number.</summary>
    public static readonly IReadOnlyList<(int Code, string English, string Chinese)> All =
    [
        (0, "all of it is there", "全部成功"),
        (1, "a filter matched nothing, or a request was refused", "过滤条件没有匹配到内容，或请求被拒绝"),
        (2, "the command was called wrongly", "命令用法错误"),
        (3, "partial: text was written, and some of it is missing", "部分成功：文本已输出，但有缺失"),
        (65, "the input is empty, unknown, damaged, cut or unsafe", "输入为空、格式未知、损坏、不完整或不安全"),
        (66, "the input is not there or may not be read", "输入不存在或没有读取权限"),
        (69, "no service runs, or it does not answer", "服务未运行或没有响应"),
        (70, "a mistake of Decryptor's own", "Decryptor 自身出错"),
        (73, "the output cannot be made, or the disk is full", "无法创建输出，或磁盘空间不足"),
        (74, "reading or writing failed", "读写失败"),
        (75, "the input killed every worker that tried it", "输入使每个尝试它的 worker 都崩溃了"),
        (76, "a limit was hit", "触及安全上限"),
        (77, "no key, or none that fits, or not allowed", "没有密钥、密钥不匹配，或没有权限"),
        (78, "settings or key ring are wrong", "配置或密钥环有误"),
        (130, "interrupted (Ctrl-C), or the job was cancelled", "被中断（Ctrl-C），或任务被取消"),
        (143, "ended by SIGTERM", "被 SIGTERM 终止"),
    ];

    /// <summary>What holds for all of them.</summary>
    public static string Note(string language) => language == Language.Chinese
        ? "有多个输入时，按 0 1 3 66 65 77 76 75 74 73 69 70 的顺序，返回排在最后的那个。加 `--json` 不会改变退出码。"
            + "未列出的退出码一律视为失败。"
        : "Over several inputs the one that comes last in 0 1 3 66 65 77 76 75 74 73 69 70 is returned. `--json` "
            + "changes no exit code. Take one that is not listed for a failure.";
}
