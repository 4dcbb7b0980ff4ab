/* Programs for another instruction set are started through an emulator: preloaded into a build, this library looks at
   what is executed. FOREIGN_MACHINE is the ELF machine number, FOREIGN_EMULATOR the emulator's absolute path. Programs
   that cannot be started that way are executed as they are. The emulated program does not see the preload. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static int is_foreign(const char *path)
{
    unsigned char head[20];
    const char *machine = getenv("FOREIGN_MACHINE");
    int saved = errno, fd = open(path, O_RDONLY | O_CLOEXEC), found = 0;
    if (machine && fd >= 0 && read(fd, head, sizeof head) == sizeof head && !memcmp(head, "\177ELF", 4))
        found = head[18] + 256 * head[19] == atoi(machine);
    if (fd >= 0)
        close(fd);
    errno = saved;
    return found && getenv("FOREIGN_EMULATOR");
}

static const char *on_path(const char *file, char *found)
{
    const char *path = getenv("PATH");
    if (strchr(file, '/') || !path)
        return file;
    while (*path) {
        size_t length = strcspn(path, ":"), name = strlen(file);
        if (length && length + name + 2 < PATH_MAX) {
            memcpy(found, path, length);
            found[length] = '/';
            memcpy(found + length + 1, file, name + 1);
            if (!access(found, X_OK))
                return found;
        }
        path += length + (path[length] == ':');
    }
    return file;
}

/* emulator -0 argv[0] -U LD_PRELOAD path argv[1]... */
static char **emulated(const char *path, char *const argv[])
{
    size_t count = 0;
    while (argv[count])
        count++;
    char **made = malloc((count + 7) * sizeof *made);
    if (!made)
        return 0;
    size_t n = 0;
    made[n++] = getenv("FOREIGN_EMULATOR");
    made[n++] = (char *)"-0";
    made[n++] = count ? argv[0] : (char *)path;
    made[n++] = (char *)"-U";
    made[n++] = (char *)"LD_PRELOAD";
    made[n++] = (char *)path;
    for (size_t i = 1; i < count; i++)
        made[n++] = argv[i];
    made[n] = 0;
    return made;
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    static int (*next)(const char *, char *const[], char *const[]);
    if (!next)
        next = (int (*)(const char *, char *const[], char *const[]))dlsym(RTLD_NEXT, "execve");
    char **made = is_foreign(path) ? emulated(path, argv) : 0;
    if (!made)
        return next(path, argv, envp);
    next(made[0], made, envp);
    free(made);
    return -1;
}

int execv(const char *path, char *const argv[]) { return execve(path, argv, environ); }

int execvp(const char *file, char *const argv[])
{
    static int (*next)(const char *, char *const[]);
    char found[PATH_MAX];
    const char *path = on_path(file, found);
    if (is_foreign(path))
        return execve(path, argv, environ);
    if (!next)
        next = (int (*)(const char *, char *const[]))dlsym(RTLD_NEXT, "execvp");
    return next(file, argv);
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
    static int (*next)(const char *, char *const[], char *const[]);
    char found[PATH_MAX];
    const char *path = on_path(file, found);
    if (is_foreign(path))
        return execve(path, argv, envp);
    if (!next)
        next = (int (*)(const char *, char *const[], char *const[]))dlsym(RTLD_NEXT, "execvpe");
    return next(file, argv, envp);
}

static char **collected(const char *first, va_list words, char ***envp)
{
    size_t count = 1;
    va_list again;
    va_copy(again, words);
    while (va_arg(again, char *))
        count++;
    va_end(again);
    char **argv = malloc((count + 1) * sizeof *argv);
    if (!argv)
        return 0;
    argv[0] = (char *)first;
    for (size_t i = 1; i <= count; i++)
        argv[i] = va_arg(words, char *);
    if (envp)
        *envp = va_arg(words, char **);
    return argv;
}

int execl(const char *path, const char *first, ...)
{
    va_list words;
    va_start(words, first);
    char **argv = collected(first, words, 0);
    va_end(words);
    return argv ? execve(path, argv, environ) : -1;
}

int execlp(const char *file, const char *first, ...)
{
    va_list words;
    va_start(words, first);
    char **argv = collected(first, words, 0);
    va_end(words);
    return argv ? execvp(file, argv) : -1;
}

int execle(const char *path, const char *first, ...)
{
    va_list words;
    char **envp = 0;
    va_start(words, first);
    char **argv = collected(first, words, &envp);
    va_end(words);
    return argv ? execve(path, argv, envp) : -1;
}

typedef int spawner(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                    char *const[], char *const[]);

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    static spawner *next;
    if (!next)
        next = (spawner *)dlsym(RTLD_NEXT, "posix_spawn");
    char **made = is_foreign(path) ? emulated(path, argv) : 0;
    int code = made ? next(pid, made[0], actions, attributes, made, envp)
                    : next(pid, path, actions, attributes, argv, envp);
    free(made);
    return code;
}

int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    static spawner *next;
    char found[PATH_MAX];
    const char *path = on_path(file, found);
    if (is_foreign(path))
        return posix_spawn(pid, path, actions, attributes, argv, envp);
    if (!next)
        next = (spawner *)dlsym(RTLD_NEXT, "posix_spawnp");
    return next(pid, file, actions, attributes, argv, envp);
}
