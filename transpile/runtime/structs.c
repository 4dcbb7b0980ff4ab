/* SPDX-License-Identifier: 0BSD */
/* Library functions whose structures or constants differ between x86-64 and the target.
 *
 * Known limits, where x86's layout is neither the target's nor converted here:
 *   ucontext_t (getcontext, the third parameter of SA_SIGINFO handlers), fenv_t and fexcept_t (fegetenv, fesetenv,
 *   feholdexcept, feupdateenv), long double functions, fts (struct stat inside FTSENT), glob with GLOB_ALTDIRFUNC,
 *   semid_ds and shmid_ds, user_regs_struct (ptrace), MAP_32BIT, cookies of fopencookie that return int. */
#define _GNU_SOURCE
#include "entry.h"
#include "structs.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

_Static_assert(sizeof(struct x86_stat) == 144, "x86-64 struct stat");

void __transpile_convert_stat(struct x86_stat *x86, const struct stat *native)
{
    *x86 = (struct x86_stat){
        .st_dev = native->st_dev,
        .st_ino = native->st_ino,
        .st_nlink = native->st_nlink,
        .st_mode = native->st_mode,
        .st_uid = native->st_uid,
        .st_gid = native->st_gid,
        .st_rdev = native->st_rdev,
        .st_size = native->st_size,
        .st_blksize = native->st_blksize,
        .st_blocks = native->st_blocks,
        .st_access = native->st_atim,
        .st_modify = native->st_mtim,
        .st_change = native->st_ctim,
    };
}

static int converted(int result, struct x86_stat *x86, const struct stat *native)
{
    if (result == 0)
        __transpile_convert_stat(x86, native);
    return result;
}

ENTRY int __transpile_stat(const char *path, struct x86_stat *x86)
{
    struct stat native;
    return converted(stat(path, &native), x86, &native);
}

ENTRY int __transpile_lstat(const char *path, struct x86_stat *x86)
{
    struct stat native;
    return converted(lstat(path, &native), x86, &native);
}

ENTRY int __transpile_fstat(long fd, struct x86_stat *x86)
{
    struct stat native;
    return converted(fstat((int)fd, &native), x86, &native);
}

ENTRY int __transpile_fstatat(long fd, const char *path, struct x86_stat *x86, long flags)
{
    struct stat native;
    return converted(fstatat((int)fd, path, &native, (int)flags), x86, &native);
}

/* glibc before 2.33 exports only these; the first parameter is a version that is always 1 on x86-64. */
ENTRY int __transpile___xstat(long version, const char *path, struct x86_stat *x86)
{
    (void)version;
    return __transpile_stat(path, x86);
}

ENTRY int __transpile___lxstat(long version, const char *path, struct x86_stat *x86)
{
    (void)version;
    return __transpile_lstat(path, x86);
}

ENTRY int __transpile___fxstat(long version, long fd, struct x86_stat *x86)
{
    (void)version;
    return __transpile_fstat(fd, x86);
}

ENTRY int __transpile___fxstatat(long version, long fd, const char *path, struct x86_stat *x86, long flags)
{
    (void)version;
    return __transpile_fstatat(fd, path, x86, flags);
}

/* Flags of open, where Arm has numbers of its own. */
static const struct {
    int x86;
    int native;
} OPEN_FLAGS[] = {
    {0040000, O_DIRECT},
    {0100000, __O_LARGEFILE},
    {0200000, O_DIRECTORY},
    {0400000, O_NOFOLLOW},
};

static int native_flags(long x86)
{
    int result = (int)x86 & ~0740000;
    for (size_t i = 0; i < sizeof OPEN_FLAGS / sizeof *OPEN_FLAGS; i++)
        if (x86 & OPEN_FLAGS[i].x86)
            result |= OPEN_FLAGS[i].native;
    return result;
}

static int x86_flags(int native)
{
    int result = native;
    for (size_t i = 0; i < sizeof OPEN_FLAGS / sizeof *OPEN_FLAGS; i++)
        result &= ~OPEN_FLAGS[i].native;
    for (size_t i = 0; i < sizeof OPEN_FLAGS / sizeof *OPEN_FLAGS; i++)
        if (OPEN_FLAGS[i].native && (native & OPEN_FLAGS[i].native) == OPEN_FLAGS[i].native)
            result |= OPEN_FLAGS[i].x86;
    return result;
}

ENTRY int __transpile_open(const char *path, long flags, unsigned long mode)
{
    return open(path, native_flags(flags), (mode_t)mode);
}

ENTRY int __transpile_openat(long fd, const char *path, long flags, unsigned long mode)
{
    return openat((int)fd, path, native_flags(flags), (mode_t)mode);
}

ENTRY int __transpile_pipe2(int *ends, long flags)
{
    return pipe2(ends, native_flags(flags));
}

ENTRY int __transpile_fcntl(long fd, long command, unsigned long argument)
{
    if ((int)command == F_SETFL)
        return fcntl((int)fd, F_SETFL, native_flags((long)argument));
    int result = fcntl((int)fd, (int)command, argument);
    return (int)command == F_GETFL && result >= 0 ? x86_flags(result) : result;
}

