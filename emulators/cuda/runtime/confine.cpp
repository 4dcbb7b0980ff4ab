/* Before the program's own code runs: no more memory than allowed, and no system calls but a few harmless ones, so no
 * files, no network and no other processes. */
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"

namespace cuda_emulator {

namespace {

#if defined(__x86_64__)
constexpr unsigned ARCHITECTURE = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned ARCHITECTURE = AUDIT_ARCH_AARCH64;
#else
#error "the emulator runs on x86-64 and AArch64"
#endif

constexpr int ALLOWED[] = {
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_lseek,
    SYS_close,
    SYS_dup,
    SYS_dup3,
    SYS_fstat,
    SYS_newfstatat,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_futex,
    SYS_getpid,
    SYS_gettid,
    SYS_tgkill,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_sched_yield,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
    SYS_readlinkat,
#if defined(__x86_64__)
    SYS_dup2,
    SYS_readlink,
#endif
};
constexpr unsigned COUNT = sizeof ALLOWED / sizeof *ALLOWED;

/* Everything else fails with EPERM. */
bool filter_system_calls() {
    sock_filter program[COUNT + 6];
    unsigned size = 0;
    program[size++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    program[size++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, COUNT + 1);
    program[size++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    for (unsigned i = 0; i < COUNT; i++)
        program[size++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, unsigned(ALLOWED[i]), (unsigned char)(COUNT - i), 0);
    program[size++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    program[size++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const sock_fprog filter{static_cast<unsigned short>(size), program};
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

size_t mapped_bytes() {
    char text[64] = "";
    const int file = open("/proc/self/statm", O_RDONLY);
    const bool known = file >= 0 && read(file, text, sizeof text - 1) > 0;
    if (file >= 0) close(file);
    return known ? strtoull(text, nullptr, 10) * size_t(sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

void confine() {
    const size_t most = mapped_bytes() + options().memory_bytes;
    const rlimit limit{most, most};
    setrlimit(RLIMIT_AS, &limit);
    if (!filter_system_calls()) record("unconfined", nullptr, 0, "the system does not let programs be confined");
}

namespace {

/* Before the constructors of the program. */
[[gnu::constructor(101)]] void prepare() {
    device_memory.reserve();
    managed_memory.reserve();
    host_memory.reserve();
    reserve_stacks();
    device_memory.open(false);
    catch_signals();
    confine();
}

}  // namespace

}  // namespace cuda_emulator
