using System.Runtime.InteropServices;

namespace Decryptor.Worker;

/// <summary>
/// seccomp: a filter of system calls on every thread. It names what decoding never does and is refused with EPERM, as
/// if the user might not; what the kernel has learned since the list was made is answered with ENOSYS, as by an older
/// kernel. The numbers are those of x86-64; a call by another convention, by which the numbers would mean something
/// else, ends the process.
/// </summary>
static unsafe class ConfinementFilter
{
    const int SeccompNumber = 317;
    const int SetFilter = 1, OnAllThreads = 1;

    const uint Kill = 0x80000000, Allow = 0x7FFF0000, Refuse = 0x00050000 | 1, Unknown = 0x00050000 | 38;
    const uint X86_64 = 0xC000003E, FirstOfX32 = 0x40000000, FirstUnknown = 463;

    const ushort Load = 0x20, IfEqual = 0x15, IfAtLeast = 0x35, IfAnyBit = 0x45, Return = 0x06;
    const uint Number = 0, Convention = 4, FirstArgument = 16;

    const uint Clone = 56, Clone3 = 435, KillNumber = 62, ThreadKill = 234, Affinity = 203, Limits = 302;
    const uint SharesProcess = 0x10000;

    /// <summary>Calls that are refused whatever their arguments are.</summary>
    internal static ReadOnlySpan<ushort> Refused =>
    [
        // socket connect accept sendto recvfrom sendmsg recvmsg bind listen socketpair accept4 recvmmsg sendmmsg
        41, 42, 43, 44, 45, 46, 47, 49, 50, 53, 288, 299, 307,
        // fork vfork execve execveat; setpgid setsid
        57, 58, 59, 322, 109, 112,
        // Other processes: ptrace kcmp process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_open
        // pidfd_getfd pidfd_send_signal tkill rt_sigqueueinfo rt_tgsigqueueinfo setpriority sched_setparam
        // sched_setscheduler sched_setattr ioprio_set migrate_pages move_pages perf_event_open
        101, 312, 310, 311, 440, 448, 434, 438, 424, 200, 129, 297, 141, 142, 144, 314, 251, 256, 279, 298,
        // Shared with other processes: shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
        // mq_open mq_unlink add_key request_key keyctl
        29, 30, 31, 64, 65, 66, 220, 68, 69, 70, 71, 240, 241, 248, 249, 250,
        // Mounts and spaces: pivot_root chroot mount umount2 swapon swapoff quotactl unshare setns open_tree move_mount
        // fsopen fsconfig fsmount fspick mount_setattr quotactl_fd
        155, 161, 165, 166, 167, 168, 179, 272, 308, 428, 429, 430, 431, 432, 433, 442, 443,
        // The kernel itself: uselib personality _sysctl adjtimex acct settimeofday reboot sethostname setdomainname
        // iopl ioperm create_module init_module delete_module nfsservctl lookup_dcookie clock_settime vhangup
        // kexec_load clock_adjtime finit_module kexec_file_load bpf syslog modify_ldt
        134, 135, 156, 159, 163, 164, 169, 170, 171, 172, 173, 174, 175, 176, 180, 212, 227, 153, 246, 305, 313, 320,
        321, 103, 154,
        // Ways around, and much code behind them: io_setup io_submit userfaultfd io_uring_setup io_uring_enter
        // io_uring_register
        206, 209, 323, 425, 426, 427,
        // Landlock has no say in these: truncate link symlink chmod fchmod chown fchown lchown utime mknod setxattr
        // lsetxattr fsetxattr removexattr lremovexattr fremovexattr utimes mknodat fchownat futimesat linkat symlinkat
        // fchmodat utimensat fchmodat2 inotify_init inotify_add_watch inotify_init1 fanotify_init fanotify_mark
        // name_to_handle_at open_by_handle_at
        76, 86, 88, 90, 91, 92, 93, 94, 132, 133, 188, 189, 190, 197, 198, 199, 235, 259, 260, 261, 265, 266, 268, 280,
        452, 253, 254, 294, 300, 301, 303, 304,
        // setuid setgid setreuid setregid setgroups setresuid setresgid setfsuid setfsgid capset
        105, 106, 113, 114, 116, 117, 119, 122, 123, 126,
    ];

    /// <summary>Puts the filter on every thread; says that it is in force, or why it is not.</summary>
    internal static string Enter()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "no seccomp: the filter is one for x86-64";
        var program = Build((uint)Environment.ProcessId);
        fixed (Instruction* first = program)
        {
            var filter = new Filter { Length = (ushort)program.Length, First = first };
            var result = Libc.SystemCall(SeccompNumber, SetFilter, OnAllThreads, (nint)(&filter), 0, 0);
            if (result == 0) return "seccomp";
            return result > 0
                ? $"no seccomp: thread {result} cannot follow"
                : $"no seccomp: {Libc.LastError()}";
        }
    }

    static Instruction[] Build(uint process)
    {
        List<Instruction> program =
        [
            new(Load, Convention), new(IfEqual, X86_64, 1, 0), new(Return, Kill),
            new(Load, Number), new(IfAtLeast, FirstOfX32, 0, 1), new(Return, Kill),
            new(IfAtLeast, FirstUnknown, 0, 1), new(Return, Unknown),
            // Its flags lie in memory, where a filter cannot look. The C library then takes the older call.
            new(IfEqual, Clone3, 0, 1), new(Return, Unknown),
            .. Only(Clone, IfAnyBit, SharesProcess),
            .. Only(KillNumber, IfEqual, process), .. Only(ThreadKill, IfEqual, process),
            .. Only(Affinity, IfEqual, 0), .. Only(Limits, IfEqual, 0),
        ];
        foreach (var number in Refused) program.AddRange([new(IfEqual, number, 0, 1), new(Return, Refuse)]);
        program.Add(new(Return, Allow));
        return [.. program];
    }

    // A call that is allowed where its first argument, of which all these look at the lower half only, passes a test.
    static Instruction[] Only(uint number, ushort test, uint value) =>
    [
        new(IfEqual, number, 0, 4), new(Load, FirstArgument), new(test, value, 0, 1),
        new(Return, Allow), new(Return, Refuse),
    ];

    [StructLayout(LayoutKind.Sequential)]
    readonly struct Instruction(ushort code, uint value, byte ifTrue = 0, byte ifFalse = 0)
    {
        readonly ushort _code = code;
        readonly byte _ifTrue = ifTrue;
        readonly byte _ifFalse = ifFalse;
        readonly uint _value = value;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Filter
    {
        internal ushort Length;
        internal Instruction* First;
    }
}
