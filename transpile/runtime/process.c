/* SPDX-License-Identifier: 0BSD */
/* Variadic functions that take no format, and the exec family. */
#define _GNU_SOURCE
#include "arguments.h"
#include "entry.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static size_t count_arguments(const struct x86_va_list *list)
{
    struct x86_va_list copy = *list;
    size_t count = 0;
    while (__transpile_next_integer(&copy))
        count++;
    return count;
}

static void collect(char **argv, const char *first, size_t count, struct x86_va_list *list)
{
    argv[0] = (char *)first;
    for (size_t i = 1; i <= count + 1; i++)
        argv[i] = (char *)__transpile_next_integer(list);
}

/* `first` is named, so the list after a null first argument must not be read. */
#define ARGUMENTS(first)                                           \
    size_t count = (first) ? count_arguments(list) : 0;            \
    char *argv[count + 2];                                         \
    argv[0] = NULL;                                                \
    if (first)                                                     \
        collect(argv, first, count, list)

ENTRY int __transpile_vexecl(const char *path, const char *first, struct x86_va_list *list)
{
    ARGUMENTS(first);
    return execve(path, argv, environ);
}

ENTRY int __transpile_vexeclp(const char *file, const char *first, struct x86_va_list *list)
{
    ARGUMENTS(first);
    return execvp(file, argv);
}

ENTRY int __transpile_vexecle(const char *path, const char *first, struct x86_va_list *list)
{
    ARGUMENTS(first);
    return execve(path, argv, (char **)__transpile_next_integer(list));
}

/* System call numbers that programs ask for by number: x86-64's, then the target's. */
static const struct {
    unsigned short x86;
    unsigned short native;
} CALLS[] = {
    {0, SYS_read},      {1, SYS_write},       {3, SYS_close},      {9, SYS_mmap},          {11, SYS_munmap},
    {16, SYS_ioctl},    {24, SYS_sched_yield}, {39, SYS_getpid},    {60, SYS_exit},         {102, SYS_getuid},
    {104, SYS_getgid},  {110, SYS_getppid},   {186, SYS_gettid},   {202, SYS_futex},       {228, SYS_clock_gettime},
    {231, SYS_exit_group}, {234, SYS_tgkill}, {309, SYS_getcpu},   {318, SYS_getrandom},   {319, SYS_memfd_create},
    {324, SYS_membarrier}, {425, SYS_io_uring_setup}, {434, SYS_pidfd_open},
};

ENTRY long __transpile_vsyscall(long number, struct x86_va_list *list)
{
    uint64_t a[6];
    for (size_t i = 0; i < 6; i++)
        a[i] = __transpile_next_integer(list);
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
        if (CALLS[i].x86 == (int)number)
            return syscall(CALLS[i].native, a[0], a[1], a[2], a[3], a[4], a[5]);
    errno = ENOSYS;
    return -1;
}