/* x86-64 packs the event to 12 bytes. */
struct __attribute__((packed)) x86_epoll_event {
    uint32_t events;
    uint64_t data;
};

ENTRY int __transpile_epoll_ctl(long epfd, long operation, long fd, const struct x86_epoll_event *x86)
{
    struct epoll_event native = {0};
    if (x86) {
        native.events = x86->events;
        native.data.u64 = x86->data;
    }
    return epoll_ctl((int)epfd, (int)operation, (int)fd, x86 ? &native : NULL);
}

ENTRY int __transpile_epoll_pwait(long epfd, struct x86_epoll_event *x86, long room, long timeout, const sigset_t *mask)
{
    int limit = (int)room;
    if (limit <= 0 || limit > 1024)
        limit = limit <= 0 ? limit : 1024;
    struct epoll_event native[limit > 0 ? limit : 1];
    int count = epoll_pwait((int)epfd, native, limit, (int)timeout, mask);
    for (int i = 0; i < count; i++)
        x86[i] = (struct x86_epoll_event){native[i].events, native[i].data.u64};
    return count;
}

ENTRY int __transpile_epoll_wait(long epfd, struct x86_epoll_event *x86, long room, long timeout)
{
    return __transpile_epoll_pwait(epfd, x86, room, timeout, NULL);
}

/* Initialisers of thread objects that are smaller on x86-64 than on AArch64: the part in use fits, the padding that
 * the initialiser clears does not. */
ENTRY int __transpile_pthread_mutex_init(void *mutex, const pthread_mutexattr_t *attributes)
{
    pthread_mutex_t native;
    int result = pthread_mutex_init(&native, attributes);
    if (result == 0)
        memcpy(mutex, &native, 40);
    return result;
}

ENTRY int __transpile_pthread_attr_init(void *attributes)
{
    pthread_attr_t native;
    int result = pthread_attr_init(&native);
    if (result == 0)
        memcpy(attributes, &native, 56);
    return result;
}

ENTRY int __transpile_pthread_mutexattr_init(void *attributes)
{
    memset(attributes, 0, 4);
    return 0;
}

ENTRY int __transpile_pthread_condattr_init(void *attributes)
{
    memset(attributes, 0, 4);
    return 0;
}

/* The seventh integer argument is at the stack pointer, where the target's convention has the ninth. */
ENTRY int __transpile_getnameinfo(const struct sockaddr *address, unsigned long length, char *host, unsigned long host_room,
                                  char *service, unsigned long service_room, long unused_seventh, long unused_eighth,
                                  long flags)
{
    (void)unused_seventh;
    (void)unused_eighth;
    return getnameinfo(address, (socklen_t)length, host, (socklen_t)host_room, service, (socklen_t)service_room,
                       (int)flags);
}

/* Rounding modes and exceptions (x87 control and status word bits). */
static const struct {
    int x86;
    int native;
} MODES[] = {{0, FE_TONEAREST}, {0x400, FE_DOWNWARD}, {0x800, FE_UPWARD}, {0xc00, FE_TOWARDZERO}},
  EXCEPTIONS[] = {{1, FE_INVALID}, {4, FE_DIVBYZERO}, {8, FE_OVERFLOW}, {16, FE_UNDERFLOW}, {32, FE_INEXACT}};

ENTRY int __transpile_fesetround(long mode)
{
    for (size_t i = 0; i < 4; i++)
        if (MODES[i].x86 == (int)mode)
            return fesetround(MODES[i].native);
    return 1;
}

ENTRY int __transpile_fegetround(void)
{
    int mode = fegetround();
    for (size_t i = 0; i < 4; i++)
        if (MODES[i].native == mode)
            return MODES[i].x86;
    return -1;
}

static int native_exceptions(long x86)
{
    int result = 0;
    for (size_t i = 0; i < 5; i++)
        if (x86 & EXCEPTIONS[i].x86)
            result |= EXCEPTIONS[i].native;
    return result;
}

ENTRY int __transpile_feclearexcept(long exceptions)
{
    return feclearexcept(native_exceptions(exceptions));
}

ENTRY int __transpile_feraiseexcept(long exceptions)
{
    return feraiseexcept(native_exceptions(exceptions));
}

ENTRY int __transpile_fetestexcept(long exceptions)
{
    int raised = fetestexcept(native_exceptions(exceptions));
    int result = 0;
    for (size_t i = 0; i < 5; i++)
        if (raised & EXCEPTIONS[i].native)
            result |= EXCEPTIONS[i].x86;
    return result;
}

/* The kernel's signal set is 8 bytes; a sigset_t would not fit the jmp_buf beside the registers. */
void __transpile_mask(long how, const uint64_t *set, uint64_t *old)
{
    sigset_t wanted, current;
    sigemptyset(&wanted);
    if (set)
        memcpy(&wanted, set, sizeof *set);
    sigprocmask((int)how, set ? &wanted : NULL, &current);
    if (old)
        memcpy(old, &current, sizeof *old);
}
